//! Values of the columns that order rows or name them, as the database tells them apart.

use weir_event::{Record, Value, write_json};

/// One value. Times, decimals and UUIDs are texts in the notation that the database reads back.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Null,
    Long(i64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Key {
    /// False only for values that no collation takes for the same.
    pub fn may_equal(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Text(a), Key::Text(b)) => folded(a).eq(folded(b)),
            _ => self == other,
        }
    }

    /// As it is stored with a position.
    pub fn to_value(&self) -> Value<'static> {
        match self {
            Key::Null => Value::Null,
            Key::Long(number) => Value::Long(*number),
            Key::Double(number) => tagged("bits", format!("{:016x}", number.to_bits())),
            Key::Text(text) => Value::owned(text.clone()),
            Key::Bytes(bytes) => tagged("hex", bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }

    /// The inverse of [`Key::to_value`]; `None` for anything else.
    pub fn from_value(value: &Value<'_>) -> Option<Key> {
        match value {
            Value::Null => Some(Key::Null),
            Value::Long(number) => Some(Key::Long(*number)),
            Value::Text(text) => Some(Key::Text(text.to_string())),
            Value::Record(record) => match record.iter().next()? {
                ("bits", Value::Text(bits)) => Some(Key::Double(f64::from_bits(u64::from_str_radix(bits, 16).ok()?))),
                ("hex", Value::Text(hex)) => Some(Key::Bytes(from_hex(hex)?)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A value as an operator writes it, for a database that tells values apart by their own type and not by their column's.
    pub fn guess(text: &str) -> Key {
        if let Ok(number) = text.parse::<i64>() {
            return Key::Long(number);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Key::Double(number),
            _ => Key::Text(text.to_owned()),
        }
    }
}

/// A list of keys as JSON: the name of a row.
pub fn to_text(keys: &[Key]) -> String {
    let mut out = String::new();
    write_json(&Value::Array(keys.iter().map(Key::to_value).collect()), &mut out);
    out
}

fn tagged(name: &'static str, text: String) -> Value<'static> {
    let mut record = Record::new();
    record.set(name, Value::owned(text));
    Value::Record(record)
}

/// Letters of one case, without the spaces at the end that some collations ignore.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.trim_end().chars().flat_map(char::to_lowercase)
}

/// Bytes of pairs of hexadecimal digits.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    digits.chunks(2).map(|pair| Some((nibble(pair[0])? << 4 | nibble(pair[1])?) as u8)).collect()
}
