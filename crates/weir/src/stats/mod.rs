//! What was counted: per source for the page and metrics, and what is in flight for the ledger.

mod ledger;
mod source;

pub use ledger::{InFlight, LedgerKey, minute_of, minute_start};
pub use source::SourceStats;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use weir_event::{Fault, FaultKind};

/// Sources that are told apart; a request for one more is refused.
pub const SOURCES_MAX: usize = 10_000;

/// Tenant and name.
type Key = (Arc<str>, Arc<str>);

/// All counters of a process.
#[derive(Default)]
pub struct Stats {
    sources: RwLock<BTreeMap<Key, Arc<SourceStats>>>,
    pub in_flight: InFlight,
}

impl Stats {
    /// The counters of a tenant's source, new if need be.
    pub fn source(&self, tenant: &Arc<str>, name: &Arc<str>, kind: &'static str) -> Result<Arc<SourceStats>, Fault> {
        let key = (tenant.clone(), name.clone());
        if let Some(stats) = self.sources.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(stats.clone());
        }
        let mut sources = self.sources.write().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SOURCES_MAX {
            return Err(Fault::new("HTTP-429", FaultKind::Busy, "there are too many sources")
                .because(format!("{SOURCES_MAX} sources are told apart"))
                .hint("send to one of the sources that exist"));
        }
        let stats = sources.entry(key).or_insert_with(|| Arc::new(SourceStats::new(tenant, name, kind)));
        Ok(stats.clone())
    }

    /// Sorted by tenant and name.
    pub fn sources(&self) -> Vec<Arc<SourceStats>> {
        self.sources.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
