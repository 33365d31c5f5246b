//! Enters: what happened to somebody's account for the pages. Leaves: the closed list of these events.
//! Never: a passphrase or its hash, or a name that nobody here has.

use super::events;
use crate::user_account::UserRole;
use std::collections::BTreeSet;

despatch_core::closed! {
    /// How somebody signed in.
    SignInWay {
        /// With the passphrase of their account.
        Passphrase = "passphrase", "with a passphrase";
        /// Through a proxy in front of the pages, which named them.
        Proxy = "proxy", "through the proxy";
    }
}

events! {
    /// The events of the account of a member of staff for the pages.
    pub enum UserEvent {
        /// It was made, with a passphrase that its owner has to replace if it is for one use.
        "user_added" Added { roles: BTreeSet<UserRole>, one_time: bool },
        "user_roles_set" RolesSet { roles: BTreeSet<UserRole> },
        "user_disabled" Disabled,
        "user_enabled" Enabled,
        /// The actor set its passphrase, for one use if it is not their own.
        "user_passphrase_set" PassphraseSet { one_time: bool },
        "signed_in" SignedIn { how: SignInWay },
        /// Somebody else's guess, or a slip of its owner's.
        "sign_in_refused" SignInRefused,
        "signed_out" SignedOut,
    }
}
