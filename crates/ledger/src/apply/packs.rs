//! Enters: the decisions about policy packs, and one more. Leaves: the adoptions and withdrawals in force.
//! Never: counts one person's decision as two.

use super::{State, cannot, staff};
use crate::events::{Event, PackEvent};
use crate::submission::SubmissionState;
use despatch_core::fault::Fault;
use despatch_core::words::PackId;
use despatch_process::Adoption;
use despatch_process::Withdrawal;

pub(super) fn apply(
    state: &mut State,
    pack: &PackId,
    happened: &PackEvent,
    event: &Event,
) -> Result<(), Fault> {
    match happened {
        PackEvent::AdoptionProposed { reason, expires } => {
            let proposed = Adoption {
                pack: pack.clone(),
                by: vec![staff(event)?],
                reason: reason.clone(),
                from: event.day(),
                expires: *expires,
            };
            let record = state.packs.edit_or_default(pack);
            match &record.adoption {
                // What two people adopted stays in force until two people have adopted its renewal.
                Some(adoption) if adoption.by.len() > 1 => record.renewal = Some(proposed),
                _ => record.adoption = Some(proposed),
            }
        }
        PackEvent::Adopted { .. } => {
            let second = staff(event)?;
            let record = state.packs.edit_or_default(pack);
            let Some(mut adoption) = record.proposed().cloned() else {
                return Err(cannot(event, "nobody has proposed to adopt it"));
            };
            adoption.by.push(second);
            record.adoption = Some(adoption);
            record.renewal = None;
            record.withdrawn = None;
        }
        PackEvent::Withdrawn { reason } => {
            let withdrawn = Withdrawal { by: staff(event)?, reason: reason.clone(), on: event.day() };
            let record = state.packs.edit_or_default(pack);
            record.adoption = None;
            record.renewal = None;
            record.withdrawn = Some(withdrawn);
        }
        PackEvent::CaseMoved { case_id, .. } => {
            let of_case = state.submissions.iter().filter(|(_, submission)| {
                let filed = submission.filed.as_ref().filter(|filed| filed.case_id == *case_id);
                filed.is_some() && submission.state == SubmissionState::Queued
            });
            let numbers: Vec<i64> = of_case.map(|(number, _)| *number).collect();
            for number in numbers {
                if let Some(filed) = state.submissions.edit(&number).and_then(|one| one.filed.as_mut()) {
                    filed.pack = pack.clone();
                }
            }
        }
    }
    Ok(())
}
