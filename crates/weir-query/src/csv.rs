//! Comma-separated values (RFC 4180) with a header line.

use weir_event::{Record, Value};

/// The records of a CSV text. A field that reads as a whole number, a number or `true`/`false` is one; an empty one is left
/// out; surplus fields of a line are named `column N`.
pub fn records(text: &str) -> Vec<Record<'static>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines { rest: text };
    let header = lines.next().unwrap_or_default();
    lines
        .filter(|line| line.len() > 1 || line.first().is_some_and(|(field, _)| !field.is_empty()))
        .map(|line| record(&header, line))
        .collect()
}

fn record(header: &[(String, bool)], line: Vec<(String, bool)>) -> Record<'static> {
    let mut record = Record::new();
    for (index, (field, quoted)) in line.into_iter().enumerate() {
        let name = header.get(index).map_or_else(|| format!("column {}", index + 1), |(name, _)| name.clone());
        if !field.is_empty() || quoted {
            record.set(name, if quoted { Value::owned(field) } else { typed(field) });
        }
    }
    record
}

fn typed(field: String) -> Value<'static> {
    let number_like = field.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    match field.as_str() {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if !number_like => Value::owned(field),
        text => match (text.parse(), text.parse()) {
            (Ok(long), _) => Value::Long(long),
            (_, Ok(double)) => Value::Double(double),
            _ => Value::owned(field),
        },
    }
}

/// Lines as fields; the flag tells a quoted field.
struct Lines<'t> {
    rest: &'t str,
}

impl Iterator for Lines<'_> {
    type Item = Vec<(String, bool)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            let (field, end) = self.field();
            fields.push(field);
            if end != b',' {
                return Some(fields);
            }
        }
    }
}

impl Lines<'_> {
    /// One field and what ended it: a comma, or 0 for the end of the line.
    fn field(&mut self) -> ((String, bool), u8) {
        let (mut text, quoted) = (String::new(), self.rest.starts_with('"'));
        if quoted {
            self.rest = &self.rest[1..];
            while let Some(at) = self.rest.find('"') {
                text.push_str(&self.rest[..at]);
                self.rest = &self.rest[at + 1..];
                match self.rest.strip_prefix('"') {
                    Some(rest) => {
                        text.push('"');
                        self.rest = rest;
                    }
                    None => break,
                }
            }
        }
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        text.push_str(self.rest[..end].trim_end_matches('\r'));
        let ended_by = self.rest.as_bytes().get(end).copied().unwrap_or(0);
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        ((text, quoted), if ended_by == b',' { b',' } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::records;
    use weir_event::{Value, write_json};

    #[test]
    fn quotes_types_and_gaps() {
        let mut out = String::new();
        for record in records("a,b,c\r\n1,\"x,\"\"y\"\"\nz\",\n-2.5,true,\"3\",more\n") {
            write_json(&Value::Record(record), &mut out);
        }
        assert_eq!(out, "{\"a\":1,\"b\":\"x,\\\"y\\\"\\nz\"}{\"a\":-2.5,\"b\":true,\"c\":\"3\",\"column 4\":\"more\"}");
    }
}
