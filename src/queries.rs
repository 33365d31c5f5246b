//! Enters: what a command that works with the caller's files asks an office. Leaves: the answer, as JSON.
//! Never: opens one of these files.

use crate::caller::PassphraseSource;
use crate::context::{CommandContext, OfficeQuery};
use crate::printing::show_foreseen;
use crate::service::Bounds;
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::drop_case::drop_case;
use despatch_app::operations::foresight::{Foresight, foresee};
use despatch_app::operations::inbox::open_rejected;
use despatch_app::operations::last_file::open_last_file;
use despatch_app::operations::new_case::{on_file, preparation};
use despatch_app::operations::templates::{CaseToPreview, preview_case};
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
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
    /// What would be made of a case, shown to the caller; and what is wrong with it.
    Foresee(LocalCase),
    /// A rejected case file, by its number or name.
    Rejected(String),
    /// The last case file of a case, which the review key opens.
    LastFile(CaseId, PassphraseSource),
}

/// Shows what would be made of a case; returns what is wrong with it, each with its pointer.
fn show_plan(
    foreseen: Result<Foresight, Failure>,
    context: &CommandContext,
) -> Result<Vec<(String, String)>, Failure> {
    match foreseen {
        Ok(Foresight::New(foreseen)) => show_foreseen(&foreseen, context.print()),
        Ok(Foresight::Known { duplicate_of, .. }) => {
            context.print().line(&format!("The same file is case {duplicate_of}."));
        }
        Err(Failure::Faults(faults)) => {
            let words = |fault: Fault| (fault.at, format!("{}: {}", fault.cause, fault.cure));
            return Ok(faults.into_iter().map(words).collect());
        }
        Err(failure) => return Err(failure),
    }
    Ok(Vec::new())
}

impl OfficeQuery for Query {
    fn bounds(&self) -> Bounds {
        match self {
            Self::LastFile(..) => Bounds { file_keys: 1, ..Bounds::NOTHING },
            _ => Bounds::NOTHING,
        }
    }

    fn answer(self, context: &CommandContext) -> Result<Value, Failure> {
        let (mut open, actor, _) = context.open()?;
        let value = match self {
            Self::Preparation => serde_json::to_value(preparation(&open, &actor)?),
            Self::OnFile(case, event) => serde_json::to_value(on_file(&mut open, &actor, &case, event)?),
            Self::Drop(case) => {
                serde_json::to_value(drop_case(&mut open, &actor, context.given_by_caller(case))?)
            }
            Self::Foresee(case) => {
                let case = context.given_by_caller(case);
                serde_json::to_value(show_plan(foresee(&mut open, &actor, case), context)?)
            }
            Self::Rejected(which) => serde_json::to_value(open_rejected(&mut open, &actor, &which)?),
            Self::LastFile(case, source) => {
                serde_json::to_value(open_last_file(&mut open, &actor, &case, &context.unlock(source))?)
            }
            Self::Preview(CaseToPreview { kind, case }) => {
                let request = CaseToPreview { kind, case: context.given_by_caller(case) };
                serde_json::to_value(preview_case(&mut open, &actor, request)?)
            }
        };
        value.map_err(|error| Failure::Internal(error.to_string()))
    }
}
