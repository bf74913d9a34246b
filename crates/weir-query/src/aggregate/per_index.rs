//! An aggregate of each index of arrays: `sum(a[])` over `[2, 2]` and `[7, 1]` is `[9, 3]`.

use weir_event::{Fault, Value};

use super::{Aggregate, Tally, parts};

/// Indexes that are counted; arrays are cut there.
const INDEXES_MAX: usize = 10_000;

#[derive(Debug)]
pub(super) struct PerIndex {
    inner: Aggregate,
    tallies: Vec<Box<dyn Tally>>,
}

impl PerIndex {
    pub fn new(inner: Aggregate) -> Self {
        PerIndex { inner, tallies: Vec::new() }
    }

    fn grow(&mut self, length: usize) {
        while self.tallies.len() < length.min(INDEXES_MAX) {
            self.tallies.push(self.inner.start());
        }
    }
}

impl Tally for PerIndex {
    fn add(&mut self, arguments: &[Value<'_>]) {
        let Some(Value::Array(items)) = arguments.first() else { return };
        self.grow(items.len());
        for (index, (tally, item)) in self.tallies.iter_mut().zip(items).enumerate() {
            let others = arguments[1..].iter().map(|argument| match argument {
                Value::Array(items) => items.get(index).cloned().unwrap_or_default(),
                other => other.clone(),
            });
            tally.add(&std::iter::once(item.clone()).chain(others).collect::<Vec<_>>());
        }
    }

    fn state(&mut self) -> Value<'static> {
        Value::Array(self.tallies.iter_mut().map(|tally| tally.state()).collect())
    }

    fn merge(&mut self, state: Value<'_>) {
        let states = parts(state);
        self.grow(states.len());
        self.tallies.iter_mut().zip(states).for_each(|(tally, state)| tally.merge(state));
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        if self.tallies.is_empty() {
            return Ok(Value::Null);
        }
        let results: Result<Vec<_>, Fault> = self.tallies.iter_mut().map(|tally| tally.result()).collect();
        results.map(Value::Array)
    }

    fn bytes(&self) -> usize {
        self.tallies.iter().map(|tally| 64 + tally.bytes()).sum()
    }
}
