//! Enters: the batches and their rows, and an event of one. Leaves: them after it.
//! Never: takes a row out: what a sheet once had stays on record.

use super::{State, cannot, staff};
use crate::batch_state::BatchState;
use crate::events::{BatchEvent, Event};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, Sha256, StaffId};
use despatch_process::case::EventName;

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) event: Option<EventName>,
    /// Whoever began it; nobody else goes on with it.
    pub(crate) by: StaffId,
    /// When it was first begun.
    pub(crate) at: DateTime<Utc>,
    /// The sheet that was begun last.
    pub(crate) sheet: Sha256,
    pub(crate) state: BatchState,
}

/// What identifies a row: its case file, once in a batch.
pub(crate) type BatchRowKey = (BatchName, Sha256);

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) row: u32,
    /// The last sheet that had it.
    pub(crate) sheet: Sha256,
}

pub(super) fn apply(
    state: &mut State,
    name: &BatchName,
    happened: &BatchEvent,
    event: &Event,
) -> Result<(), Fault> {
    let known = state.batches.get(name).cloned();
    if let BatchEvent::Begun { event: of, sheet, .. } = happened {
        let by = staff(event)?;
        let batch = match known {
            None => Batch { event: *of, by, at: event.at, sheet: *sheet, state: BatchState::Open },
            Some(known) if known.by != by => return Err(cannot(event, "somebody else began it")),
            Some(known) if known.state != BatchState::Open => {
                return Err(cannot(event, "it is held or cancelled"));
            }
            Some(known) => Batch { event: *of, sheet: *sheet, ..known },
        };
        state.batches.put(name.clone(), batch);
        return Ok(());
    }
    let Some(batch) = known else { return Err(cannot(event, "nobody has begun it")) };
    let (from, to) = match happened {
        BatchEvent::Begun { .. } | BatchEvent::Sampled { .. } => return Ok(()),
        BatchEvent::Rows { rows } => {
            for row in rows {
                let listed = Listed { row: row.row, sheet: batch.sheet };
                state.batch_rows.put((name.clone(), row.sha256), listed);
            }
            return Ok(());
        }
        BatchEvent::Held { .. } => (&[BatchState::Open][..], BatchState::Held),
        BatchEvent::Released { .. } => (&[BatchState::Held][..], BatchState::Open),
        BatchEvent::Cancelled { .. } => (&[BatchState::Open, BatchState::Held][..], BatchState::Cancelled),
    };
    if !from.contains(&batch.state) {
        let cause = format!("it is {}, which cannot become {}", batch.state.label(), to.label());
        return Err(cannot(event, cause));
    }
    state.batches.put(name.clone(), Batch { state: to, ..batch });
    Ok(())
}
