//! The values a function is called with.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use weir_event::{Duration, Timestamp, Value};

/// What a run knows besides the row.
#[derive(Clone, Debug)]
pub struct Env {
    /// The present, the same for the whole query.
    pub now: Timestamp,
    /// The zone of calendar work that names none.
    pub zone: TimeZone,
    /// Its name, for patterns.
    pub zone_name: String,
}

/// Values in the order of the parameters; those of the last, variadic one follow each other.
pub struct Args<'a, 'r> {
    pub values: &'a mut [Value<'r>],
    pub env: &'a Env,
}

impl<'r> Args<'_, 'r> {
    pub fn value(&self, index: usize) -> &Value<'r> {
        self.values.get(index).unwrap_or(&Value::Null)
    }

    /// The value itself; null stays in its place.
    pub fn take(&mut self, index: usize) -> Value<'r> {
        self.values.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    /// The values of the variadic parameter, which has that index.
    pub fn rest(&self, index: usize) -> &[Value<'r>] {
        self.values.get(index..).unwrap_or(&[])
    }

    pub fn text(&self, index: usize) -> Option<&str> {
        self.value(index).as_str()
    }

    pub fn bool(&self, index: usize) -> Option<bool> {
        match self.value(index) {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// True only for true.
    pub fn is_on(&self, index: usize) -> bool {
        self.bool(index) == Some(true)
    }

    pub fn long(&self, index: usize) -> Option<i64> {
        match self.value(index) {
            Value::Long(value) => Some(*value),
            _ => None,
        }
    }

    /// A long or a double as a double.
    pub fn number(&self, index: usize) -> Option<f64> {
        number(self.value(index))
    }

    pub fn timestamp(&self, index: usize) -> Option<Timestamp> {
        match self.value(index) {
            Value::Timestamp(value) => Some(*value),
            _ => None,
        }
    }

    pub fn duration(&self, index: usize) -> Option<Duration> {
        match self.value(index) {
            Value::Duration(value) => Some(*value),
            _ => None,
        }
    }

    pub fn array(&self, index: usize) -> Option<&[Value<'r>]> {
        match self.value(index) {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn take_array(&mut self, index: usize) -> Option<Vec<Value<'r>>> {
        match self.take(index) {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// An address, or text that is one.
    pub fn ip(&self, index: usize) -> Option<IpAddr> {
        ip(self.value(index))
    }

    /// The bytes of a string or a binary.
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        match self.value(index) {
            Value::Text(text) => Some(text.as_bytes()),
            Value::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The zone that an argument names; that of the run when it is null. `None` when there is no such zone.
    pub fn zone(&self, index: usize) -> Option<TimeZone> {
        match self.value(index) {
            Value::Null => Some(self.env.zone.clone()),
            Value::Text(name) => crate::time::zone(name),
            _ => None,
        }
    }
}

/// A long or a double as a double.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Long(value) => Some(*value as f64),
        Value::Double(value) => Some(*value),
        _ => None,
    }
}

/// An address, or text that is one.
pub(crate) fn ip(value: &Value) -> Option<IpAddr> {
    match value {
        Value::Ip(ip) => Some(*ip),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}
