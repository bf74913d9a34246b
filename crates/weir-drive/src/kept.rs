//! The text of what a reader remembers: JSON of a version.

use weir_event::{Record, Value, write_json};

/// An object of this version.
///
/// # Errors
/// What is wrong with the text.
pub fn read(text: &str, version: i64) -> Result<Record<'_>, String> {
    let value = weir_parse::json::to_value(text).map_err(|error| format!("{} at byte {}", error.what, error.at))?;
    let Value::Record(record) = value else { return Err("it is not an object".to_owned()) };
    match record.get("v") {
        Some(Value::Long(found)) if *found == version => Ok(record),
        _ => Err(format!("it is not of version {version}")),
    }
}

/// An object that says its version.
pub fn begin(version: i64) -> Record<'static> {
    let mut record = Record::new();
    record.set("v", Value::Long(version));
    record
}

pub fn write(record: Record<'_>) -> String {
    let mut text = String::new();
    write_json(&Value::Record(record), &mut text);
    text
}
