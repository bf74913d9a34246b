//! Values as the text that `toString` gives.

use std::fmt::Write;

use weir_event::{Timestamp, Value, write_json_string};

use crate::units::{HOUR, MINUTE, SECOND};

/// The text form of a value; empty for null.
pub fn text_form(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Null => {}
        Value::Text(text) => out.push_str(text),
        value => write_form(value, &mut out),
    }
    out
}

fn write_form(value: &Value, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Long(value) => write!(out, "{value}"),
        Value::Double(value) => write_double(*value, out),
        Value::Text(text) => {
            out.push_str(text);
            Ok(())
        }
        Value::Timestamp(at) => write_timestamp(*at, out),
        Value::Duration(length) => write_duration(length.0, out),
        Value::Timeframe(frame) => {
            let _ = write_timestamp(frame.start, out);
            out.push('/');
            write_timestamp(frame.end, out)
        }
        Value::Ip(ip) => write!(out, "{ip}"),
        Value::Uid(uid) => write!(out, "{uid}"),
        Value::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_form(item, out);
            }
            write!(out, "]")
        }
        Value::Record(_) => {
            write_member(value, out);
            Ok(())
        }
    };
}

/// A value within a record, which is written as JSON.
fn write_member(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Long(_) | Value::Double(_) => write_form(value, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_member(item, out);
            }
            out.push(']');
        }
        Value::Record(record) => {
            out.push('{');
            for (index, (name, value)) in record.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_json_string(name, out);
                out.push(':');
                write_member(value, out);
            }
            out.push('}');
        }
        other => write_json_string(&text_form(other), out),
    }
}

fn write_double(value: f64, out: &mut String) -> std::fmt::Result {
    write!(out, "{value:?}")
}

fn write_timestamp(at: Timestamp, out: &mut String) -> std::fmt::Result {
    let format = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS Z";
    out.push_str(&crate::time::format_timestamp(at, format, &jiff::tz::TimeZone::UTC, "en").unwrap_or_default());
    Ok(())
}

/// `05:00.000000000`: minutes and seconds; hours before them when there are any.
fn write_duration(nanos: i64, out: &mut String) -> std::fmt::Result {
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = i128::from(nanos).abs();
    let (hour, minute, second) = (i128::from(HOUR), i128::from(MINUTE), i128::from(SECOND));
    out.push_str(sign);
    if nanos >= hour {
        write!(out, "{:02}:", nanos / hour)?;
    }
    write!(out, "{:02}:{:02}.{:09}", nanos % hour / minute, nanos % minute / second, nanos % second)
}
