//! Least and greatest values.

use weir_event::{Fault, Value};

use super::{Tally, size};
use crate::dynamic;

/// Least or greatest of one kind; null when kinds are mixed (long and double are one) or have no order.
#[derive(Debug)]
pub(super) struct Extreme {
    take: Take,
    mixed: bool,
}

/// Least or greatest by the order of all kinds.
#[derive(Debug)]
pub(super) struct Take {
    greatest: bool,
    best: Value<'static>,
    key: Vec<u8>,
    scratch: Vec<u8>,
}

impl Take {
    pub fn least() -> Self {
        Take { greatest: false, best: Value::Null, key: Vec::new(), scratch: Vec::new() }
    }

    pub fn greatest() -> Self {
        Take { greatest: true, ..Take::least() }
    }

    fn offer(&mut self, value: &Value<'_>) {
        if value.is_null() {
            return;
        }
        self.scratch.clear();
        dynamic::encode(value, &mut self.scratch);
        if self.best.is_null() || (self.scratch > self.key) == self.greatest && self.scratch != self.key {
            std::mem::swap(&mut self.key, &mut self.scratch);
            self.best = value.clone().into_owned();
        }
    }
}

impl Tally for Take {
    fn add(&mut self, arguments: &[Value<'_>]) {
        self.offer(arguments.first().unwrap_or(&Value::Null));
    }

    fn state(&mut self) -> Value<'static> {
        self.best.clone()
    }

    fn merge(&mut self, state: Value<'_>) {
        self.offer(&state);
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        Ok(self.best.clone())
    }

    fn bytes(&self) -> usize {
        size(&self.best) + self.key.capacity() + self.scratch.capacity()
    }
}

impl Extreme {
    pub fn least() -> Self {
        Extreme { take: Take::least(), mixed: false }
    }

    pub fn greatest() -> Self {
        Extreme { take: Take::greatest(), mixed: false }
    }

    fn offer(&mut self, value: &Value<'_>) {
        let have = family(&self.take.best);
        match family(value) {
            Family::Null => {}
            Family::Unordered => self.mixed = true,
            other if have != Family::Null && have != other => self.mixed = true,
            _ => self.take.offer(value),
        }
    }
}

#[derive(PartialEq)]
enum Family {
    Null,
    Number,
    Other(std::mem::Discriminant<Value<'static>>),
    Unordered,
}

fn family(value: &Value<'_>) -> Family {
    let kind = |value: Value<'static>| Family::Other(std::mem::discriminant(&value));
    match value {
        Value::Null => Family::Null,
        Value::Long(_) | Value::Double(_) => Family::Number,
        Value::Bool(v) => kind(Value::Bool(*v)),
        Value::Text(_) => kind(Value::text("")),
        Value::Timestamp(v) => kind(Value::Timestamp(*v)),
        Value::Duration(v) => kind(Value::Duration(*v)),
        Value::Ip(v) => kind(Value::Ip(*v)),
        _ => Family::Unordered,
    }
}

impl Tally for Extreme {
    fn add(&mut self, arguments: &[Value<'_>]) {
        self.offer(arguments.first().unwrap_or(&Value::Null));
    }

    /// Mixed kinds are handed on as an array, which has no order and so mixes again.
    fn state(&mut self) -> Value<'static> {
        if self.mixed { Value::Array(Vec::new()) } else { self.take.best.clone() }
    }

    fn merge(&mut self, state: Value<'_>) {
        self.offer(&state);
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        Ok(if self.mixed { Value::Null } else { self.take.best.clone() })
    }

    fn bytes(&self) -> usize {
        self.take.bytes()
    }
}
