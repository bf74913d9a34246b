//! Values kept as they are: the first, the last, all, all distinct ones.

use std::collections::HashSet;

use weir_event::{Fault, Value};

use super::{Tally, parts, size};
use crate::dynamic;

/// The first or last value that is not null, in the order of the stream.
#[derive(Debug)]
pub(super) struct Take {
    last: bool,
    value: Value<'static>,
}

impl Take {
    pub fn first() -> Self {
        Take { last: false, value: Value::Null }
    }

    pub fn last() -> Self {
        Take { last: true, value: Value::Null }
    }
}

impl Tally for Take {
    fn add(&mut self, arguments: &[Value<'_>]) {
        let Some(value) = arguments.first().filter(|value| !value.is_null()) else { return };
        if self.last || self.value.is_null() {
            self.value = value.clone().into_owned();
        }
    }

    fn state(&mut self) -> Value<'static> {
        self.value.clone()
    }

    fn merge(&mut self, state: Value<'_>) {
        self.add(&[state]);
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        Ok(self.value.clone())
    }

    fn bytes(&self) -> usize {
        size(&self.value)
    }
}

/// Values in the order of the stream, at most `most`; null counts as a value.
#[derive(Debug)]
pub(super) struct Collect {
    most: usize,
    /// Items of arrays instead of the arrays, at any depth.
    flat: bool,
    /// Keys of what is there, when only distinct values are wanted.
    seen: Option<HashSet<Vec<u8>>>,
    values: Vec<Value<'static>>,
    bytes: usize,
}

impl Collect {
    pub fn all(most: usize, flat: bool) -> Self {
        Collect { most, flat, seen: None, values: Vec::new(), bytes: 0 }
    }

    pub fn distinct(most: usize, flat: bool) -> Self {
        Collect { seen: Some(HashSet::new()), ..Collect::all(most, flat) }
    }

    fn put(&mut self, value: &Value<'_>) {
        match value {
            Value::Array(items) if self.flat => items.iter().for_each(|item| self.put(item)),
            _ if self.values.len() >= self.most => {}
            Value::Null if self.seen.is_some() => {}
            value if self.is_new(value) => {
                self.bytes += size(value);
                self.values.push(value.clone().into_owned());
            }
            _ => {}
        }
    }

    fn is_new(&mut self, value: &Value<'_>) -> bool {
        let Some(seen) = &mut self.seen else { return true };
        let mut key = Vec::new();
        dynamic::encode_key(value, &mut key);
        self.bytes += key.len();
        seen.insert(key)
    }
}

impl Tally for Collect {
    fn add(&mut self, arguments: &[Value<'_>]) {
        self.put(arguments.first().unwrap_or(&Value::Null));
    }

    fn state(&mut self) -> Value<'static> {
        self.bytes = 0;
        Value::Array(std::mem::take(&mut self.values))
    }

    fn merge(&mut self, state: Value<'_>) {
        parts(state).iter().for_each(|value| self.put(value));
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        Ok(self.state())
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
