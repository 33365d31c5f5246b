//! Enters: the decisions about policy packs, and one more. Leaves: the adoptions and withdrawals in force.
//! Never: counts one person's decision as two.

use super::{State, cannot, staff};
use crate::events::{Event, PackEvent};
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
        PackEvent::AdoptionProposed { reason, expires, sha256 } => {
            let proposed = Adoption {
                pack: pack.clone(),
                by: vec![staff(event)?],
                reason: reason.clone(),
                from: event.day(),
                expires: *expires,
                sha256: *sha256,
            };
            let record = state.packs.edit_or_default(pack);
            match &record.adoption {
                // What two people adopted stays in force until two people have adopted its renewal.
                Some(adoption) if adoption.by.len() > 1 => record.renewal = Some(proposed),
                _ => record.adoption = Some(proposed),
            }
        }
        PackEvent::Adopted { sha256, .. } => {
            let second = staff(event)?;
            let record = state.packs.edit_or_default(pack);
            let Some(mut adoption) = record.proposed().cloned() else {
                return Err(cannot(event, "nobody has proposed to adopt it"));
            };
            if adoption.sha256 != *sha256 {
                return Err(cannot(event, "another text of it was proposed"));
            }
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
                submission.is_queued() && submission.case_id.as_deref() == Some(case_id.as_str())
            });
            let numbers: Vec<i64> = of_case.map(|(number, _)| *number).collect();
            for number in numbers {
                if let Some(submission) = state.submissions.edit(&number) {
                    submission.pack = Some(pack.to_string());
                }
            }
        }
    }
    Ok(())
}
