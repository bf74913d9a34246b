use std::borrow::Cow;

use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value, limits};

/// The members of a row; `None` for text that [`super::encode`] did not write.
pub fn decode(text: &str) -> Option<Record<'_>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let record = reader.members()?;
    (reader.at == text.len()).then_some(record)
}

/// One value.
pub fn decode_value(text: &str) -> Option<Value<'_>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    (reader.at == text.len()).then_some(value)
}

/// The member `name` of a row, without building the others. `None` when it is missing.
pub fn get<'t>(text: &'t str, name: &str) -> Option<Value<'t>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.eat(b'{')?;
    while reader.peek()? == b'"' {
        let have = reader.string()?;
        reader.eat(b':')?;
        if have == name {
            return reader.value();
        }
        reader.skip()?;
        reader.eat(b',')?;
    }
    None
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Records and arrays within each other, with room for the wrapping of typed values.
const DEPTH_MAX: usize = 2 * limits::NESTING_MAX + 2;
const WRAPPED: &str = "{\"$record\":";

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Option<Value<'t>> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    fn value(&mut self) -> Option<Value<'t>> {
        match self.peek()? {
            b'"' => self.string().map(Value::Text),
            b'{' if self.text[self.at..].starts_with(WRAPPED) => self.wrapped(),
            b'{' => self.members().map(typed),
            b'[' => self.array().map(Value::Array),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    /// A record that looks like a typed value, and is none.
    fn wrapped(&mut self) -> Option<Value<'t>> {
        self.at += WRAPPED.len();
        let record = self.members()?;
        self.eat(b'}')?;
        Some(Value::Record(record))
    }

    fn number(&mut self) -> Option<Value<'t>> {
        let rest = &self.text[self.at..];
        let len =
            rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
        self.at += len;
        let digits = &rest[..len];
        match digits.parse() {
            Ok(long) => Some(Value::Long(long)),
            Err(_) => digits.parse().ok().map(Value::Double),
        }
    }

    fn array(&mut self) -> Option<Vec<Value<'t>>> {
        self.enter()?;
        let mut items = Vec::new();
        self.eat(b'[')?;
        if self.eat(b']').is_none() {
            items.push(self.value()?);
            while self.eat(b',').is_some() {
                items.push(self.value()?);
            }
            self.eat(b']')?;
        }
        self.depth -= 1;
        Some(items)
    }

    fn members(&mut self) -> Option<Record<'t>> {
        self.enter()?;
        let mut record = Record::new();
        self.eat(b'{')?;
        if self.eat(b'}').is_none() {
            self.member(&mut record)?;
            while self.eat(b',').is_some() {
                self.member(&mut record)?;
            }
            self.eat(b'}')?;
        }
        self.depth -= 1;
        Some(record)
    }

    fn member(&mut self, record: &mut Record<'t>) -> Option<()> {
        let name = self.string()?;
        self.eat(b':')?;
        let value = self.value()?;
        record.push_new(name, value);
        Some(())
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= DEPTH_MAX).then_some(())
    }

    /// Where the string that starts here ends, and whether it has escapes.
    fn string_end(&self) -> Option<(usize, bool)> {
        let bytes = self.text.as_bytes();
        let (mut at, mut escaped) = (self.at + 1, false);
        loop {
            match bytes.get(at)? {
                b'"' => return Some((at, escaped)),
                b'\\' => (at, escaped) = (at + 2, true),
                _ => at += 1,
            }
        }
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        (self.peek()? == b'"').then_some(())?;
        let (end, escaped) = self.string_end()?;
        let inner = self.text.get(self.at + 1..end)?;
        self.at = end + 1;
        if escaped { unescape(inner).map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
    }

    /// Passes over one value of any depth without recursion.
    fn skip(&mut self) -> Option<()> {
        let mut open = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.at = self.string_end()?.0,
                b'{' | b'[' => open += 1,
                b'}' | b']' if open == 0 => return Some(()),
                b'}' | b']' => open -= 1,
                b',' if open == 0 => return Some(()),
                _ => {}
            }
            self.at += 1;
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let letter = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match letter {
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'u' => {
                out.push(char::from_u32(u32::from_str_radix(rest.get(..4)?, 16).ok()?)?);
                rest = &rest[4..];
            }
            b'"' | b'\\' | b'/' => out.push(char::from(letter)),
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

/// The value a record stands for, if its only member is a type's tag.
fn typed(record: Record<'_>) -> Value<'_> {
    let tagged = record.iter().next().filter(|(name, _)| record.len() == 1 && name.starts_with('$'));
    match tagged.and_then(|(tag, value)| untag(tag, value)) {
        Some(value) => value,
        None => Value::Record(record),
    }
}

fn untag(tag: &str, value: &Value<'_>) -> Option<Value<'static>> {
    let long = || match value {
        Value::Long(v) => Some(*v),
        _ => None,
    };
    let bits = || u128::from_str_radix(value.as_str()?, 16).ok();
    Some(match tag {
        "$timestamp" => Value::Timestamp(Timestamp(long()?)),
        "$duration" => Value::Duration(Duration(long()?)),
        "$ip" => Value::Ip(value.as_str()?.parse().ok()?),
        "$double" => Value::Double(value.as_str()?.parse().ok()?),
        "$uid64" => Value::Uid(Uid::Uid64(bits()? as u64)),
        "$uid128" => Value::Uid(Uid::Uid128(bits()?)),
        "$uuid" => Value::Uid(Uid::Uuid(bits()?)),
        "$binary" => Value::Binary(base64(value.as_str()?)?.into()),
        "$timeframe" => match value {
            Value::Array(ends) => match ends[..] {
                [Value::Long(start), Value::Long(end)] => {
                    Value::Timeframe(Timeframe { start: Timestamp(start), end: Timestamp(end) })
                }
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.as_bytes().chunks(4) {
        let pads = group.iter().filter(|&&letter| letter == b'=').count();
        let mut bits = 0u32;
        for &letter in group {
            bits = bits << 6 | sextet(letter)?;
        }
        (group.len() == 4 && pads < 3).then_some(())?;
        out.extend_from_slice(&bits.to_be_bytes()[1..4 - pads]);
    }
    Some(out)
}

fn sextet(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'=' => 0,
        _ => return None,
    }))
}
