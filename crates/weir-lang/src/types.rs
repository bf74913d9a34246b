//! Types, sets of types, and what is known about an expression's type before it runs.

use weir_event::Value;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Bool,
    Long,
    Double,
    Text,
    Timestamp,
    Duration,
    Timeframe,
    Ip,
    Uid,
    Binary,
    Array,
    Record,
}

/// A set of types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Types(u16);

pub const BOOL: Types = Types::of(&[Type::Bool]);
pub const LONG: Types = Types::of(&[Type::Long]);
pub const DOUBLE: Types = Types::of(&[Type::Double]);
pub const TEXT: Types = Types::of(&[Type::Text]);
pub const TIMESTAMP: Types = Types::of(&[Type::Timestamp]);
pub const DURATION: Types = Types::of(&[Type::Duration]);
pub const TIMEFRAME: Types = Types::of(&[Type::Timeframe]);
pub const IP: Types = Types::of(&[Type::Ip]);
pub const UID: Types = Types::of(&[Type::Uid]);
pub const BINARY: Types = Types::of(&[Type::Binary]);
pub const ARRAY: Types = Types::of(&[Type::Array]);
pub const RECORD: Types = Types::of(&[Type::Record]);
pub const NUMBER: Types = LONG.or(DOUBLE);
pub const ANY: Types = Types(u16::MAX);

const ALL: [Type; 12] = [
    Type::Bool,
    Type::Long,
    Type::Double,
    Type::Text,
    Type::Timestamp,
    Type::Duration,
    Type::Timeframe,
    Type::Ip,
    Type::Uid,
    Type::Binary,
    Type::Array,
    Type::Record,
];

impl Type {
    /// The type of a value; null has none.
    pub fn of(value: &Value) -> Option<Type> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Type::Bool,
            Value::Long(_) => Type::Long,
            Value::Double(_) => Type::Double,
            Value::Text(_) => Type::Text,
            Value::Timestamp(_) => Type::Timestamp,
            Value::Duration(_) => Type::Duration,
            Value::Timeframe(_) => Type::Timeframe,
            Value::Ip(_) => Type::Ip,
            Value::Uid(_) => Type::Uid,
            Value::Binary(_) => Type::Binary,
            Value::Array(_) => Type::Array,
            Value::Record(_) => Type::Record,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Type::Bool => "boolean",
            Type::Long => "long",
            Type::Double => "double",
            Type::Text => "string",
            Type::Timestamp => "timestamp",
            Type::Duration => "duration",
            Type::Timeframe => "timeframe",
            Type::Ip => "ip",
            Type::Uid => "uid",
            Type::Binary => "binary",
            Type::Array => "array",
            Type::Record => "record",
        }
    }
}

impl Types {
    pub const fn of(types: &[Type]) -> Types {
        let mut bits = 0;
        let mut at = 0;
        while at < types.len() {
            bits |= 1 << types[at] as u16;
            at += 1;
        }
        Types(bits)
    }

    pub const fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub fn has(self, one: Type) -> bool {
        self.0 & 1 << one as u16 != 0
    }

    /// The only type of the set.
    pub fn single(self) -> Option<Type> {
        let mut types = ALL.into_iter().filter(|one| self.has(*one));
        match (types.next(), types.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// `long or double`; `any` for the set of all.
impl std::fmt::Display for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == ANY {
            return f.write_str("any");
        }
        let names: Vec<&str> = ALL.into_iter().filter(|one| self.has(*one)).map(Type::name).collect();
        f.write_str(&names.join(" or "))
    }
}

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}
