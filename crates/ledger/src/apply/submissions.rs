//! Enters: the submissions, and an event about one. Leaves: the submissions after it.
//! Never: queues one twice.

use super::{State, cannot, remove};
use crate::events::{Event, SubmissionEvent};
use crate::submission::{Submission, SubmissionState};
use despatch_core::fault::Fault;

pub(super) fn apply(
    state: &mut State,
    number: i64,
    happened: &SubmissionEvent,
    event: &Event,
) -> Result<(), Fault> {
    match happened {
        SubmissionEvent::Claimed { token, file_sha256 } => {
            state.submissions.put(number, Submission::claimed(number, token, *file_sha256));
        }
        SubmissionEvent::Duplicate { .. } => edit(state, number)?.becomes(SubmissionState::Duplicate),
        SubmissionEvent::Rejected { .. } => edit(state, number)?.becomes(SubmissionState::Rejected),
        SubmissionEvent::Queued(queued) => {
            if let Some(earlier) = queued.supersedes {
                edit(state, earlier)?.superseded = 1;
            }
            edit(state, number)?.file(queued).map_err(|why| cannot(event, why.to_string()))?;
        }
        SubmissionEvent::Authorised(_) => {
            edit(state, number)?.authorise().map_err(|why| cannot(event, why.to_string()))?;
        }
        SubmissionEvent::Withdrawn { .. } => edit(state, number)?.superseded = 1,
        SubmissionEvent::NoteRecorded { .. } => {
            let submission = edit(state, number)?;
            submission.open_notes = submission.open_notes.saturating_sub(1).max(0);
        }
        SubmissionEvent::Purged(purged) => remove(state, &purged.files),
        SubmissionEvent::Erased(erased) => remove(state, &erased.files),
        SubmissionEvent::Viewed
        | SubmissionEvent::PreparerNotice { .. }
        | SubmissionEvent::PreparerNoticeDelivery { .. } => {}
    }
    Ok(())
}

fn edit(state: &mut State, number: i64) -> Result<&mut Submission, Fault> {
    state.submissions.edit(&number).ok_or_else(|| {
        let cure = "look at it with `despatch audit verify`";
        Fault::new(format!("case {number}"), "submission.unknown", "nobody has taken this case file", cure)
    })
}
