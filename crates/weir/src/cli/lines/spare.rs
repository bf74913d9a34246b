//! Buffers that have been used, for use again: their memory is there already.

use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub struct Spare(Mutex<Vec<Vec<u8>>>);

/// Further ones are let go.
const KEPT_MAX: usize = 32;

impl Spare {
    /// An empty buffer.
    pub fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_MAX {
            kept.push(buffer);
        }
    }
}
