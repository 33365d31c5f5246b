//! Enters: a corrected case file, and what has changed in it. Leaves: it in the inbox, naming the file that it
//! replaces. Never: overwrites a file, drops what `run` would reject, or changes any of the case but those two fields.

use super::drop_case::{check_actor, deposit};
use super::foresight::{Foreseeable, Foresight, foresee_bytes};
use super::{Actor, Failure, OpenOffice};
use crate::intake::{LocalCase, lossy};
use crate::pipeline::read_case;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{EventId, Sha256, weekday_words};
use despatch_ledger::{DespatchId, LatestFile, Ledger, State};
use despatch_process::{Fact, Plan};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Deserializer, Value};
use std::ops::Range;
use std::path::PathBuf;

/// A corrected case file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Correct {
    pub file: LocalCase,
    /// What has changed, for the recipients of the letters that this corrects.
    pub changed: String,
}

/// A correction that is in the inbox.
#[derive(Debug, Serialize)]
pub struct Corrected {
    #[serde(flatten)]
    pub foreseen: Foreseeable,
    /// Its path, relative to the inbox.
    #[serde(serialize_with = "lossy")]
    pub dropped: PathBuf,
    pub replaces: Sha256,
    pub replaces_case_file: i64,
    /// The despatches of the earlier file that were sent, or may have been.
    pub already_sent: Vec<DespatchId>,
    /// When the replaced file was issued.
    #[serde(skip)]
    pub replaces_issued_on: NaiveDate,
    /// The response window of an invitation: one that starts again, or the one that continues.
    #[serde(skip)]
    pub windows: Vec<String>,
}

/// Drops a corrected case file to replace the one that was taken.
///
/// # Errors
/// There is nothing to correct; `run` would reject it; the actor is not the preparer.
pub fn correct(open: &mut OpenOffice, actor: &Actor, request: Correct) -> Result<Corrected, Failure> {
    let Correct { file, changed } = request;
    let latest = to_correct(open, &file)?;
    let text = String::from_utf8_lossy(file.bytes()?);
    let text = with_field(&text, "correction", &Value::from(changed.trim()).to_string());
    let text = with_field(&text, "replaces", &Value::from(latest.sha256.to_string()).to_string());
    let Foresight::New(foreseen) = foresee_bytes(open, &file, text.as_bytes())? else {
        return Err(nothing("this correction is queued already".to_owned()).into());
    };
    check_actor(open, actor, &foreseen.case.prepared_by)?;
    let already_sent = gone_of(&mut open.ledger, latest.submission)?;
    let name = format!("{}-correction", file.stem);
    let by = foreseen.case.prepared_by.clone();
    let dropped = deposit(open, &by, (&name, text.as_bytes()), &foreseen)?;
    Ok(Corrected {
        windows: windows(&foreseen.plan),
        foreseen: *foreseen,
        dropped,
        replaces: latest.sha256,
        replaces_case_file: latest.submission,
        already_sent,
        replaces_issued_on: latest.issued_on,
    })
}

/// The file that the corrected one replaces.
fn to_correct(open: &mut OpenOffice, file: &LocalCase) -> Result<LatestFile, Failure> {
    let event_id = serde_json::from_slice::<Value>(file.bytes()?)
        .ok()
        .and_then(|case| case.get("event_id")?.as_str()?.parse::<EventId>().ok());
    let Some(event_id) = event_id else {
        // It cannot be read as a case; this reports why.
        return Err(read_case(&open.office, file.bytes()?, file.owner).err().unwrap_or_default().into());
    };
    let Some(latest) = open.ledger.latest_file(&event_id)? else {
        let cause = "no file was queued for this event, so there is nothing to correct";
        let cure = "check the event_id, or drop the file as it is";
        return Err(Fault::new("/event_id", "correct.nothing", cause, cure).into());
    };
    if latest.sha256 == Sha256::of(file.bytes()?) {
        return Err(nothing(format!("it is the very file that is case {}", latest.submission)).into());
    }
    Ok(latest)
}

fn nothing(cause: String) -> Fault {
    Fault::new("the whole file", "correct.nothing", cause, "mend what is wrong in the file, then correct it")
}

/// The despatches of the earlier file that were sent, or may have been.
fn gone_of(ledger: &mut Ledger, submission: i64) -> Result<Vec<DespatchId>, Failure> {
    let gone = [State::Sent, State::InDoubt, State::Claimed, State::DotPending];
    let despatches = ledger.despatches_of_submission(submission)?;
    Ok(despatches.iter().filter(|one| gone.contains(&one.state)).map(|one| one.id).collect())
}

/// The response window of an invitation: one that starts again, or the one that continues (each once).
fn windows(plan: &Plan) -> Vec<String> {
    let dates = |respond_by, appointment| {
        format!("answer by {}, appointment on {}", weekday_words(respond_by), weekday_words(appointment))
    };
    if let Fact::AppointmentConfirmed(booked) = &plan.recorded.fact
        && let (Some(invited), Some(window)) = (booked.invited_on, &booked.window)
    {
        return vec![format!(
            "the time to answer continues, because nothing that restarts it has changed: invited on {}, {}",
            weekday_words(invited),
            dates(window.respond_by, window.appointment)
        )];
    }
    let windows = plan.despatches.iter().filter_map(|planned| planned.window.as_ref());
    let mut again: Vec<String> = windows
        .map(|window| {
            format!(
                "the invitation goes again, and the time to answer starts again with its service: serve by {}, {}",
                weekday_words(window.serve_by),
                dates(window.respond_by, window.appointment)
            )
        })
        .collect();
    again.dedup();
    again
}

/// The text of a JSON object with one field set to `value`, which is JSON; every other byte is unchanged. A field that
/// does not exist becomes the first.
fn with_field(text: &str, name: &str, value: &str) -> String {
    let spliced = |range: Range<usize>, middle: &str| {
        let (before, after) = (text.get(..range.start), text.get(range.end..));
        format!("{}{middle}{}", before.unwrap_or_default(), after.unwrap_or_default())
    };
    let Some(open) = text.find('{').map(|at| at + 1) else {
        return text.to_owned();
    };
    let mut at = open;
    while let Some((field, range)) = field_at(text, at) {
        if field == name {
            return spliced(range, value);
        }
        at = range.end;
    }
    let indent = text.get(open..).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    spliced(open..open, &format!("{indent}{}: {value},", Value::from(name)))
}

/// The next direct field of an object from `at` on, and the range of its value. The text is JSON.
fn field_at(text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let blank = |c: char| c.is_whitespace() || c == ',' || c == ':';
    let skip = |at: usize| Some(at + text.get(at..)?.find(|c| !blank(c))?);
    let name_at = skip(at)?;
    let mut names = Deserializer::from_str(text.get(name_at..)?).into_iter::<String>();
    let name = names.next()?.ok()?;
    let start = skip(name_at + names.byte_offset())?;
    let mut values = Deserializer::from_str(text.get(start..)?).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some((name, start..start + values.byte_offset()))
}
