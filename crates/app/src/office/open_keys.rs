//! Enters: a review key that is open in a process of its reviewer's. Leaves: it, for the same person in the pages, until
//! that process ends, they close it, rest for half an hour or twelve hours are over. Never: for anybody else.

use despatch_core::words::StaffId;
use despatch_seal::keys::SecretKey;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Without use a key is closed after this, and in any case after a working day.
const IDLE: Duration = Duration::from_secs(30 * 60);
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// The keys that people's own processes hold open for the pages. Whoever clones it has the same keys.
#[derive(Clone, Default)]
pub struct OpenKeys(Arc<Shared>);

#[derive(Default)]
struct Shared {
    keys: Mutex<Keys>,
    /// Told whenever one is closed.
    closed: Condvar,
}

#[derive(Default)]
struct Keys {
    last: u64,
    open: BTreeMap<StaffId, OpenKey>,
}

/// One opening of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(u64);

struct OpenKey {
    id: KeyId,
    key: SecretKey,
    since: Instant,
    used: Instant,
}

impl OpenKey {
    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.used) >= IDLE || now.duration_since(self.since) >= LONGEST
    }
}

impl OpenKeys {
    /// Opens a key for somebody that was unlocked now, in place of the one that was open for them.
    pub fn put(&self, staff: &StaffId, key: SecretKey, now: Instant) -> KeyId {
        let mut keys = self.keys();
        keys.last += 1;
        let id = KeyId(keys.last);
        keys.open.insert(staff.clone(), OpenKey { id, key, since: now, used: now });
        self.0.closed.notify_all();
        id
    }

    /// Returns the key that is open for somebody, to open a file with it: it counts as used.
    pub fn key_of(&self, staff: &StaffId) -> Option<SecretKey> {
        let (mut keys, now) = (self.keys(), Instant::now());
        self.end_old(&mut keys, now);
        let open = keys.open.get_mut(staff)?;
        open.used = now;
        Some(open.key.clone())
    }

    /// Whether a key is open for somebody; it does not count as used.
    pub fn is_open(&self, staff: &StaffId) -> bool {
        let mut keys = self.keys();
        self.end_old(&mut keys, Instant::now());
        keys.open.contains_key(staff)
    }

    /// Closes what is open for somebody; their process is told to end.
    pub fn close(&self, staff: &StaffId) {
        self.keys().open.remove(staff);
        self.0.closed.notify_all();
    }

    /// Closes one opening, unless another has taken its place.
    pub fn close_one(&self, id: KeyId) {
        self.keys().open.retain(|_, open| open.id != id);
        self.0.closed.notify_all();
    }

    /// Waits until an opening is closed, but no longer than this; returns whether it is still open.
    pub fn stays_open(&self, id: KeyId, longest: Duration) -> bool {
        let is_open = |keys: &mut Keys| keys.open.values().any(|open| open.id == id);
        let waited = self.0.closed.wait_timeout_while(self.keys(), longest, is_open);
        let (mut keys, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.end_old(&mut keys, Instant::now());
        is_open(&mut keys)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_old(&self, keys: &mut Keys, now: Instant) {
        let before = keys.open.len();
        keys.open.retain(|_, open| !open.is_over(now));
        if keys.open.len() < before {
            self.0.closed.notify_all();
        }
    }
}
