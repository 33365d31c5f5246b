//! Enters: an account for the pages, and what happened to it. Leaves: the account after it.
//! Never: sees a passphrase or its hash.

use super::{State, cannot};
use crate::events::{Event, UserEvent};
use crate::user_account::UserAccount;
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;

pub(super) fn apply(
    state: &mut State,
    staff: &StaffId,
    happened: &UserEvent,
    event: &Event,
) -> Result<(), Fault> {
    if let UserEvent::Added { roles, one_time } = happened {
        if state.users.get(staff).is_some() {
            return Err(cannot(event, "they have an account already"));
        }
        let account = UserAccount {
            staff: staff.clone(),
            roles: roles.clone(),
            disabled: false,
            must_change: *one_time,
            since: event.at,
            failures: 0,
            last_failure: None,
            signed_in: None,
        };
        state.users.put(staff.clone(), account);
        return Ok(());
    }
    let Some(account) = state.users.edit(staff) else {
        return Err(cannot(event, "they have no account"));
    };
    match happened {
        UserEvent::Added { .. } | UserEvent::SignedOut => {}
        UserEvent::RolesSet { roles } => account.roles.clone_from(roles),
        UserEvent::Disabled => account.disabled = true,
        UserEvent::Enabled => {
            account.disabled = false;
            account.failures = 0;
        }
        UserEvent::PassphraseSet { one_time } => {
            account.must_change = *one_time;
            account.failures = 0;
        }
        UserEvent::SignedIn { .. } => {
            account.failures = 0;
            account.signed_in = Some(event.at);
        }
        UserEvent::SignInRefused => {
            account.failures += 1;
            account.last_failure = Some(event.at);
        }
    }
    Ok(())
}
