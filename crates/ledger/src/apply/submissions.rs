//! Enters: the submissions, and an event about one. Leaves: the submissions after it.
//! Never: queues one twice.

use super::{State, remove};
use crate::events::SubmissionEvent;
use crate::submission::SubmissionState;
use crate::submission::{Filed, Submission};
use despatch_core::fault::Fault;

pub(super) fn apply(state: &mut State, number: i64, happened: &SubmissionEvent) -> Result<(), Fault> {
    match happened {
        SubmissionEvent::Claimed { token, file_sha256 } => {
            let submission = Submission {
                number,
                token: token.clone(),
                file_sha256: *file_sha256,
                state: SubmissionState::Claimed,
                superseded: false,
                filed: None,
            };
            state.submissions.put(number, submission);
        }
        SubmissionEvent::Duplicate { .. } => edit(state, number)?.state = SubmissionState::Duplicate,
        SubmissionEvent::Rejected { .. } => edit(state, number)?.state = SubmissionState::Rejected,
        SubmissionEvent::Queued(queued) => {
            if let Some(earlier) = queued.supersedes {
                edit(state, earlier)?.superseded = true;
            }
            let submission = edit(state, number)?;
            submission.state = SubmissionState::Queued;
            submission.filed = Some(Filed::of(queued));
        }
        SubmissionEvent::Purged(purged) => remove(state, &purged.files),
        SubmissionEvent::Erased(erased) => remove(state, &erased.files),
        SubmissionEvent::NoteRecorded { .. } => {}
    }
    Ok(())
}

fn edit(state: &mut State, number: i64) -> Result<&mut Submission, Fault> {
    state.submissions.edit(&number).ok_or_else(|| {
        let cure = "look at it with `despatch audit verify`";
        Fault::new(format!("case {number}"), "submission.unknown", "nobody has taken this case file", cure)
    })
}
