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
    /// Opens a key for somebody, in place of the one that was open for them.
    pub fn put(&self, staff: &StaffId, key: SecretKey) -> KeyId {
        self.put_at(staff, key, Instant::now())
    }

    fn put_at(&self, staff: &StaffId, key: SecretKey, now: Instant) -> KeyId {
        let mut keys = self.keys();
        keys.last += 1;
        let id = KeyId(keys.last);
        keys.open.insert(staff.clone(), OpenKey { id, key, since: now, used: now });
        self.0.closed.notify_all();
        id
    }

    /// Returns the key that is open for somebody, to open a file with it: it counts as used.
    pub fn key_of(&self, staff: &StaffId) -> Option<SecretKey> {
        self.key_at(staff, Instant::now())
    }

    fn key_at(&self, staff: &StaffId, now: Instant) -> Option<SecretKey> {
        let mut keys = self.keys();
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

#[cfg(test)]
mod tests {
    use super::{IDLE, LONGEST, OpenKeys};
    use despatch_core::words::StaffId;
    use despatch_seal::keys::SecretKey;
    use std::time::{Duration, Instant};

    fn staff(id: &str) -> StaffId {
        id.parse().expect("an id")
    }

    #[test]
    fn a_key_is_open_for_its_own_reviewer_until_it_is_closed() {
        let (keys, one) = (OpenKeys::default(), staff("one"));
        assert!(keys.key_of(&one).is_none());
        let first = keys.put(&one, SecretKey::generate());
        assert!(keys.key_of(&one).is_some() && keys.key_of(&staff("two")).is_none());
        // Another process of the same person takes the place of the first one, whose end changes nothing then.
        let second = keys.put(&one, SecretKey::generate());
        assert!(!keys.stays_open(first, Duration::ZERO) && keys.stays_open(second, Duration::ZERO));
        keys.close_one(first);
        assert!(keys.is_open(&one));
        keys.close(&one);
        assert!(!keys.is_open(&one) && !keys.stays_open(second, Duration::ZERO));
    }

    #[test]
    fn a_key_is_closed_after_rest_and_after_a_working_day() {
        let (keys, one, now) = (OpenKeys::default(), staff("one"), Instant::now());
        let later = |after: Duration| keys.key_at(&one, now + after).is_some();
        keys.put_at(&one, SecretKey::generate(), now);
        assert!(later(IDLE / 2) && later(IDLE) && !later(IDLE * 2));
        keys.put_at(&one, SecretKey::generate(), now);
        let (mut at, step) = (Duration::ZERO, IDLE / 2);
        while at + step < LONGEST {
            at += step;
            assert!(later(at), "{at:?}");
        }
        assert!(!later(LONGEST));
    }
}
