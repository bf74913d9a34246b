//! CSV as RFC 4180 has it, safe to open in a spreadsheet.

use std::io::{self, Write};

use weir_event::{Record, Value};

use super::text::plain;

pub fn write(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let columns = super::columns(records);
    if columns.is_empty() {
        return Ok(());
    }
    row(columns.iter().map(|name| cell(&Value::text(name))), out)?;
    for record in records {
        row(columns.iter().map(|name| record.get(name).map(cell).unwrap_or_default()), out)?;
    }
    Ok(())
}

fn row(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", cells.collect::<Vec<_>>().join(","))
}

/// Quoted where needed. Text that a spreadsheet would run as a formula gets an apostrophe in front.
fn cell(value: &Value<'_>) -> String {
    let text = plain(value);
    let is_text = matches!(value, Value::Text(_) | Value::Array(_) | Value::Record(_));
    let is_formula = is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let guard = if is_formula { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}
