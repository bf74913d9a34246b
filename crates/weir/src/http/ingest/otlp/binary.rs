//! Log records in the wire format of protocol buffers.
//!
//! Numbers of fields: `logs/v1/logs.proto` and `common/v1/common.proto` of OTLP 1.7.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use weir_event::{Fault, FaultKind, limits, write_json_string};

use super::Sink;
use super::log::{Group, Log, MESSAGE_BYTES_MAX};
use super::wire::{Field, fields};

/// Hands every log record of a request to `sink`, with what its group has in common; `None`: it is too long.
pub fn read(body: &[u8], sink: &mut Sink<'_>) -> Result<(), Fault> {
    for resource_logs in messages(body, 1) {
        let resource_logs = resource_logs?;
        let mut group = Group::default();
        for resource in messages(resource_logs, 1) {
            let resource = resource?;
            group.is_long = resource.len() > MESSAGE_BYTES_MAX;
            group.resource = if group.is_long { String::new() } else { members(resource, 1, 0)? };
        }
        for scope_logs in messages(resource_logs, 2) {
            let scope_logs = scope_logs?;
            (group.scope, group.scope_version) = scope(scope_logs)?;
            for log in messages(scope_logs, 2) {
                let log = log?;
                match group.is_long || log.len() > MESSAGE_BYTES_MAX {
                    true => sink(None, &group)?,
                    false => sink(Some(&self::log(log)?), &group)?,
                }
            }
        }
    }
    Ok(())
}

/// The messages in the fields of that number.
fn messages(message: &[u8], number: u32) -> impl Iterator<Item = Result<&[u8], Fault>> {
    fields(message).filter_map(move |field| match field {
        Ok((have, Field::Bytes(bytes))) if have == number => Some(Ok(bytes)),
        Ok(_) => None,
        Err(fault) => Some(Err(fault)),
    })
}

/// Name and version.
fn scope(scope_logs: &[u8]) -> Result<(String, String), Fault> {
    let mut said = (String::new(), String::new());
    for scope in messages(scope_logs, 1) {
        for field in fields(scope?) {
            match field? {
                (1, Field::Bytes(name)) => said.0 = text(name),
                (2, Field::Bytes(version)) => said.1 = text(version),
                _ => {}
            }
        }
    }
    Ok(said)
}

fn log(message: &[u8]) -> Result<Log, Fault> {
    let mut log = Log::default();
    for field in fields(message) {
        match field? {
            (1, Field::Number(time)) => log.time = time,
            (2, Field::Number(severity)) => log.severity = severity as i64,
            (3, Field::Bytes(severity)) => log.severity_text = text(severity),
            (5, Field::Bytes(body)) => {
                log.body.clear();
                value(body, 0, &mut log.body)?;
            }
            (9, Field::Bytes(id)) => log.trace = hexadecimal(id),
            (10, Field::Bytes(id)) => log.span = hexadecimal(id),
            (11, Field::Number(time)) => log.observed = time,
            (12, Field::Bytes(name)) => log.event_name = text(name),
            _ => {}
        }
    }
    log.attributes = members(message, 6, 0)?;
    Ok(log)
}

/// The pairs in the fields of that number, as members of an object.
fn members(message: &[u8], number: u32, depth: usize) -> Result<String, Fault> {
    let mut out = String::new();
    for pair in messages(message, number) {
        let (mut key, mut of) = (String::new(), &[][..]);
        for field in fields(pair?) {
            match field? {
                (1, Field::Bytes(bytes)) => key = text(bytes),
                (2, Field::Bytes(bytes)) => of = bytes,
                _ => {}
            }
        }
        out.push_str(if out.is_empty() { "" } else { "," });
        write_json_string(&key, &mut out);
        out.push(':');
        value(of, depth, &mut out)?;
    }
    Ok(out)
}

/// Writes a value as JSON; of several the last counts.
fn value(message: &[u8], depth: usize, out: &mut String) -> Result<(), Fault> {
    // The record has two objects around it.
    if depth + 3 > limits::NESTING_MAX {
        return Err(Fault::new("HTTP-024", FaultKind::Usage, "values are nested too deeply")
            .because(format!("{} levels are read, those around the record included", limits::NESTING_MAX))
            .hint("send deep values as text"));
    }
    let start = out.len();
    out.push_str("null");
    for field in fields(message) {
        let (number, field) = field?;
        if (1..=7).contains(&number) {
            out.truncate(start);
        }
        match (number, field) {
            (1, Field::Bytes(bytes)) => write_json_string(&String::from_utf8_lossy(bytes), out),
            (2, Field::Number(number)) => out.push_str(if number == 0 { "false" } else { "true" }),
            (3, Field::Number(number)) => _ = write!(out, "{}", number as i64),
            (4, Field::Number(bits)) => double(f64::from_bits(bits), out),
            (5, Field::Bytes(items)) => {
                out.push('[');
                for (at, item) in messages(items, 1).enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    value(item?, depth + 1, out)?;
                }
                out.push(']');
            }
            (6, Field::Bytes(pairs)) => _ = write!(out, "{{{}}}", members(pairs, 1, depth + 1)?),
            (7, Field::Bytes(bytes)) => _ = write!(out, "\"{}\"", STANDARD.encode(bytes)),
            (1..=7, _) => out.push_str("null"),
            _ => {}
        }
    }
    Ok(())
}

/// JSON has no word for numbers that are none.
fn double(number: f64, out: &mut String) {
    let _ = if number.is_finite() { write!(out, "{number:?}") } else { write!(out, "\"{number}\"") };
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
