//! Bodies of several records: is it JSON at all, and where are the records of an array?

use std::borrow::Cow;
use std::ops::Range;

use weir_event::limits;

use super::JsonError;
use super::scan::Scanner;

/// What the outermost value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Top {
    Object,
    Array,
    Other,
}

/// An element that cannot be used: where it stands and what is wrong. The error's place counts from the start of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadElement {
    pub range: Range<usize>,
    pub error: JsonError,
}

/// The elements of an array, and what is wrong with the array itself (not closed, text behind it).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    pub elements: Vec<Result<Range<usize>, BadElement>>,
    pub error: Option<JsonError>,
}

/// Checks a whole text and says what its outermost value is. Builds nothing.
pub fn validate(bytes: &[u8]) -> Result<Top, JsonError> {
    let text = utf8(bytes)?;
    let mut scanner = Scanner::new(text);
    let top = match scanner.peek() {
        b'{' => Top::Object,
        b'[' => Top::Array,
        _ => Top::Other,
    };
    skip(&mut scanner, 0)?;
    scanner.end().map(|()| top)
}

/// Finds the elements of the array that `bytes` is. A bad element costs itself only: the next one is looked for behind the
/// comma that ends it. Fails when the text does not begin an array. More elements than [`limits::BODY_RECORDS_MAX`] and one are an error.
pub fn split_array(bytes: &[u8]) -> Result<Split, JsonError> {
    let text = masked(bytes);
    let mut scanner = Scanner::new(&text);
    if !scanner.take(b'[') {
        return scanner.fail("the text is not an array");
    }
    let mut split = Split::default();
    if scanner.take(b']') {
        split.error = scanner.end().err();
        return Ok(split);
    }
    loop {
        scanner.peek();
        let start = scanner.at;
        let read =
            skip(&mut scanner, 1).and_then(|()| closes(&mut scanner)).and_then(|()| utf8_at(bytes, start..scanner.at));
        match read {
            Ok(()) => split.elements.push(Ok(start..trimmed(bytes, start, scanner.at))),
            Err(error) => {
                scanner.at = element_end(bytes, start);
                let range = start..trimmed(bytes, start, scanner.at);
                if range.is_empty() && scanner.at >= bytes.len() {
                    split.error = Some(JsonError { at: bytes.len(), what: "the array is never closed", cut: true });
                    return Ok(split);
                }
                split.elements.push(Err(BadElement { range, error }));
            }
        }
        if split.elements.len() > limits::BODY_RECORDS_MAX {
            split.error = Some(too_many(scanner.at));
            return Ok(split);
        }
        if scanner.take(b',') {
            continue;
        }
        split.error = match scanner.take(b']') {
            true => scanner.end().err(),
            false => Some(JsonError { at: scanner.at, what: "the array is never closed", cut: true }),
        };
        return Ok(split);
    }
}

/// Finds the values that stand one after the other, with white space or nothing between them. Behind one that is no JSON no other is
/// looked for, since nothing tells where it would begin. More values than [`limits::BODY_RECORDS_MAX`] are an error.
pub fn split_values(bytes: &[u8]) -> Vec<Result<Range<usize>, BadElement>> {
    let text = masked(bytes);
    let mut scanner = Scanner::new(&text);
    let mut values = Vec::new();
    loop {
        scanner.peek();
        let start = scanner.at;
        if start >= bytes.len() {
            return values;
        }
        let is_room = values.len() < limits::BODY_RECORDS_MAX;
        let read = if is_room { skip(&mut scanner, 0) } else { Err(too_many(start)) };
        if let Err(error) = read {
            values.push(Err(BadElement { range: start..bytes.len(), error }));
            return values;
        }
        let range = start..scanner.at;
        values.push(match utf8_at(bytes, range.clone()) {
            Ok(()) => Ok(range),
            Err(error) => Err(BadElement { range, error }),
        });
    }
}

/// After an element only a comma or the end of the array may follow; nothing is read.
fn closes(scanner: &mut Scanner) -> Result<(), JsonError> {
    match scanner.peek() {
        b',' | b']' => Ok(()),
        _ => scanner.fail("a comma or `]` is missing"),
    }
}

/// Reads over a value.
pub(super) fn skip(scanner: &mut Scanner, depth: usize) -> Result<(), JsonError> {
    let close = match scanner.peek() {
        b'{' => b'}',
        b'[' => b']',
        b'"' => return scanner.string().map(|_| ()),
        _ => return scanner.scalar().map(|_| ()),
    };
    super::tree::enter(scanner, depth)?;
    if scanner.take(close) {
        return Ok(());
    }
    loop {
        if close == b'}' {
            scanner.name()?;
        }
        skip(scanner, depth + 1)?;
        if !scanner.more(close)? {
            return Ok(());
        }
    }
}

/// Where a damaged element ends: at the comma or bracket outside strings and inner brackets, or at the end of the text.
fn element_end(bytes: &[u8], start: usize) -> usize {
    let mut open = 0usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => open += 1,
            b'}' | b']' if open > 0 => open -= 1,
            b',' | b']' if open == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The closing quote of the string that opens at `at`, or the last byte.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut from = at + 1;
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        if bytes[from + found] == b'"' {
            return from + found;
        }
        from += found + 2;
    }
    bytes.len()
}

fn trimmed(bytes: &[u8], start: usize, end: usize) -> usize {
    start + bytes[start..end].trim_ascii_end().len()
}

fn too_many(at: usize) -> JsonError {
    JsonError { at, what: "there are too many values", cut: false }
}

fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|error| not_utf8(error.valid_up_to()))
}

fn utf8_at(bytes: &[u8], range: Range<usize>) -> Result<(), JsonError> {
    let start = range.start;
    std::str::from_utf8(&bytes[range]).map(|_| ()).map_err(|error| not_utf8(start + error.valid_up_to()))
}

fn not_utf8(at: usize) -> JsonError {
    JsonError { at, what: "the text is not UTF-8", cut: false }
}

/// The text; of one that is not UTF-8, every byte outside ASCII as `?`, so that length and places stay and the element is found again.
fn masked(bytes: &[u8]) -> Cow<'_, str> {
    let plain = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '?' };
    utf8(bytes).map_or_else(|_| bytes.iter().map(plain).collect(), Cow::Borrowed)
}

/// Recursion of [`skip`] is bounded by this.
const _: () = assert!(limits::NESTING_MAX <= 128);
