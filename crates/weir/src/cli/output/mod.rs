//! Answers as people and programs want them.

mod chart;
mod csv;
mod json;
mod table;
mod text;

pub use text::{harmless, plain};

use std::io::{self, Write};

use weir_event::Record;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Ndjson,
    Csv,
    /// Apache Parquet, binary
    Parquet,
    /// Lines or bars, drawn with text
    Chart,
}

/// Columns in the order of their first appearance.
pub fn columns<'r>(records: &'r [Record<'_>]) -> Vec<&'r str> {
    let mut seen = std::collections::HashSet::new();
    records.iter().flat_map(|record| record.iter().map(|(name, _)| name)).filter(|name| seen.insert(*name)).collect()
}

/// Writes records in a text format. Parquet is written from the answer's batches, not from here.
pub fn write(format: Format, records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(records, out),
        Format::Json => json::write_array(records, out),
        Format::Ndjson | Format::Parquet => json::write_lines(records, out),
        Format::Csv => csv::write(records, out),
        Format::Chart => chart::write(records, out),
    }
}

#[cfg(test)]
mod tests;
