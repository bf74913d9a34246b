//! Text to a value.

use weir_event::{Record, Value};

use super::{Why, xml};
use crate::manifest::{Csv, Decode, Response, short};

/// The value that a text stands for.
pub fn text<'b>(response: &Response, text: &'b str) -> Result<Value<'b>, Why> {
    match response.decode.last() {
        Some(Decode::Ndjson) => lines(text, |line| match weir_parse::json::to_value(line) {
            Ok(value @ (Value::Record(_) | Value::Array(_))) => Ok(value),
            Ok(_) => Err(Why::Form("lines of objects", short(line))),
            Err(error) => Err(not_json(line, error.what, error.at)),
        }),
        Some(Decode::Lines) => lines(text, |line| Ok(Value::text(line))),
        Some(Decode::Csv(_)) if text.trim().is_empty() && may_be_empty(response) => Ok(Value::Array(Vec::new())),
        Some(Decode::Csv(form)) => csv(text, form),
        Some(Decode::Xml(lists)) => xml::read(text, lists),
        _ => weir_parse::json::to_value(text).map_err(|error| not_json(text, error.what, error.at)),
    }
}

/// The manifest says that the source leaves the table out when it has no rows.
fn may_be_empty(response: &Response) -> bool {
    !response.select.is_empty() && response.select.iter().all(|select| select.optional)
}

/// JSON that ends too early was cut; anything else is no JSON.
fn not_json(text: &str, what: &str, at: usize) -> Why {
    if at >= text.trim_end().len() {
        return Why::Cut(format!("it ends in the middle, after {at} bytes"));
    }
    Why::Form("JSON", format!("{what} at byte {at}: {}", short(text)))
}

fn lines<'b>(text: &'b str, read: impl Fn(&'b str) -> Result<Value<'b>, Why>) -> Result<Value<'b>, Why> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(Value::Array(lines.map(read).collect::<Result<_, _>>()?))
}

/// Records by the names of the first line; rows that are shorter lack members, further values are left out.
fn csv<'b>(text: &'b str, form: &Csv) -> Result<Value<'b>, Why> {
    let mut lines = rows(text).into_iter();
    let header = match &form.skip_until {
        Some(word) => lines.find(|line| line.contains(word.as_str())),
        None => lines.find(|line| !line.trim().is_empty()).filter(|line| is_header(line, form.delimiter)),
    };
    let Some(header) = header else { return Err(no_header(text, form)) };
    let mut names = Vec::new();
    weir_parse::csv::read(header, form.delimiter, &mut |_, name| names.push(name.trim().to_owned()));
    let row = |line: &'b str| {
        let mut record = Record::new();
        weir_parse::csv::read(line, form.delimiter, &mut |index, value| {
            if let Some(name) = names.get(index) {
                record.set(name.clone(), Value::Text(value));
            }
        });
        Value::Record(record)
    };
    let is_end = |line: &str| form.until.as_ref().is_some_and(|until| line.starts_with(until.as_str()));
    let lines = lines.take_while(|line| !is_end(line)).filter(|line| !line.trim().is_empty());
    Ok(Value::Array(lines.map(row).collect()))
}

/// A line that no word was named for: names of several columns, not a message in another form.
fn is_header(line: &str, delimiter: u8) -> bool {
    !line.trim_start().starts_with(['{', '[', '<']) && line.as_bytes().contains(&delimiter)
}

fn no_header(text: &str, form: &Csv) -> Why {
    if text.trim().is_empty() {
        return Why::Cut("it is empty, without a line of names".to_owned());
    }
    let names = form.skip_until.clone().unwrap_or_else(|| "the first line".to_owned());
    Why::Lacks("names of columns", names, short(text))
}

/// Lines, those inside quotes kept together.
fn rows(text: &str) -> Vec<&str> {
    let (mut rows, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                rows.push(text[start..at].trim_end_matches('\r'));
                start = at + 1;
            }
            _ => {}
        }
    }
    rows.push(&text[start..]);
    rows
}
