//! JSON text as values.

use serde_json::Value as Json;
use weir_event::{Fault, Record, Value};

use crate::fault;

/// The objects of a JSON text: one object, or an array of objects.
pub fn objects(text: &str) -> Result<Vec<Record<'static>>, Fault> {
    match serde_json::from_str(text).map_err(fault::json)? {
        Json::Array(items) => items.into_iter().map(object).collect(),
        one => Ok(vec![object(one)?]),
    }
}

/// One JSON object.
pub fn object(json: Json) -> Result<Record<'static>, Fault> {
    match value(json) {
        Value::Record(record) => Ok(record),
        other => Err(fault::json(format!("found a {} where an object was expected", other.type_name()))),
    }
}

fn value(json: Json) -> Value<'static> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(v) => Value::Bool(v),
        Json::Number(number) => {
            number.as_i64().map(Value::Long).or_else(|| number.as_f64().map(Value::Double)).unwrap_or_default()
        }
        Json::String(text) => Value::owned(text),
        Json::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        Json::Object(members) => {
            let mut record = Record::new();
            for (name, member) in members {
                record.push_new(name, value(member));
            }
            Value::Record(record)
        }
    }
}
