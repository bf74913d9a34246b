//! What came of the last run of each rule.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use weir_event::{Fault, Timestamp};

#[derive(Clone, Debug)]
pub struct Run {
    pub at: Timestamp,
    /// Findings since the process started.
    pub findings: u64,
    pub error: Option<Fault>,
}

/// Rule and tenant.
type Key = (Arc<str>, Arc<str>);

#[derive(Default)]
pub struct Runs(Mutex<HashMap<Key, Run>>);

impl Runs {
    pub fn last(&self, rule: &Arc<str>, tenant: &Arc<str>) -> Option<Run> {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.get(&(rule.clone(), tenant.clone())).cloned()
    }

    pub fn add(&self, rule: &Arc<str>, tenant: &Arc<str>, at: Timestamp, result: Result<usize, Fault>) {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.entry((rule.clone(), tenant.clone())).or_insert(Run { at, findings: 0, error: None });
        run.at = at;
        match result {
            Ok(findings) => {
                run.findings += findings as u64;
                run.error = None;
            }
            Err(fault) => run.error = Some(fault),
        }
    }
}
