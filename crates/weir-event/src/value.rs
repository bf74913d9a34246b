//! One typed value.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::{Duration, Timeframe, Timestamp};

/// A value of one of the types of the languages. Text may borrow from the event it came from.
///
/// `PartialEq` is structural (`Long(1) != Double(1.0)`, `Null == Null`); comparison as the languages define it lives in
/// `weir-lang`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    #[default]
    Null,
    Bool(bool),
    Long(i64),
    Double(f64),
    Text(Cow<'a, str>),
    Timestamp(Timestamp),
    Duration(Duration),
    Timeframe(Timeframe),
    Ip(IpAddr),
    Uid(Uid),
    Binary(Cow<'a, [u8]>),
    Array(Vec<Value<'a>>),
    Record(Record<'a>),
}

/// Members in order of insertion; a name occurs once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// An identifier of 64 or 128 bits; the kind only decides how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uid {
    Uid64(u64),
    Uid128(u128),
    Uuid(u128),
}

impl<'a> Value<'a> {
    /// Text without a copy.
    pub fn text(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }

    /// Text that the value owns.
    pub fn owned(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name of the type as users see it in messages and in `describe`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Long(_) => "long",
            Value::Double(_) => "double",
            Value::Text(_) => "string",
            Value::Timestamp(_) => "timestamp",
            Value::Duration(_) => "duration",
            Value::Timeframe(_) => "timeframe",
            Value::Ip(_) => "ip",
            Value::Uid(_) => "uid",
            Value::Binary(_) => "binary",
            Value::Array(_) => "array",
            Value::Record(_) => "record",
        }
    }

    /// The same value without borrowed parts.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(v) => Value::Bool(v),
            Value::Long(v) => Value::Long(v),
            Value::Double(v) => Value::Double(v),
            Value::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Value::Timestamp(v) => Value::Timestamp(v),
            Value::Duration(v) => Value::Duration(v),
            Value::Timeframe(v) => Value::Timeframe(v),
            Value::Ip(v) => Value::Ip(v),
            Value::Uid(v) => Value::Uid(v),
            Value::Binary(v) => Value::Binary(Cow::Owned(v.into_owned())),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Record(record) => Value::Record(record.into_owned()),
        }
    }

    /// The same value, its text borrowed from `self`.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Text(v) => Value::Text(Cow::Borrowed(v)),
            Value::Binary(v) => Value::Binary(Cow::Borrowed(v)),
            Value::Array(items) => Value::Array(items.iter().map(Value::borrowed).collect()),
            Value::Record(record) => Value::Record(record.borrowed()),
            Value::Null => Value::Null,
            Value::Bool(v) => Value::Bool(*v),
            Value::Long(v) => Value::Long(*v),
            Value::Double(v) => Value::Double(*v),
            Value::Timestamp(v) => Value::Timestamp(*v),
            Value::Duration(v) => Value::Duration(*v),
            Value::Timeframe(v) => Value::Timeframe(*v),
            Value::Ip(v) => Value::Ip(*v),
            Value::Uid(v) => Value::Uid(*v),
        }
    }
}

impl<'a> Record<'a> {
    /// A record without members, for statics.
    pub const EMPTY: Record<'static> = Record { members: Vec::new() };

    pub fn new() -> Self {
        Self::default()
    }

    /// One without members that has room for so many.
    pub fn with_capacity(members: usize) -> Self {
        Record { members: Vec::with_capacity(members) }
    }

    /// The members; of a name that occurs twice the last value counts, at the place of the first. For few members: each is compared with all
    /// before it.
    pub fn of_few(members: Vec<(Cow<'a, str>, Value<'a>)>) -> Self {
        let twice = |at: usize| members[..at].iter().any(|(have, _)| *have == members[at].0);
        if (1..members.len()).any(twice) {
            return members.into_iter().collect();
        }
        Record { members }
    }

    /// Sets a member; a second value for a name replaces the first and keeps its place.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let name = name.into();
        match self.members.iter_mut().find(|(have, _)| *have == name) {
            Some(member) => member.1 = value,
            None => self.members.push((name, value)),
        }
    }

    /// Adds a member that the caller knows to be new: no search, so that wide records are built in linear time.
    pub fn push_new(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        self.members.push((name.into(), value));
    }

    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(have, _)| have == name).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.members.iter_mut().find(|(have, _)| have == name).map(|(_, value)| value)
    }

    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.members.iter().position(|(have, _)| have == name)?;
        Some(self.members.remove(at).1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn into_owned(self) -> Record<'static> {
        let own = |(name, value): (Cow<'a, str>, Value<'a>)| (Cow::Owned(name.into_owned()), value.into_owned());
        Record { members: self.members.into_iter().map(own).collect() }
    }

    pub fn borrowed(&self) -> Record<'_> {
        Record {
            members: self
                .members
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name.as_ref()), value.borrowed()))
                .collect(),
        }
    }
}

impl<'a> IntoIterator for Record<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<'a, N: Into<Cow<'a, str>>> FromIterator<(N, Value<'a>)> for Record<'a> {
    fn from_iter<I: IntoIterator<Item = (N, Value<'a>)>>(members: I) -> Self {
        let mut record = Record::new();
        for (name, value) in members {
            record.set(name, value);
        }
        record
    }
}

impl std::fmt::Display for Uid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Uid::Uid64(bits) => write!(f, "{bits:016x}"),
            Uid::Uid128(bits) => write!(f, "{bits:032x}"),
            Uid::Uuid(bits) => {
                let hex = format!("{bits:032x}");
                write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
            }
        }
    }
}
