//! Enters: a message that went to the wrong person. Leaves: its entry frozen, a letter that asks for deletion, the
//! deadline of UK GDPR, article 33, and a record of what was done. Never: reports to anybody by itself.

use super::casework::may_see;
use super::directory::known_entry;
use super::paper::{Paper, Section};
use super::{Actor, Failure, OpenOffice, reason};
use crate::office::Office;
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, count, moment_words};
use despatch_ledger::{Despatch, Frozen, Incident, IncidentId, Ledger, State, Step, Unfrozen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request to open an incident.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenIncident {
    /// The despatch, or its case if only one of its despatches was sent; with an entry, the case is enough.
    pub subject: String,
    /// What happened, without a name.
    pub what: String,
    /// The entry to freeze, if that is not the despatch's own.
    pub entry: Option<EntryId>,
    /// When the office became aware of it, if not now.
    pub aware: Option<DateTime<Utc>>,
}

/// Opens an incident and freezes its entry.
///
/// # Errors
/// It is not clear which despatch is meant, or nothing of the case was sent.
pub fn open_incident(
    open: &mut OpenOffice,
    actor: &Actor,
    request: OpenIncident,
) -> Result<Incident, Failure> {
    let OpenIncident { subject, what, entry, aware } = request;
    let (by, text, now) = (actor.staff()?, reason(&what)?, open.now());
    let aware = aware.unwrap_or(now.at);
    if aware > now.at {
        let (cause, cure) = ("it is still to come", "give the time at which the office became aware of it");
        return Err(Failure::request("aware", "incident.aware", cause, cure));
    }
    if let Some(entry) = &entry {
        known_entry(&open.office, entry)?;
    }
    if let Ok(case) = subject.parse() {
        may_see(&mut open.ledger, actor, &case)?;
    }
    let (case_id, despatch) = meant(&mut open.ledger, &subject, entry.as_ref())?;
    may_see(&mut open.ledger, actor, &case_id)?;
    let theirs = despatch.as_ref().and_then(|one| one.recipient.entry.clone());
    let entry = entry.or(theirs);
    let about = (&case_id, despatch.as_ref().map(|one| one.id), entry.as_ref());
    Ok(open.ledger.open_incident(about, &text, aware, by, now)?)
}

/// The despatch that went wrong: the one named, or the only one of its case that was sent. If an entry is named, it is
/// the last one sent to that entry, if any.
fn meant(
    ledger: &mut Ledger,
    subject: &str,
    entry: Option<&EntryId>,
) -> Result<(CaseId, Option<Despatch>), Failure> {
    if let Ok(id) = subject.parse() {
        let named = ledger.despatch(id)?;
        return Ok((named.case_id.clone(), Some(named)));
    }
    let gone = |one: &Despatch| matches!(one.state, State::Sent | State::InDoubt | State::DotPending);
    let mut of_case = match subject.parse() {
        Ok(case_id) => ledger.despatches_of_case(&case_id)?,
        Err(_) => Vec::new(),
    };
    let case_id = of_case.first().map(|one| one.case_id.clone());
    of_case.retain(gone);
    if let (Some(entry), Some(case_id)) = (entry, &case_id) {
        of_case.retain(|one| one.recipient.entry.as_ref() == Some(entry));
        return Ok((case_id.clone(), of_case.into_iter().max_by_key(|one| (one.sent_on, one.id))));
    }
    let fault = |code, cause, cure| Err(Fault::new(subject, code, cause, cure).into());
    match (case_id, of_case.len()) {
        (Some(case_id), 1) => Ok((case_id, of_case.pop())),
        (None, _) | (_, 0) => fault(
            "incident.nothing_sent",
            "nothing of this case has gone to anybody".to_owned(),
            "check it with `despatch outbox list`, or name the despatch, such as 17-3",
        ),
        _ => {
            let all: Vec<String> =
                of_case.iter().map(|one| format!("{} to {}", one.id, one.recipient.name)).collect();
            let cause = format!("several of this case have gone: {}", all.join("; "));
            fault("incident.which", cause, "name the one that went wrong")
        }
    }
}

/// Every incident, and the frozen entries.
#[derive(Debug, Serialize)]
pub struct Incidents {
    pub incidents: Vec<Incident>,
    pub frozen: BTreeMap<EntryId, Frozen>,
}

/// Returns every incident, and the frozen entries.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(open: &mut OpenOffice, actor: &Actor, (): ()) -> Result<Incidents, Failure> {
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let mut incidents = open.ledger.incidents()?;
    incidents.retain(|incident| !hidden.contains(&incident.case_id));
    Ok(Incidents { incidents, frozen: open.ledger.frozen()? })
}

/// Returns one incident, with everything that was done about it.
///
/// # Errors
/// There is no incident with that number.
pub fn show(open: &mut OpenOffice, actor: &Actor, number: IncidentId) -> Result<Incident, Failure> {
    let incident = open.ledger.incident(number)?;
    may_see(&mut open.ledger, actor, &incident.case_id)?;
    Ok(incident)
}

/// A request to record what was done about an incident.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ActOnIncident {
    pub number: IncidentId,
    pub step: Step,
    pub text: String,
}

/// Records what was done about an incident.
///
/// # Errors
/// The incident is closed, or this member of staff may not do that.
pub fn act(open: &mut OpenOffice, actor: &Actor, request: ActOnIncident) -> Result<Incident, Failure> {
    let ActOnIncident { number, step, text } = request;
    let (text, now) = (reason(&text)?, open.now());
    show(open, actor, number)?;
    Ok(open.ledger.act_on_incident(number, step, &text, actor.staff()?, now)?)
}

/// A request to lift the freeze of an entry, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unfreeze {
    pub entry: EntryId,
    pub reason: String,
}

/// Asks to lift the freeze of an entry, or confirms that another person asked.
///
/// # Errors
/// It is not frozen, or the person who confirms is the one who asked.
pub fn unfreeze(open: &mut OpenOffice, actor: &Actor, request: Unfreeze) -> Result<Unfrozen, Failure> {
    let (why, now) = (reason(&request.reason)?, open.now());
    Ok(open.ledger.unfreeze(&request.entry, &why, actor.staff()?, now)?)
}

/// How much of the 72 hours is left, or how they ended.
pub fn report_clock(incident: &Incident, now: Moment) -> String {
    if let Some(act) = incident.act(Step::Reported) {
        return format!("{} by {}", moment_words(act.at), act.by);
    }
    if let Some(act) = incident.act(Step::Closed) {
        return format!("not reported; closed on {} by {}", moment_words(act.at), act.by);
    }
    let left = incident.report_by - now.at;
    let hours = count(usize::try_from(left.num_hours().abs()).unwrap_or(0), "hour");
    let ago = if left < TimeDelta::zero() { "ago" } else { "left" };
    format!("by {}: {hours} {ago}", moment_words(incident.report_by))
}

/// Returns the incidents whose 72 hours are running, the most urgent first.
///
/// # Errors
/// The ledger cannot be read.
pub fn running(ledger: &mut Ledger) -> Result<Vec<Incident>, Failure> {
    let mut incidents = ledger.incidents()?;
    incidents.retain(Incident::clock_runs);
    incidents.sort_by_key(|incident| incident.report_by);
    Ok(incidents)
}

/// Renders the letter that asks for deletion, as a PDF. Staff send it by hand, because it belongs to no event of a
/// case; that it was made is recorded.
///
/// # Errors
/// Nothing was sent, so there is nothing to delete; or the letter cannot be rendered.
pub fn letter(open: &mut OpenOffice, actor: &Actor, number: IncidentId) -> Result<Vec<u8>, Failure> {
    let by = actor.staff()?;
    let now = open.now();
    let incident = show(open, actor, number)?;
    let (despatch, sent) = what_went(&mut open.ledger, &incident)?;
    let pdf = deletion_request(&open.office, &despatch, sent)?.pdf(open, now.today)?;
    open.ledger.act_on_incident(number, Step::LetterMade, "asks for confirmed deletion", by, now)?;
    Ok(pdf)
}

/// The email that the letter refers to, and when it was sent, as far as is on record.
fn what_went(ledger: &mut Ledger, incident: &Incident) -> Result<(Despatch, Option<DateTime<Utc>>), Failure> {
    let refuse = |cause: String| {
        let cure =
            "open an incident that names the despatch that went wrong: `despatch incident 17-3 --what …`";
        Err(Fault::new(format!("incident {}", incident.number), "incident.not_gone", cause, cure).into())
    };
    let Some(id) = incident.despatch else {
        return refuse("it names no despatch, so there is no email to ask about".to_owned());
    };
    let despatch = ledger.despatch(id)?;
    let events = ledger.events(Some(&id.to_string()))?;
    let last = |code: &str| events.iter().rev().find(|event| event.code() == code);
    // A despatch in doubt that did arrive is cancelled, so that it is not sent again.
    let gone = match despatch.state {
        State::Sent | State::InDoubt | State::DotPending => true,
        State::Cancelled => last("in_doubt").is_some(),
        _ => false,
    };
    if !gone {
        return refuse(format!("{id} is {} and has not gone to anybody", despatch.state.label()));
    }
    let left = last("sent").or_else(|| last("dot_pending"));
    Ok((despatch, left.map(|event| event.at)))
}

fn deletion_request(
    office: &Office,
    despatch: &Despatch,
    sent: Option<DateTime<Utc>>,
) -> Result<Paper, Fault> {
    let sender = office.sender(despatch.planned.team)?;
    let message_id = despatch.message.as_ref().map(|bound| bound.message_id.as_str()).unwrap_or_default();
    let to = format!("{} ({})", despatch.recipient.name, despatch.recipient.address);
    let facts = [
        ("To", Some(to)),
        ("Sent", sent.map(moment_words)),
        ("Message-ID", Some(message_id.trim_matches(['<', '>']).to_owned())),
        ("Our reference", Some(despatch.case_id.to_string())),
    ];
    let list = |heading: &str, lines: &[&str]| Section {
        list: lines.iter().map(|line| (*line).to_owned()).collect(),
        ..Section::new(heading)
    };
    let reply = format!(
        "Reply to {} or telephone {}. Do not quote the contents of the email.",
        sender.letterhead.email, sender.letterhead.telephone
    );
    Ok(Paper {
        title: "Request to delete an email that was not meant for you".to_owned(),
        sender: Some(sender.letterhead.clone()),
        reference: despatch.case_id.to_string(),
        introduction: vec![
            "We sent you an email that was not meant for you. It holds personal information in sealed attachments. We are sorry, and we ask for your help to put it right.".to_owned(),
        ],
        sections: vec![
            Section::new("Which email").facts(facts),
            list("What we ask you to do", &[
                "Do not open or forward the email or its attachments. If you have opened any, read no further.",
                "Delete the email, its attachments and every copy that you made or printed, also from the deleted items.",
                "Ask whoever keeps your backups to let their copies expire and not to restore them.",
                "Tell us the name of everybody who has had it.",
            ]),
            list("What we ask you to confirm, in writing", &[
                "whether any attachment was opened, and by whom",
                "whether it was copied, printed or passed on, and to whom",
                "that all of it is deleted, and on which day",
            ]),
            Section { paragraphs: vec![reply], ..Section::new("How to answer") },
        ],
    })
}
