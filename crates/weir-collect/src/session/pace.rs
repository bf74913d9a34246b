//! How often a source may be asked: budgets of requests, and waits that it asks for.

use std::collections::{HashMap, HashSet, VecDeque};

use weir_event::Timestamp;

use crate::manifest::{Budget, Limits};
use crate::state::Sent;

#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Nobody asks before this.
    until: Option<Timestamp>,
    /// When the requests of a budget were sent, by its name; the oldest first.
    sent: HashMap<String, VecDeque<Timestamp>>,
    /// Services whose earlier requests are counted.
    recalled: HashSet<String>,
    /// By service: requests of lasting budgets that are not written yet.
    unwritten: HashMap<String, Sent>,
}

/// Requests of a lasting budget are written down in this many steps of its length: they count as sent at the end of their step.
const STEPS: i64 = 100;

impl Pace {
    pub fn admit(&mut self, limits: &Limits, service: &str, now: Timestamp) -> Result<(), Timestamp> {
        if let Some(until) = self.until.filter(|until| *until > now) {
            return Err(until);
        }
        if let Some(free_at) = limits.local.iter().filter_map(|budget| self.free_at(budget, now)).max() {
            return Err(free_at);
        }
        for budget in &limits.local {
            self.sent.entry(budget.name.clone()).or_default().push_back(now);
            if budget.lasts {
                let step = (budget.per / STEPS).max(1);
                let end = (now.0.div_euclid(step)).saturating_add(1).saturating_mul(step);
                let sent = self.unwritten.entry(service.to_owned()).or_default();
                *sent.entry(budget.name.clone()).or_default().entry(Timestamp(end)).or_default() += 1;
            }
        }
        Ok(())
    }

    pub fn wait_until(&mut self, until: Timestamp) {
        self.until = self.until.max(Some(until));
    }

    pub fn recall(&mut self, service: &str, sent: &Sent) {
        if !self.recalled.insert(service.to_owned()) {
            return;
        }
        for (name, times) in sent {
            let have = self.sent.entry(name.clone()).or_default();
            have.extend(times.iter().flat_map(|(at, count)| std::iter::repeat_n(*at, *count as usize)));
            have.make_contiguous().sort_unstable();
        }
    }

    pub fn take_sent(&mut self, service: &str) -> Sent {
        self.unwritten.remove(service).unwrap_or_default()
    }

    /// When the budget has room again; `None` when it has room now.
    fn free_at(&mut self, budget: &Budget, now: Timestamp) -> Option<Timestamp> {
        let sent = self.sent.get_mut(&budget.name)?;
        while sent.front().is_some_and(|first| first.0.saturating_add(budget.per) <= now.0) {
            sent.pop_front();
        }
        let over = (sent.len() as u64).checked_sub(budget.max)?;
        sent.get(over as usize).map(|blocking| Timestamp(blocking.0.saturating_add(budget.per)))
    }
}
