//! Enters: what a command that works with the caller's files asks an office. Leaves: the answer, as JSON.
//! Never: opens one of these files.

use crate::commands::new::{Desk, OnFile};
use crate::context::{CommandContext, OfficeQuery};
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::drop_case::drop_case;
use despatch_app::operations::templates::{CaseToPreview, preview_case};
use despatch_core::words::{CaseId, StaffId};
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a command that works with the caller's files asks an office.
#[derive(Debug, Serialize, Deserialize)]
pub enum Query {
    /// Whom and what a case file may name.
    Preparation,
    /// What is on record of a case, for an event of it.
    OnFile(CaseId, EventName),
    /// The documents of a kind that a case would produce.
    Preview(CaseToPreview),
    /// To drop a case that was just written.
    Drop(LocalCase),
}

/// What somebody needs who prepares a case file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Preparation {
    pub prepared_by: StaffId,
    pub desk: Desk,
}

impl OfficeQuery for Query {
    fn answer(self, context: &CommandContext) -> Result<Value, Failure> {
        let (mut open, actor, _) = context.open()?;
        let value = match self {
            Self::Preparation => {
                let prepared_by = actor.staff()?.id.clone();
                serde_json::to_value(Preparation {
                    prepared_by,
                    desk: Desk::of(&open.office, open.now().today),
                })
            }
            Self::OnFile(case, event) => {
                actor.staff()?;
                let file = OnFile::of(&open.office, &mut open.ledger, &case, event)?;
                serde_json::to_value(file)
            }
            Self::Drop(case) => {
                serde_json::to_value(drop_case(&mut open, &actor, context.given_by_caller(case))?)
            }
            Self::Preview(CaseToPreview { kind, case }) => {
                let request = CaseToPreview { kind, case: context.given_by_caller(case) };
                serde_json::to_value(preview_case(&mut open, &actor, request)?)
            }
        };
        value.map_err(|error| Failure::Internal(error.to_string()))
    }
}
