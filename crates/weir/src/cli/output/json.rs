//! JSON and NDJSON.

use std::io::{self, Write};

use weir_event::{Record, Value, write_json};

pub fn write_lines(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    records.iter().try_for_each(|record| writeln!(out, "{}", line(record)))
}

pub fn write_array(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "[")?;
    for (index, record) in records.iter().enumerate() {
        write!(out, "{}{}", if index == 0 { "\n" } else { ",\n" }, line(record))?;
    }
    writeln!(out, "{}]", if records.is_empty() { "" } else { "\n" })
}

fn line(record: &Record<'_>) -> String {
    let mut text = String::new();
    write_json(&Value::Record(record.borrowed()), &mut text);
    text
}
