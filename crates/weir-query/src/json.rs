//! JSON text as records.

use weir_event::{Fault, Record, Value};
use weir_lang::json::read_or_place;

use crate::fault;

/// The objects of a JSON text: one object, or an array of objects.
pub fn objects(text: &str) -> Result<Vec<Record<'static>>, Fault> {
    match read(text)? {
        Value::Array(items) => items.into_iter().map(record).collect(),
        one => Ok(vec![record(one)?]),
    }
}

/// The one JSON object of a text.
pub fn object(text: &str) -> Result<Record<'static>, Fault> {
    record(read(text)?)
}

fn read(text: &str) -> Result<Value<'static>, Fault> {
    read_or_place(text).map_err(|place| fault::json(format!("it is not JSON from byte {place} on")))
}

fn record(value: Value<'static>) -> Result<Record<'static>, Fault> {
    match value {
        Value::Record(record) => Ok(record),
        other => Err(fault::json(format!("found a {} where an object was expected", other.type_name()))),
    }
}
