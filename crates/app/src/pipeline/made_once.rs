//! Enters: values that several threads need, by key. Leaves: each value, made by whoever asks for it first.
//! Never: makes one twice, or keeps a thread waiting for a value of another key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Values that are made on first use, each once, by any thread.
pub(super) struct MadeOnce<K, V>(Mutex<HashMap<K, Arc<OnceLock<V>>>>);

impl<K, V> Default for MadeOnce<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> MadeOnce<K, V> {
    /// Returns the value of a key; whoever asks meanwhile waits for the same value.
    pub(super) fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        let place = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_default())
        };
        place.get_or_init(make).clone()
    }
}
