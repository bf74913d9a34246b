//! JSON text to values.

use weir_event::{Record, Value, limits};

/// Reads one JSON value that fills `text` but for blanks. Whole numbers become longs, others doubles; those that
/// are too large for that are null.
pub fn read(text: &str) -> Option<Value<'static>> {
    read_or_place(text).ok()
}

/// The same; the error is the offset of the byte that does not fit.
pub fn read_or_place(text: &str) -> Result<Value<'static>, usize> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
    let value = reader.value(0).ok_or(reader.at)?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.at) }
}

/// The first JSON object within other text. Gives up after a few places that look like one and are not.
pub fn seek(text: &str) -> Option<Value<'static>> {
    const TRIES_MAX: usize = 32;
    let starts = memchr::memchr_iter(b'{', text.as_bytes()).take(TRIES_MAX);
    starts.filter_map(|at| Reader { bytes: text.as_bytes(), text, at }.value(0)).next()
}

/// True for a path that [`follow`] understands.
pub fn is_path(path: &str) -> bool {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while !rest.is_empty() {
        match step(rest) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

/// What a path such as `$.a[0]['b c']` leads to. `None` for a path that is none, or leads nowhere.
pub fn follow<'v>(value: &'v Value<'static>, path: &str) -> Option<&'v Value<'static>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut at = value;
    while !rest.is_empty() {
        let (step, behind) = step(rest)?;
        at = match (step, at) {
            (Step::Name(name), Value::Record(record)) => record.get(name)?,
            (Step::Index(index), Value::Array(items)) => items.get(index)?,
            _ => return None,
        };
        rest = behind;
    }
    Some(at)
}

enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

fn step(path: &str) -> Option<(Step<'_>, &str)> {
    if let Some(rest) = path.strip_prefix('[') {
        for quote in ['\'', '"'] {
            if let Some(rest) = rest.strip_prefix(quote) {
                let (name, behind) = rest.split_once(quote)?;
                return Some((Step::Name(name), behind.strip_prefix(']')?));
            }
        }
        let (index, behind) = rest.split_once(']')?;
        return Some((Step::Index(index.trim().parse().ok()?), behind));
    }
    let rest = path.strip_prefix('.').unwrap_or(path);
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    (end > 0).then(|| (Step::Name(&rest[..end]), &rest[end..]))
}

struct Reader<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value<'static>> {
        if depth > limits::NESTING_MAX {
            return None;
        }
        self.skip_blanks();
        match *self.bytes.get(self.at)? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::owned),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'static>) -> Option<Value<'static>> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn number(&mut self) -> Option<Value<'static>> {
        let rest = self.text.get(self.at..)?;
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let text = &rest[..end];
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.at += end;
        match text.parse::<i64>() {
            Ok(number) => Some(Value::Long(number)),
            // A number that is too large is well written, and no reason to lose what stands beside it.
            Err(_) => text
                .parse::<f64>()
                .ok()
                .map(|number| if number.is_finite() { Value::Double(number) } else { Value::Null }),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value<'static>> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat(b']') {
                return Some(Value::Array(items));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value<'static>> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Some(Value::Record(Record::new()));
        }
        loop {
            self.skip_blanks();
            let name = (self.bytes.get(self.at) == Some(&b'"')).then(|| self.string())??;
            if !self.eat(b':') {
                return None;
            }
            members.push((name, self.value(depth + 1)?));
            if self.eat(b'}') {
                return Some(Value::Record(record(members)));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.bytes[self.at..];
            let end = memchr::memchr2(b'"', b'\\', rest)?;
            out.push_str(self.text.get(self.at..self.at + end)?);
            self.at += end + 1;
            if rest[end] == b'"' {
                return Some(out);
            }
            self.escape(&mut out)?;
        }
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        out.push(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(byte),
            b'u' => {
                let high = self.hex()?;
                if (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    let low = self.hex()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return None;
                    }
                    let both = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    char::from_u32(both)?
                } else {
                    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
            }
            _ => return None,
        });
        Some(())
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }
}

/// A record of members; of two with one name the later counts. Linear for many members.
fn record(members: Vec<(String, Value<'static>)>) -> Record<'static> {
    if members.len() <= 16 {
        return members.into_iter().collect();
    }
    let mut last = std::collections::HashMap::with_capacity(members.len());
    for (index, (name, _)) in members.iter().enumerate() {
        last.insert(name.clone(), index);
    }
    let mut record = Record::new();
    for (index, (name, value)) in members.into_iter().enumerate() {
        if last.get(&name) == Some(&index) {
            record.push_new(name, value);
        }
    }
    record
}
