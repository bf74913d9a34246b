//! Columns for people.

use std::io::{self, IsTerminal, Write};

use weir_event::{Record, Value};

use super::text::{fit, harmless, plain, width};

/// Columns of one cell; a longer one is cut unless it is in the last column of a narrow table.
const CELL_COLUMNS_MAX: usize = 60;
/// Columns of a line that is not for a terminal.
const LINE_COLUMNS: usize = 200;

pub fn write(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let columns = super::columns(records);
    if columns.is_empty() {
        return Ok(());
    }
    let cells: Vec<Vec<(String, bool)>> = records.iter().map(|record| cells(record, &columns)).collect();
    let names: Vec<String> = columns.iter().map(|name| harmless(name).into_owned()).collect();
    let widths = widths(&names, &cells);
    let line = |parts: Vec<(&str, bool)>| {
        let padded = parts.iter().zip(&widths).map(|(&(text, right), &columns)| pad(text, columns, right));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", line(names.iter().map(|name| (name.as_str(), false)).collect()))?;
    writeln!(out, "{}", widths.iter().map(|&columns| "─".repeat(columns)).collect::<Vec<_>>().join("  "))?;
    for row in &cells {
        writeln!(out, "{}", line(row.iter().map(|(text, right)| (text.as_str(), *right)).collect()))?;
    }
    Ok(())
}

/// The cells of a row, and whether they stand to the right.
fn cells(record: &Record<'_>, columns: &[&str]) -> Vec<(String, bool)> {
    let cell = |name: &&str| {
        let value = record.get(name).unwrap_or(&Value::Null);
        (harmless(&plain(value)).into_owned(), matches!(value, Value::Long(_) | Value::Double(_) | Value::Duration(_)))
    };
    columns.iter().map(cell).collect()
}

fn widths(names: &[String], cells: &[Vec<(String, bool)>]) -> Vec<usize> {
    let longest = |at: usize| cells.iter().map(|row| width(&row[at].0)).max().unwrap_or(0);
    let mut widths: Vec<usize> =
        names.iter().enumerate().map(|(at, name)| longest(at).max(width(name)).clamp(1, CELL_COLUMNS_MAX)).collect();
    // The last column may use what is left of the line.
    let used: usize = widths.iter().map(|columns| columns + 2).sum();
    let spare = line_columns().saturating_sub(used);
    if let Some(last) = widths.last_mut() {
        *last = longest(names.len() - 1).clamp(*last, *last + spare);
    }
    widths
}

fn line_columns() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|_| io::stdout().is_terminal());
    told.unwrap_or(LINE_COLUMNS)
}

fn pad(text: &str, columns: usize, right: bool) -> String {
    let text = fit(text, columns);
    let blank = " ".repeat(columns.saturating_sub(width(&text)));
    if right { format!("{blank}{text}") } else { format!("{text}{blank}") }
}
