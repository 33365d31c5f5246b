//! Enters: a despatch, and what happened to it. Leaves: the texts that may be signed of it then.
//! Never: lets a number count twice, after a hold, or once it has lapsed.

use crate::despatch::Despatch;
use crate::events::DespatchEvent;
use crate::signed::{is_of, says};
use chrono::{DateTime, Utc};
use despatch_seal::approval::{Choice, Statement};

/// Returns what an event of a despatch makes of the texts that may be signed of it.
///
/// # Errors
/// Why this cannot have happened.
pub(super) fn after(
    despatch: &mut Despatch,
    happened: &DespatchEvent,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), &'static str> {
    let (choice, approval) = match happened {
        DespatchEvent::ApprovalAsked { text } => return note(despatch, text, (by, at)),
        DespatchEvent::Approved { approval } | DespatchEvent::FirstApproved { approval } => {
            (Choice::Approve, approval)
        }
        DespatchEvent::ReleasedUrgently { approval, .. } => (Choice::ReleaseUrgently, approval),
        // What neither stops it nor changes what was looked at.
        DespatchEvent::Overtaken(_) | DespatchEvent::UrgentReviewed { .. } => return Ok(()),
        // After any of these a person looks again: what was asked for before counts no longer.
        _ => {
            despatch.to_sign.clear();
            return Ok(());
        }
    };
    if let Some(signed) = &approval.signed {
        let statement =
            Statement::read(&signed.text).filter(|one| one.choice == choice && says(one, approval));
        let statement = statement.ok_or("what was signed is another decision")?;
        if statement.by.as_str() != by || at > statement.until {
            return Err("somebody else signed it, or its number had lapsed");
        }
        if !despatch.to_sign.contains(&signed.text) {
            return Err("the number that was signed was used already, ended with a hold, or was never given");
        }
    }
    despatch.to_sign.retain(|text| {
        let open = Statement::read(text);
        open.is_some_and(|open| {
            matches!(happened, DespatchEvent::FirstApproved { .. }) && open.by != approval.by
        })
    });
    Ok(())
}

/// Takes note of a text that may be signed.
fn note(despatch: &mut Despatch, text: &str, (by, at): (&str, DateTime<Utc>)) -> Result<(), &'static str> {
    let statement = Statement::read(text).ok_or("it is no text to sign")?;
    let fits = despatch.message.as_ref().is_some_and(|bound| is_of(&statement, despatch, bound));
    if !fits || statement.by.as_str() != by || at > statement.until {
        return Err("what is to be signed is not of this message, or not for whoever asked");
    }
    if despatch.numbers.contains(&statement.number) {
        return Err("its number was given before");
    }
    despatch.to_sign.retain(|open| Statement::read(open).is_some_and(|open| open.by != statement.by));
    despatch.to_sign.push(text.to_owned());
    despatch.numbers.push(statement.number);
    Ok(())
}
