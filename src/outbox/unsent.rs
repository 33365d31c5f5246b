//! Enters: an event that changes what is still to go in its case. Leaves: those despatches superseded or held.
//! Never: touches what has gone or may have gone, or a safety message (G19).

use super::chain::Chain;
use super::despatch::{Despatch, Hold, SealedCase, State};
use super::ledger::{LedgerError, record, save, step};
use crate::policy::history::Past;
use crate::policy::{Fact, History, Unsent};
use crate::words::Role;
use serde_json::json;
use sqlx::{Row, SqliteConnection};

/// The word of the hold that an event of the case sets.
const OVERTAKEN: &str = "overtaken";

/// Does to the case's unsent despatches what the event calls for: how many.
pub(super) async fn withdraw(
    connection: &mut SqliteConnection,
    chain: &mut Chain<'_>,
    case: &SealedCase,
) -> Result<usize, LedgerError> {
    if case.unsent == Unsent::Stay {
        return Ok(0);
    }
    let rows = sqlx::query(
        "SELECT record FROM despatch JOIN claim ON claim.number = despatch.claim \
         WHERE claim.case_id = $1 AND claim.number <> $2 AND despatch.state IN \
         ('held', 'awaiting_review', 'approved', 'deferred', 'refused') ORDER BY claim, position",
    )
    .bind(case.case_id.as_str())
    .bind(case.claim)
    .fetch_all(&mut *connection)
    .await?;
    let mut count = 0;
    for row in rows {
        let mut despatch = record(row.get("record"))?;
        if !concerns(case.unsent, &case.history, &despatch) {
            continue;
        }
        count += 1;
        despatch.approval = None;
        if case.unsent == Unsent::Superseded {
            let detail = json!({ "by": case.claim });
            step(connection, chain, &mut despatch, State::Superseded, "superseded", detail).await?;
        } else {
            hold(connection, chain, &mut despatch, case).await?;
        }
    }
    Ok(count)
}

/// Whether an event that does this to what is unsent, and was planned by this history, means this despatch.
pub fn concerns(unsent: Unsent, history: &History, despatch: &Despatch) -> bool {
    let booked = |past: &&Past| matches!(past.recorded.fact, Fact::AppointmentConfirmed(_));
    match unsent {
        Unsent::Stay => false,
        Unsent::Superseded => {
            let of_appointment = history.events.iter().rev().find(booked);
            of_appointment.is_some_and(|past| despatch.id.claim >= past.claim && despatch.planned.gives_way())
        }
        Unsent::Held => !despatch.planned.safety,
        Unsent::HeldForRepresentative => despatch.planned.role == Role::Representative,
    }
}

async fn hold(
    connection: &mut SqliteConnection,
    chain: &mut Chain<'_>,
    despatch: &mut Despatch,
    case: &SealedCase,
) -> Result<(), LedgerError> {
    if despatch.holds.iter().any(|hold| hold.code == OVERTAKEN) {
        return Ok(());
    }
    despatch.holds.push(Hold {
        code: OVERTAKEN.to_owned(),
        words: format!(
            "case {} has come in since ({}): cancel this, or release it with the reason why it is still right",
            case.claim,
            case.recorded.fact.name().words()
        ),
        remake: false,
    });
    let detail = json!({ "holds": despatch.holds });
    if despatch.state == State::Held {
        save(connection, despatch).await?;
        chain.append(connection, &despatch.id.to_string(), "held", detail).await?;
        return Ok(());
    }
    step(connection, chain, despatch, State::Held, "held", detail).await
}
