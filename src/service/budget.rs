//! Enters: how many bytes of a request have come. Leaves: whether there is room for them. Never: lets the clients of one
//! account, or all together, hold more than this machine can spare.
//!
//! The first frame of each request is free, so that a list can be asked for while others drop their cases.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes of requests that are held at once. A request of [`super::answering::REQUEST_BYTES_MAX`] has room beside
/// another; it is held until its command has ended, in some three times as much memory.
const HELD_MAX: usize = 256 << 20;
/// How many of them one account may hold.
const HELD_OF_ONE_MAX: usize = HELD_MAX / 2;

/// The bytes of requests that each account's clients hold.
#[derive(Debug, Default)]
pub(super) struct Budget(Mutex<BTreeMap<u32, usize>>);

/// What one client holds, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    account: u32,
    bytes: usize,
}

impl Budget {
    /// The share of a client, which holds nothing yet.
    pub fn share(self: &Arc<Self>, account: u32) -> Share {
        Share { budget: self.clone(), account, bytes: 0 }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<u32, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Takes room for some bytes more; returns whether there was any.
    pub fn take(&mut self, bytes: usize) -> bool {
        let mut held = self.budget.held();
        let all: usize = held.values().sum();
        let own = held.entry(self.account).or_default();
        if all + bytes > HELD_MAX || *own + bytes > HELD_OF_ONE_MAX {
            return false;
        }
        *own += bytes;
        self.bytes += bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.budget.held();
        if let Some(own) = held.get_mut(&self.account) {
            *own = own.saturating_sub(self.bytes);
        }
        held.retain(|_, own| *own > 0);
    }
}
