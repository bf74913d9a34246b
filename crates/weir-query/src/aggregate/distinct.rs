//! How many different values.

use std::collections::{BTreeSet, HashSet};

use weir_event::{Fault, Value};

use super::{Tally, parts};
use crate::{dynamic, fault};

/// Different values that `countDistinctExact` counts at most.
const EXACT_MAX: usize = 1_000_000;

/// Exact, up to [`EXACT_MAX`]. Null is no value.
#[derive(Debug, Default)]
pub(super) struct Exact {
    keys: HashSet<Vec<u8>>,
    bytes: usize,
    scratch: Vec<u8>,
}

impl Exact {
    fn put(&mut self, key: &[u8]) {
        if self.keys.len() <= EXACT_MAX && !self.keys.contains(key) {
            self.bytes += key.len() + 48;
            self.keys.insert(key.to_vec());
        }
    }
}

impl Tally for Exact {
    fn add(&mut self, arguments: &[Value<'_>]) {
        let Some(value) = arguments.first().filter(|value| !value.is_null()) else { return };
        let mut key = std::mem::take(&mut self.scratch);
        key.clear();
        dynamic::encode_key(value, &mut key);
        self.put(&key);
        self.scratch = key;
    }

    fn state(&mut self) -> Value<'static> {
        self.bytes = 0;
        Value::Array(std::mem::take(&mut self.keys).into_iter().map(|key| Value::Binary(key.into())).collect())
    }

    fn merge(&mut self, state: Value<'_>) {
        for key in parts(state) {
            if let Value::Binary(key) = key {
                self.put(&key);
            }
        }
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        match self.keys.len() {
            count if count > EXACT_MAX => Err(fault::too_many("countDistinctExact", "different values", EXACT_MAX)
                .hint("use countDistinct, which estimates")),
            count => Ok(Value::Long(count as i64)),
        }
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Estimated from the smallest hashes: exact while they all fit, then within about one percent at the default precision.
#[derive(Debug)]
pub(super) struct Estimate {
    most: usize,
    hashes: BTreeSet<u64>,
    scratch: Vec<u8>,
}

impl Estimate {
    /// Keeps 2^`precision` hashes.
    pub fn new(precision: u32) -> Self {
        Estimate { most: 1 << precision.clamp(3, 16), hashes: BTreeSet::new(), scratch: Vec::new() }
    }

    fn put(&mut self, hash: u64) {
        if self.hashes.len() < self.most {
            self.hashes.insert(hash);
        } else if self.hashes.last().is_some_and(|&greatest| hash < greatest) && self.hashes.insert(hash) {
            self.hashes.pop_last();
        }
    }
}

/// FNV-1a with a finisher that spreads the bits; the same in every process, because partial states travel.
fn hash(bytes: &[u8]) -> u64 {
    let mixed = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ (mixed >> 33)
}

impl Tally for Estimate {
    fn add(&mut self, arguments: &[Value<'_>]) {
        let Some(value) = arguments.first().filter(|value| !value.is_null()) else { return };
        self.scratch.clear();
        dynamic::encode_key(value, &mut self.scratch);
        let hash = hash(&self.scratch);
        self.put(hash);
    }

    fn state(&mut self) -> Value<'static> {
        Value::Array(self.hashes.iter().map(|&hash| Value::Long(hash as i64)).collect())
    }

    fn merge(&mut self, state: Value<'_>) {
        for hash in parts(state) {
            if let Value::Long(hash) = hash {
                self.put(hash as u64);
            }
        }
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        let count = match self.hashes.last() {
            Some(&greatest) if self.hashes.len() >= self.most => {
                ((self.most - 1) as f64 / ((greatest as f64 + 1.0) / 2f64.powi(64))).round() as i64
            }
            _ => self.hashes.len() as i64,
        };
        Ok(Value::Long(count))
    }

    fn bytes(&self) -> usize {
        self.hashes.len() * 16
    }
}
