//! Log records as JSON. Nothing is built of the whole: pieces of the text are looked at again and again, as deep as they are nested.

use weir_event::{Fault, write_json_string};
use weir_parse::json::{self, JsonError};

use super::Sink;
use super::log::{Group, Log, MESSAGE_BYTES_MAX};
use crate::http::records::check_count;

/// Hands every log record of a request to `sink`, with what its group has in common; `None`: it is too long.
pub fn read(body: &str, sink: &mut Sink<'_>) -> Result<(), Fault> {
    for resource_logs in items(member(body, "resourceLogs")?)? {
        let resource = member(resource_logs, "resource")?;
        let mut group = Group { is_long: resource.len() > MESSAGE_BYTES_MAX, ..Group::default() };
        if !group.is_long {
            group.resource = members(member(resource, "attributes")?)?;
        }
        for scope_logs in items(member(resource_logs, "scopeLogs")?)? {
            let scope = member(scope_logs, "scope")?;
            group.scope = text(member(scope, "name")?);
            group.scope_version = text(member(scope, "version")?);
            for log in items(member(scope_logs, "logRecords")?)? {
                match group.is_long || log.len() > MESSAGE_BYTES_MAX {
                    true => sink(None, &group)?,
                    false => sink(Some(&self::log(log)?), &group)?,
                }
            }
        }
    }
    Ok(())
}

fn log(object: &str) -> Result<Log, Fault> {
    let mut log = Log::default();
    let (mut body, mut attributes) = ("", "");
    each(object, &mut |name, value| match name {
        "timeUnixNano" => log.time = number(value),
        "observedTimeUnixNano" => log.observed = number(value),
        "severityNumber" => log.severity = number(value),
        "severityText" => log.severity_text = text(value),
        "eventName" => log.event_name = text(value),
        "traceId" => log.trace = text(value),
        "spanId" => log.span = text(value),
        "body" => body = value,
        "attributes" => attributes = value,
        _ => {}
    })?;
    if !body.is_empty() {
        self::value(body, &mut log.body)?;
    }
    log.attributes = members(attributes)?;
    Ok(log)
}

/// A list of pairs as members of an object.
fn members(pairs: &str) -> Result<String, Fault> {
    let mut out = String::new();
    for pair in items(pairs)? {
        out.push_str(if out.is_empty() { "" } else { "," });
        write_json_string(&text(member(pair, "key")?), &mut out);
        out.push(':');
        value(member(pair, "value")?, &mut out)?;
    }
    Ok(out)
}

/// Writes a value as plain JSON; of several the last counts. Recursion ends with the nesting that the reader of JSON allows.
fn value(object: &str, out: &mut String) -> Result<(), Fault> {
    let (mut kind, mut of) = (String::new(), "");
    each(object, &mut |name, value| (kind, of) = (name.to_owned(), value))?;
    match kind.as_str() {
        // Whole numbers of 64 bits come as text.
        "intValue" => match text(of).parse::<i64>() {
            Ok(number) => out.push_str(&number.to_string()),
            Err(_) => out.push_str(of),
        },
        "stringValue" | "boolValue" | "doubleValue" | "bytesValue" => out.push_str(of),
        "arrayValue" => {
            out.push('[');
            for (at, item) in items(member(of, "values")?)?.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                value(item, out)?;
            }
            out.push(']');
        }
        "kvlistValue" => {
            let members = members(member(of, "values")?)?;
            out.push('{');
            out.push_str(&members);
            out.push('}');
        }
        _ => out.push_str("null"),
    }
    Ok(())
}

/// The members of an object; none for what is missing or null.
fn each<'t>(object: &'t str, sink: &mut dyn FnMut(&str, &'t str)) -> Result<(), Fault> {
    if matches!(object, "" | "null") {
        return Ok(());
    }
    json::members(object, &mut |name, value| sink(&name, value)).map_err(JsonError::to_fault)
}

/// A member of an object; empty when it is missing.
fn member<'t>(object: &'t str, name: &str) -> Result<&'t str, Fault> {
    let mut found = "";
    each(object, &mut |have, value| {
        if have == name {
            found = value;
        }
    })?;
    Ok(found)
}

/// The elements of an array; none of what is missing or null.
fn items(array: &str) -> Result<Vec<&str>, Fault> {
    if matches!(array, "" | "null") {
        return Ok(Vec::new());
    }
    let split = json::split_array(array.as_bytes()).map_err(JsonError::to_fault)?;
    check_count(split.elements.len())?;
    if let Some(error) = split.error {
        return Err(error.to_fault());
    }
    let elements = split.elements.into_iter();
    elements.map(|element| element.map(|range| &array[range]).map_err(|bad| bad.error.to_fault())).collect()
}

/// The text of a JSON string; empty for what is none.
fn text(value: &str) -> String {
    match json::to_value(value) {
        Ok(weir_event::Value::Text(text)) => text.into_owned(),
        _ => String::new(),
    }
}

/// A whole number, which may stand in quotes; zero for what is none.
fn number<T: std::str::FromStr + Default>(value: &str) -> T {
    value.trim_matches('"').parse().unwrap_or_default()
}
