//! Pairs of numbers as dense numbers: how several keys become one group.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

/// The pairs that have a number, shared by all workers.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<u64, u32, RandomState>,
    list: Vec<u64>,
}

/// What one worker knows of the pairs.
pub(super) struct Worker {
    shared: Arc<Pairs>,
    numbers: HashMap<u64, u32, RandomState>,
    last: Option<(u64, u32)>,
}

impl Pairs {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pair of each number.
    pub fn list(&self) -> Vec<(u32, u32)> {
        self.lock().list.iter().map(|&pair| ((pair >> 32) as u32, pair as u32)).collect()
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.lock().list.capacity() * 24
    }
}

impl Worker {
    pub fn new(shared: Arc<Pairs>) -> Worker {
        Worker { shared, numbers: HashMap::default(), last: None }
    }

    /// Replaces each of `left` by the number of its pair with the one of `right`.
    pub fn join(&mut self, left: &mut [u32], right: &[u32]) {
        for (left, &right) in left.iter_mut().zip(right) {
            let pair = u64::from(*left) << 32 | u64::from(right);
            *left = match self.last {
                Some((last, number)) if last == pair => number,
                _ => {
                    let number = self.number(pair);
                    self.last = Some((pair, number));
                    number
                }
            };
        }
    }

    fn number(&mut self, pair: u64) -> u32 {
        if let Some(&number) = self.numbers.get(&pair) {
            return number;
        }
        let number = {
            let mut guard = self.shared.lock();
            let known = &mut *guard;
            *known.numbers.entry(pair).or_insert_with(|| {
                known.list.push(pair);
                known.list.len() as u32 - 1
            })
        };
        self.numbers.insert(pair, number);
        number
    }

    /// Bytes held beside what is shared.
    pub fn size(&self) -> usize {
        self.numbers.capacity() * 16
    }
}
