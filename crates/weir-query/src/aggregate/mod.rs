//! Aggregates over values of any kind.

mod collect;
mod distinct;
mod extremes;
mod kind;
mod moments;
mod per_index;
mod percentile;
mod sums;
#[cfg(test)]
mod tests;

pub use kind::Aggregate;

use weir_event::Value;

/// One aggregate of one group.
///
/// Its state is a value, so that what one core has counted can be handed to another; `merge` takes what `state` gave.
pub trait Tally: Send + Sync + std::fmt::Debug {
    /// Takes the arguments of one record.
    fn add(&mut self, arguments: &[Value<'_>]);

    fn state(&mut self) -> Value<'static>;

    fn merge(&mut self, state: Value<'_>);

    /// The result; a fault when a limit was passed.
    fn result(&mut self) -> Result<Value<'static>, weir_event::Fault>;

    /// Bytes held beside the struct itself.
    fn bytes(&self) -> usize {
        0
    }
}

/// Numbers as doubles; anything else is none.
fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Long(v) => Some(*v as f64),
        Value::Double(v) => Some(*v),
        _ => None,
    }
}

/// The members of an array state, by place.
fn parts(state: Value<'_>) -> Vec<Value<'_>> {
    match state {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// A rough size of a value in bytes.
fn size(value: &Value<'_>) -> usize {
    let inside = match value {
        Value::Text(text) => text.len(),
        Value::Binary(bytes) => bytes.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Record(record) => record.iter().map(|(name, value)| name.len() + 24 + size(value)).sum(),
        _ => 0,
    };
    inside + size_of::<Value>()
}
