//! The ledger: per source and minute, received = stored + filtered + dead-lettered + in flight.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use weir_event::Timestamp;

/// Minutes that are told apart; older ones are summed up.
const MINUTES_KEPT: i64 = 24 * 60;
const MINUTE: i64 = 60_000_000_000;

/// Counts of one source in one minute of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub received: u64,
    pub stored: u64,
    pub filtered: u64,
    pub dead_lettered: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    pub minute: Timestamp,
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    pub tally: Tally,
}

type Key = (i64, Arc<str>, Arc<str>);

#[derive(Default)]
pub struct Ledger {
    rows: Mutex<BTreeMap<Key, Tally>>,
}

impl Tally {
    /// Received and not yet anywhere.
    pub fn in_flight(&self) -> u64 {
        self.received.saturating_sub(self.stored + self.filtered + self.dead_lettered)
    }

    fn add(&mut self, more: Tally) {
        self.received += more.received;
        self.stored += more.stored;
        self.filtered += more.filtered;
        self.dead_lettered += more.dead_lettered;
    }
}

impl Ledger {
    pub fn add(&self, tenant: &Arc<str>, source: &Arc<str>, received_at: Timestamp, tally: Tally) {
        let minute = received_at.0.div_euclid(MINUTE);
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.entry((minute, tenant.clone(), source.clone())).or_default().add(tally);
        let first = rows.keys().next().map_or(minute, |key| key.0);
        if minute - first > MINUTES_KEPT {
            fold(&mut rows, minute - MINUTES_KEPT);
        }
    }

    /// Rows of one tenant, or of all, oldest first. The first minute may be the sum of all before it.
    pub fn rows(&self, tenant: Option<&str>) -> Vec<LedgerRow> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let own = rows.iter().filter(|((_, owner, _), _)| tenant.is_none_or(|tenant| **owner == *tenant));
        let row = |((minute, tenant, source), tally): (&Key, &Tally)| LedgerRow {
            minute: Timestamp(minute.saturating_mul(MINUTE)),
            tenant: tenant.clone(),
            source: source.clone(),
            tally: *tally,
        };
        own.map(row).collect()
    }
}

/// Sums minutes before `first` up into `first`.
fn fold(rows: &mut BTreeMap<Key, Tally>, first: i64) {
    while let Some(entry) = rows.first_entry().filter(|entry| entry.key().0 < first) {
        let ((_, tenant, source), tally) = entry.remove_entry();
        rows.entry((first, tenant, source)).or_default().add(tally);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_add_up_and_old_ones_are_summed() {
        let ledger = Ledger::default();
        let (tenant, source): (Arc<str>, Arc<str>) = ("t".into(), "s".into());
        let one = Tally { received: 2, stored: 1, ..Tally::default() };
        ledger.add(&tenant, &source, Timestamp(0), one);
        ledger.add(&tenant, &source, Timestamp(MINUTE - 1), one);
        ledger.add(&tenant, &source, Timestamp(MINUTE), one);
        let counts: Vec<u64> = ledger.rows(None).iter().map(|row| row.tally.received).collect();
        assert_eq!(counts, [4, 2]);
        ledger.add(&tenant, &source, Timestamp(MINUTE * (MINUTES_KEPT + 2)), one);
        let rows = ledger.rows(Some("t"));
        assert_eq!(rows.iter().map(|row| row.tally.received).collect::<Vec<_>>(), [6, 2]);
        assert_eq!(rows[0].tally.in_flight(), 3);
        assert!(ledger.rows(Some("other")).is_empty());
    }
}
