//! Enters: a mended case file, and what has changed in it. Leaves: it in the inbox, naming the file that it replaces.
//! Never: writes over a file, drops what `run` would reject, or touches a word of the case beyond those two fields.

use super::args::{Common, Correct};
use super::plan::{Known, foresee, unfit};
use super::print::{Print, strong, wrapped};
use super::{Exit, Failure, open_ledger, open_office};
use despatch_app::intake::{Inbox, Loose};
use despatch_app::office::Office;
use despatch_core::fault::Fault;
use despatch_core::words::{EventId, Sha256, StaffId, weekday_words};
use despatch_ledger::{DespatchId, LatestFile, Ledger, State};
use despatch_process::{Fact, Plan};
use despatch_settings::Staff;
use serde_json::{Value, json};
use std::ops::Range;

/// Said with every correction.
const FRESH_APPROVAL: &str =
    "What is made of it needs a fresh approval: no approval of the earlier file holds for it.";

pub(super) fn correct(common: &Common, args: &Correct, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let file = Loose::read(&args.file)?;
    let latest = to_correct(&office, &mut ledger, &file)?;
    let text = String::from_utf8_lossy(&file.bytes);
    let changed = Value::from(args.changed.trim()).to_string();
    let text = with_field(&text, "correction", &changed);
    let text = with_field(&text, "replaces", &Value::from(latest.sha256.to_string()).to_string());
    let Known::New(foresight) = foresee(&office, &mut ledger, &file, text.as_bytes(), clock.now().today)?
    else {
        return Err(nothing("this correction is queued already").into());
    };
    check_actor(&office, common, &foresight.case.prepared_by)?;
    let gone = gone_of(&mut ledger, latest.claim)?;
    let name = format!("{}-correction", file.stem());
    let dropped = Inbox::open(&office.inbox())?.lay(&name, text.as_bytes(), &foresight.attachments)?;
    let windows = windows_again(&foresight.plan);
    let mut view = foresight.view();
    if let Value::Object(fields) = &mut view {
        fields.insert("dropped".to_owned(), json!(dropped));
        fields.insert("replaces".to_owned(), json!(latest.sha256));
        fields.insert("replaces_case_file".to_owned(), json!(latest.claim));
        fields.insert("already_sent".to_owned(), json!(gone));
    }
    print.json(&view);
    foresight.show(print);
    print.line("");
    print.line(&strong(&format!("Dropped as inbox/{}", dropped.display())));
    let line = |label: &str, text: &str| print.line(&wrapped(label, text));
    line("replaces", &format!("case {}, issued on {}", latest.claim, weekday_words(latest.issued_on)));
    if !gone.is_empty() {
        let ids: Vec<String> = gone.iter().map(ToString::to_string).collect();
        line("sent already", &format!("{}: the new letters say what they correct", ids.join(", ")));
    }
    windows.iter().for_each(|window| line("window", window));
    print.line(FRESH_APPROVAL);
    Ok(Exit::Done)
}

/// The file that the mended one replaces.
fn to_correct(office: &Office, ledger: &mut Ledger, file: &Loose) -> Result<LatestFile, Failure> {
    let event_id = serde_json::from_slice::<Value>(&file.bytes)
        .ok()
        .and_then(|case| case.get("event_id")?.as_str()?.parse::<EventId>().ok());
    let Some(event_id) = event_id else {
        return Err(unfit(office, file).into());
    };
    let Some(latest) = ledger.latest_file(&event_id)? else {
        let cause = "no file was queued for this event, so there is nothing to correct";
        return Err(Fault::new(
            "/event_id",
            "correct.nothing",
            cause,
            "check the event_id, or drop the file as it is",
        )
        .into());
    };
    if latest.sha256 == Sha256::of(&file.bytes) {
        return Err(nothing(&format!("it is the very file that is case {}", latest.claim)).into());
    }
    Ok(latest)
}

fn nothing(cause: &str) -> Fault {
    Fault::new("the whole file", "correct.nothing", cause, "mend what is wrong in the file, then correct it")
}

/// Whoever gives the command is the one that the file names, for `run` then sees the account of the office alone.
fn check_actor(office: &Office, common: &Common, preparer: &StaffId) -> Result<(), Failure> {
    let actor: Option<&Staff> = match office.actor(common.actor.as_ref()) {
        Ok(actor) => Some(actor),
        Err(_) if office.config.demo && common.actor.is_none() => None,
        Err(fault) => return Err(fault.into()),
    };
    match actor {
        Some(actor) if actor.id != *preparer => {
            let cause = format!("{} gives the command, who is not the one named here", actor.id);
            let cure = "name yourself, or let the person who prepared the case correct it";
            Err(Fault::new("/prepared_by", "prepared_by.other_owner", cause, cure).into())
        }
        _ => Ok(()),
    }
}

/// What of the earlier file has gone, or may have gone.
fn gone_of(ledger: &mut Ledger, claim: i64) -> Result<Vec<DespatchId>, Failure> {
    let gone = [State::Sent, State::InDoubt, State::Claimed, State::DotPending];
    let despatches = ledger.despatches_of_claim(claim)?;
    Ok(despatches.iter().filter(|one| gone.contains(&one.state)).map(|one| one.id).collect())
}

/// The response window of an invitation: one that it opens again, or the one that goes on (each once).
fn windows_again(plan: &Plan) -> Vec<String> {
    if let Fact::AppointmentConfirmed(booked) = &plan.recorded.fact
        && let (Some(invited), Some(window)) = (booked.invited_on, &booked.window)
    {
        return vec![format!(
            "the time to answer goes on, for nothing that starts it anew has changed: invited on {}, answer by {}, \
             appointment on {}",
            weekday_words(invited),
            weekday_words(window.respond_by),
            weekday_words(window.appointment)
        )];
    }
    let windows = plan.despatches.iter().filter_map(|planned| planned.window.as_ref());
    let mut words: Vec<String> = windows
        .map(|window| {
            format!(
                "the invitation goes again, and the time to answer starts again with its service: serve by {}, answer by \
                 {}, appointment on {}",
                weekday_words(window.serve_by),
                weekday_words(window.respond_by),
                weekday_words(window.appointment)
            )
        })
        .collect();
    words.dedup();
    words
}

/// The text of a JSON object with one field set to `value`, which is JSON; every other byte stays. A field that is not
/// there yet becomes the first.
fn with_field(text: &str, name: &str, value: &str) -> String {
    let spliced = |range: Range<usize>, middle: &str| {
        let (before, after) = (text.get(..range.start), text.get(range.end..));
        format!("{}{middle}{}", before.unwrap_or_default(), after.unwrap_or_default())
    };
    if let Some((_, range)) = fields(text).into_iter().find(|(known, _)| known == name) {
        return spliced(range, value);
    }
    let Some(open) = text.find('{').map(|at| at + 1) else {
        return text.to_owned();
    };
    let indent = text.get(open..).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    spliced(open..open, &format!("{indent}{}: {value},", Value::from(name)))
}

/// The names of an object's own fields, each with where its value stands. The text is JSON.
fn fields(text: &str) -> Vec<(String, Range<usize>)> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let (mut from, mut name, mut found) = (0, None, Vec::new());
    for (at, c) in text.char_indices() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' | '[' => {
                depth += 1;
                if depth == 1 {
                    from = at + 1;
                }
            }
            ':' if depth == 1 => {
                name = text.get(from..at).and_then(|raw| serde_json::from_str::<String>(raw.trim()).ok());
                from = at + 1;
            }
            ',' | '}' | ']' => {
                if depth == 1 {
                    let raw = text.get(from..at).unwrap_or_default();
                    let start = from + raw.len() - raw.trim_start().len();
                    if let Some(name) = name.take() {
                        found.push((name, start..start + raw.trim().len()));
                    }
                    from = at + 1;
                }
                if c != ',' {
                    depth = depth.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    found
}
