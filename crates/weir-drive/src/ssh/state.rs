//! Where a source goes on, as it is stored with its records.

use std::collections::{BTreeMap, HashMap};

use weir_event::{Record, Value};

use crate::hash::hash;
use crate::kept;

const VERSION: i64 = 1;

/// What a source has read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// By path: where a file goes on, and what stood before that place.
    pub files: BTreeMap<String, Mark>,
    /// Where a command goes on.
    pub cursor: Option<String>,
    /// Lines of the last output of a command: what they are, and how often.
    pub lines: HashMap<u128, u32>,
}

/// A place in a file, with what tells the file from another under its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    pub offset: u64,
    /// Bytes at the start of the file, and their hash.
    pub head: (u64, u128),
    /// Bytes before the place, and their hash.
    pub tail: (u64, u128),
}

impl State {
    pub fn to_text(&self) -> String {
        let mut out = kept::begin(VERSION);
        let mut files = Record::new();
        for (path, mark) in &self.files {
            files.push_new(path.clone(), mark.to_value());
        }
        out.set("files", Value::Record(files));
        if let Some(cursor) = &self.cursor {
            out.set("cursor", Value::owned(cursor.clone()));
        }
        let mut lines = Record::new();
        for (hash, count) in &self.lines {
            lines.push_new(format!("{hash:032x}"), Value::Long(i64::from(*count)));
        }
        out.set("lines", Value::Record(lines));
        kept::write(out)
    }

    pub fn from_text(text: &str) -> Result<State, String> {
        let record = kept::read(text, VERSION)?;
        let (Some(Value::Record(files)), Some(Value::Record(lines))) = (record.get("files"), record.get("lines"))
        else {
            return Err("it is the position of something else".to_owned());
        };
        let file = |(path, mark): (&str, &Value)| Some((path.to_owned(), Mark::from_value(mark)?));
        let line = |(hash, count): (&str, &Value)| match count {
            Value::Long(count) => Some((u128::from_str_radix(hash, 16).ok()?, u32::try_from(*count).ok()?)),
            _ => None,
        };
        Ok(State {
            files: files.iter().map(file).collect::<Option<_>>().ok_or("`files` holds something else")?,
            cursor: record.get("cursor").and_then(Value::as_str).map(str::to_owned),
            lines: lines.iter().map(line).collect::<Option<_>>().ok_or("`lines` holds something else")?,
        })
    }
}

impl Mark {
    /// The start of any file.
    pub fn start() -> Mark {
        Mark { offset: 0, head: (0, hash(b"")), tail: (0, hash(b"")) }
    }

    fn to_value(&self) -> Value<'static> {
        let numbers = [self.offset, self.head.0, self.tail.0].map(|number| Value::Long(number as i64));
        let hashes = [self.head.1, self.tail.1].map(|hash| Value::owned(format!("{hash:032x}")));
        Value::Array(numbers.into_iter().chain(hashes).collect())
    }

    fn from_value(value: &Value<'_>) -> Option<Mark> {
        let Value::Array(items) = value else { return None };
        let [Value::Long(offset), Value::Long(head), Value::Long(tail), Value::Text(start), Value::Text(end)] =
            items.as_slice()
        else {
            return None;
        };
        let number = |number: &i64| u64::try_from(*number).ok();
        let hash = |text: &str| u128::from_str_radix(text, 16).ok();
        Some(Mark { offset: number(offset)?, head: (number(head)?, hash(start)?), tail: (number(tail)?, hash(end)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_text() {
        let mark = Mark { offset: 7, head: (3, 1), tail: (2, u128::MAX) };
        let files = [("/var/log/a \"b\"".to_owned(), mark)].into_iter().collect();
        let state = State { files, cursor: Some("s=1;i=2".to_owned()), lines: [(5, 2)].into_iter().collect() };
        assert_eq!(State::from_text(&state.to_text()), Ok(state));
        for text in ["", "[]", "{\"v\":1}", "{\"v\":1,\"files\":{\"a\":[1]},\"lines\":{}}"] {
            assert!(State::from_text(text).is_err(), "{text}");
        }
    }
}
