//! Enters: an office. Leaves: what lies in its inbox and among its rejected cases, each file with what becomes of it.
//! Never: takes or changes a file, or leaves one out.

use super::{Actor, Failure, OpenOffice};
use crate::intake::{
    Inbox, LeftOver, LocalCase, RejectedFile, Scanner, Waiting, case_in, lossy, lossy_all, rejected_in,
};
use crate::office::Office;
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::shown::{shown, shown_path};
use despatch_core::words::{CaseId, StaffId, duration_words, moment_words};
use despatch_ledger::Ledger;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What lies in an inbox.
#[derive(Debug, Default, Serialize)]
pub struct LiesThere {
    /// Complete cases, which the next look of `run` takes.
    #[serde(serialize_with = "lossy_all")]
    pub ready: Vec<PathBuf>,
    pub waiting: Vec<Waiting>,
    /// Files that no case takes.
    pub left: Vec<LeftOver>,
    /// Rejected case files that nobody has mended yet.
    pub rejected: Vec<Rejected>,
}

impl LiesThere {
    /// What somebody may see of it.
    pub(super) fn of(
        office: &Office,
        ledger: &mut Ledger,
        reader: Option<&StaffId>,
    ) -> Result<LiesThere, Failure> {
        let inbox = Inbox::open(office.intake())?;
        let look = Scanner::for_one_look().look(&inbox)?.with_unsettled();
        let hidden = ledger.hidden_from(reader)?;
        let folder = office.intake().inbox().to_owned();
        let is_seen = |file: &Path| {
            hidden.is_empty() || case_in(&folder, file).is_none_or(|case| !hidden.contains(&case))
        };
        let ready = look.ready.into_iter().map(|candidate| candidate.file).filter(|file| is_seen(file));
        Ok(LiesThere {
            ready: ready.collect(),
            waiting: look.waiting.into_iter().filter(|one| is_seen(&one.file)).collect(),
            left: look.left,
            rejected: seen(rejected(office, ledger)?, &hidden),
        })
    }

    /// One sentence for each file.
    pub fn texts(&self, now: Moment) -> Vec<String> {
        let ready = self.ready.iter().map(|file| {
            format!("{} is complete and still in the inbox: `despatch run` takes it.", shown_path(file))
        });
        let waiting = self.waiting.iter().map(|one| {
            format!("{} waits in the inbox: {}.", shown_path(&one.file), shown(&one.missing.join("; ")))
        });
        let rejected = self.rejected.iter().map(Rejected::text);
        let left = self.left.iter().map(|one| one.text(now.at));
        rejected.chain(waiting).chain(left).chain(ready).collect()
    }
}

impl LeftOver {
    /// What is told of it.
    pub fn text(&self, now: DateTime<Utc>) -> String {
        let age = duration_words(now.signed_duration_since(self.since).max(TimeDelta::zero()));
        format!(
            "{} lies in the inbox in clear and is not taken: {}. It has lain there for {age} (since {}): drop the case file \
             that lists it, or remove it.",
            shown_path(&self.file),
            self.why,
            moment_words(self.since)
        )
    }
}

/// A rejected case file that nobody has mended.
#[derive(Debug, Clone, Serialize)]
pub struct Rejected {
    /// Its number, if it could be read at all.
    pub submission: Option<i64>,
    /// Relative to the folder of rejected cases.
    #[serde(serialize_with = "lossy")]
    pub file: PathBuf,
    /// The case that it says it belongs to.
    pub case_id: Option<CaseId>,
    pub since: DateTime<Utc>,
    /// Whose file it was, or whom it named as its preparer, if that is one of the staff.
    pub preparer: Option<StaffId>,
    #[serde(skip)]
    pub faults: String,
}

impl Rejected {
    /// What is told of it.
    pub fn text(&self) -> String {
        let (name, since) = (self.name(), moment_words(self.since));
        format!(
            "Case file {name} was rejected on {since}, and no mended one has come: `despatch rejected {}` says \
             what is wrong with it.",
            self.which()
        )
    }

    /// The number that the record has for it, its file and its case, as far as they are known.
    fn name(&self) -> String {
        let file = shown_path(&self.file);
        let number = self.submission.map(|number| number.to_string());
        let case = self.case_id.as_ref().map(ToString::to_string);
        match (number, case) {
            (Some(number), Some(case)) => format!("{number} ({file}, {case})"),
            (Some(known), None) => format!("{known} ({file})"),
            (None, Some(case)) => format!("{file} ({case})"),
            (None, None) => file,
        }
    }

    /// How a command names it.
    pub fn which(&self) -> String {
        self.submission.map_or_else(|| shown_path(&self.file), |number| number.to_string())
    }
}

/// Every rejected case file that lies there, but for those of which a mended one was queued or has been rejected since.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn rejected(office: &Office, ledger: &mut Ledger) -> Result<Vec<Rejected>, Failure> {
    let files = rejected_in(&office.intake().rejected());
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let on_record = ledger.rejected()?;
    let number = |file: &RejectedFile| Some(on_record.get(&file.sha256?)?.number);
    let mut latest = BTreeMap::new();
    for file in &files {
        if let (Some(event), Some(number)) = (&file.said.event_id, number(file)) {
            let known = latest.entry(event.clone()).or_insert(number);
            *known = number.max(*known);
        }
    }
    for (event, number) in &mut latest {
        let queued = ledger.latest_file(event)?.map(|file| file.submission);
        *number = queued.unwrap_or_default().max(*number);
    }
    let open = |file: &RejectedFile| match (&file.said.event_id, number(file)) {
        (Some(event), Some(number)) => latest.get(event).is_none_or(|last| *last <= number),
        _ => true,
    };
    let open = files.into_iter().filter(open);
    Ok(open
        .map(|file| {
            let record = file.sha256.and_then(|sha256| on_record.get(&sha256));
            Rejected {
                submission: record.map(|record| record.number),
                since: record.map_or(file.since, |record| record.at),
                preparer: record.and_then(|record| record.preparer.clone()),
                case_id: file.said.case_id,
                file: file.file,
                faults: file.faults,
            }
        })
        .collect())
}

/// The rejected case files of cases that are not among these.
fn seen(rejected: Vec<Rejected>, hidden: &BTreeSet<CaseId>) -> Vec<Rejected> {
    let is_seen = |one: &Rejected| one.case_id.as_ref().is_none_or(|case| !hidden.contains(case));
    rejected.into_iter().filter(is_seen).collect()
}

/// Lists the rejected case files that nobody has mended and the actor may see, or the one with this number or name.
///
/// # Errors
/// The ledger cannot be read; the actor is not on the staff list; there is no such file.
pub fn list_rejected(
    open: &mut OpenOffice,
    actor: &Actor,
    which: Option<&str>,
) -> Result<Vec<Rejected>, Failure> {
    let hidden = open.ledger.hidden_from(Some(&actor.staff()?.id))?;
    let mut found = seen(rejected(&open.office, &mut open.ledger)?, &hidden);
    if let Some(which) = which {
        found.retain(|one| one.which() == which || one.file.to_string_lossy() == which);
        if found.is_empty() {
            let cause = "no rejected case file has this number or name";
            let cure = "`despatch rejected` lists them; one of which a mended file came is over";
            return Err(Fault::new(which, "rejected.unknown", cause, cure).into());
        }
    }
    Ok(found)
}

/// Returns a rejected case file with what came with it, for its preparer, who mends it. Each view is recorded.
///
/// # Errors
/// As for [`list_rejected`]; the actor did not prepare it.
pub fn open_rejected(open: &mut OpenOffice, actor: &Actor, which: &str) -> Result<LocalCase, Failure> {
    let by = actor.staff()?.id.clone();
    let found = list_rejected(open, actor, Some(which))?;
    let own = found.iter().find(|one| one.preparer.as_ref() == Some(&by));
    let Some((own, number)) = own.and_then(|own| Some((own, own.submission?))) else {
        let cause = format!("nothing says that {by} prepared it, and it is about somebody");
        let cure = "ask its preparer to mend it, or begin from a file of your own (`--from`)";
        return Err(Fault::new(which, "rejected.other_preparer", cause, cure).into());
    };
    open.ledger.record_case_file_view(number, by.as_str(), open.clock.now().at)?;
    Ok(LocalCase::read(&open.office.intake().rejected().join(&own.file)))
}
