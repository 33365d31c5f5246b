//! Enters: despatches that a reviewer wants to let go. Leaves: the text to sign for each, with a number that counts once;
//! or why it may not go. Never: makes a signature: the reviewer's key is on the reviewer's side.

use super::casework::seen;
use super::clock_check::check_clock;
use super::open_office::checks;
use super::{Actor, Failure, OpenOffice};
use despatch_guards::Guard;
use despatch_ledger::{Approving, DespatchId, may_be_unseen};
use serde::{Deserialize, Serialize};

/// A request for the texts that a reviewer signs before [`super::decisions::approve`] or
/// [`super::decisions::release_urgently`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskToSign {
    pub ids: Vec<DespatchId>,
    /// As in [`super::decisions::Approve`].
    pub message: Option<String>,
    pub confirm: Vec<Guard>,
    /// Whether to release them urgently.
    pub urgently: bool,
}

/// The text to sign for one despatch.
#[derive(Debug, Serialize)]
pub struct ToSign {
    pub id: DespatchId,
    /// Whether the office lets this kind be approved unseen.
    pub unseen: bool,
    pub outcome: Result<String, Failure>,
}

/// Returns the text to sign for each despatch; `None` if the office asks for no signatures. Each has a number, which is on
/// record, counts for half an hour and ends with the next one and with a hold.
///
/// # Errors
/// The actor is not on the staff list, or the file of approvers is not in order.
pub fn to_sign(
    open: &mut OpenOffice,
    actor: &Actor,
    request: AskToSign,
) -> Result<Option<Vec<ToSign>>, Failure> {
    let AskToSign { ids, message, confirm, urgently } = request;
    check_clock(open)?;
    let by = actor.staff()?;
    for id in &ids {
        seen(&mut open.ledger, actor, *id)?;
    }
    let OpenOffice { office, ledger, clock, .. } = open;
    if office.required_approvers()?.is_none() {
        return Ok(None);
    }
    let saying = Approving {
        seen: message.as_deref(),
        confirmed: &confirm,
        unseen: &office.config.unseen,
        signing: None,
    };
    let (who, roles) = ((by, office.config.mail_domain.as_str()), &office.config.guards.urgent_release);
    let mut asked = Vec::new();
    for id in ids {
        let now = clock.now();
        let outcome = match urgently {
            true => ledger.ask_to_release_urgently(id, who, saying, roles, checks(office), now),
            false => ledger.ask_to_approve(id, who, saying, checks(office), now),
        };
        let outcome = outcome.map_err(Failure::from);
        let goes_on = matches!(outcome, Ok(_) | Err(Failure::Faults(_)));
        let unseen = outcome.is_ok() && may_be_unseen(&ledger.despatch(id)?, &office.config.unseen).is_some();
        asked.push(ToSign { id, unseen, outcome });
        if !goes_on {
            break;
        }
    }
    Ok(Some(asked))
}
