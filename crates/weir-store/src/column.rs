//! How a field of events is a column: the one convention of memory, segments and queries.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use weir_event::Kind;

/// The column of everything that has no column of its own, see [`crate::rest`].
pub const REST: &str = "weir.rest";
/// Key of the field metadata that tells addresses from text; its value is [`IP`].
pub const KIND_KEY: &str = "weir.kind";
pub const IP: &str = "ip";

/// Columns that every batch and every segment has, in this order, before all others.
pub const FIXED: [(&str, Kind); 7] = [
    ("timestamp", Kind::Timestamp),
    ("content", Kind::Text),
    ("weir.id", Kind::Text),
    ("weir.source", Kind::Text),
    ("weir.tenant", Kind::Text),
    ("weir.received_at", Kind::Timestamp),
    ("weir.pack", Kind::Text),
];

/// All kinds, in the order of their bits in [`Kinds`].
const ALL: [Kind; 9] = [
    Kind::Text,
    Kind::Long,
    Kind::Double,
    Kind::Bool,
    Kind::Timestamp,
    Kind::Duration,
    Kind::Ip,
    Kind::Texts,
    Kind::Ips,
];

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    pub const NONE: Kinds = Kinds(0);

    pub fn of(kind: Kind) -> Self {
        Kinds(1 << kind as u16)
    }

    pub fn union(self, other: Kinds) -> Self {
        Kinds(self.0 | other.0)
    }

    pub fn contains(self, kind: Kind) -> bool {
        self.0 & Kinds::of(kind).0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub fn iter(self) -> impl Iterator<Item = Kind> {
        ALL.into_iter().filter(move |&kind| self.contains(kind))
    }

    /// The kind, when there is exactly one.
    pub fn only(self) -> Option<Kind> {
        (self.len() == 1).then(|| self.iter().next()).flatten()
    }

    /// For the catalogue.
    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    pub(crate) fn from_bits(bits: u16) -> Self {
        Kinds(bits & ((1 << ALL.len()) - 1))
    }
}

/// What is known about a field over a set of events.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnInfo {
    pub name: Arc<str>,
    /// Kinds of the columns of that name; empty when the field only occurs in the rest.
    pub kinds: Kinds,
    /// Some events hold the field in [`REST`], with a value of any type.
    pub in_rest: bool,
}

/// The Arrow type of a column of `kind`.
pub fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Ip => DataType::Utf8,
        Kind::Long => DataType::Int64,
        Kind::Double => DataType::Float64,
        Kind::Bool => DataType::Boolean,
        Kind::Timestamp => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
        Kind::Duration => DataType::Duration(TimeUnit::Nanosecond),
        Kind::Texts | Kind::Ips => DataType::List(items()),
    }
}

/// The field of the items of a list column.
pub(crate) fn items() -> FieldRef {
    Arc::new(Field::new("item", DataType::Utf8, true))
}

/// The Arrow field of a column.
pub fn field(name: &str, kind: Kind) -> Field {
    let field = Field::new(name, data_type(kind), true);
    match kind {
        Kind::Ip | Kind::Ips => field.with_metadata(HashMap::from([(KIND_KEY.into(), IP.into())])),
        _ => field,
    }
}

/// The kind of a column of ours; `None` for a type that the convention does not have.
pub fn kind_of_field(field: &Field) -> Option<Kind> {
    let ip = field.metadata().get(KIND_KEY).is_some_and(|kind| kind == IP);
    Some(match field.data_type() {
        DataType::Utf8 if ip => Kind::Ip,
        DataType::Utf8 => Kind::Text,
        DataType::Int64 => Kind::Long,
        DataType::Float64 => Kind::Double,
        DataType::Boolean => Kind::Bool,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => Kind::Timestamp,
        DataType::Duration(TimeUnit::Nanosecond) => Kind::Duration,
        DataType::List(item) if *item.data_type() == DataType::Utf8 && ip => Kind::Ips,
        DataType::List(item) if *item.data_type() == DataType::Utf8 => Kind::Texts,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_survives_its_field() {
        for kind in ALL {
            assert_eq!(kind_of_field(&field("x", kind)), Some(kind));
            assert_eq!(Kinds::of(kind).only(), Some(kind));
        }
        let two = Kinds::of(Kind::Ip).union(Kinds::of(Kind::Text));
        assert_eq!((two.only(), two.iter().collect::<Vec<_>>()), (None, vec![Kind::Text, Kind::Ip]));
    }
}
