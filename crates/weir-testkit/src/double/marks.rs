//! Opaque marks for places, as vendors give them out: what they mean stays here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Cursors, scrolls, searches, jobs: a name for a thing that the double remembers.
#[derive(Debug)]
pub struct Marks<T> {
    prefix: &'static str,
    held: Mutex<HashMap<String, T>>,
}

impl<T: Clone> Marks<T> {
    pub fn new(prefix: &'static str) -> Marks<T> {
        Marks { prefix, held: Mutex::default() }
    }

    /// A name that was not given out before.
    pub fn give(&self, thing: T) -> String {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{}{}", self.prefix, held.len() + 1);
        held.insert(name.clone(), thing);
        name
    }

    pub fn find(&self, name: &str) -> Option<T> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Another thing under a name that was given out.
    pub fn put(&self, name: &str, thing: T) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), thing);
    }

    /// All that were given out.
    pub fn names(&self) -> Vec<String> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}
