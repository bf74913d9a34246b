//! How the values of one column lie in memory.

use arrow::datatypes::{DataType, Field, TimeUnit};
use std::sync::Arc;

/// Metadata key of an Arrow field that says what a text or binary column means.
pub const KIND_KEY: &str = "weir.kind";

/// The layout of a column: native Arrow when every value has one kind, else the ordered encoding of
/// [`dynamic`](crate::dynamic).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    Bool,
    Long,
    Double,
    Text,
    Timestamp,
    Duration,
    /// Text that repeats, as places in a dictionary. Only between a scan and the first operator that copies rows.
    Word,
    /// Canonical text of an address.
    Ip,
    /// Addresses as places in a dictionary, as for `Word`.
    IpWord,
    /// A list of text.
    Texts,
    /// A list of canonical texts of addresses.
    Ips,
    /// Any value, encoded so that bytes sort as the values do.
    Dynamic,
}

impl Form {
    pub fn data_type(self) -> DataType {
        match self {
            Form::Bool => DataType::Boolean,
            Form::Long => DataType::Int64,
            Form::Double => DataType::Float64,
            Form::Text | Form::Ip => DataType::Utf8,
            Form::Word | Form::IpWord => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Form::Timestamp => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            Form::Duration => DataType::Duration(TimeUnit::Nanosecond),
            Form::Texts | Form::Ips => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
            Form::Dynamic => DataType::Binary,
        }
    }

    /// The Arrow field of a column, its meaning in the metadata where the type alone does not tell it.
    pub fn field(self, name: &str) -> Field {
        let field = Field::new(name, self.data_type(), true);
        match self {
            Form::Ip | Form::IpWord | Form::Ips => field.with_metadata([(KIND_KEY.to_owned(), "ip".to_owned())].into()),
            Form::Dynamic => field.with_metadata([(KIND_KEY.to_owned(), "dynamic".to_owned())].into()),
            _ => field,
        }
    }

    /// The form of a stored field; `None` when its Arrow type has no form and has to be converted value by value.
    pub fn of(field: &Field) -> Option<Form> {
        let kind = field.metadata().get(KIND_KEY).map_or("", String::as_str);
        match field.data_type() {
            DataType::Boolean => Some(Form::Bool),
            DataType::Int64 if kind == "duration" => None,
            DataType::Int64 => Some(Form::Long),
            DataType::Float64 => Some(Form::Double),
            DataType::Utf8 if kind == "ip" => Some(Form::Ip),
            DataType::Utf8 => Some(Form::Text),
            DataType::Dictionary(key, of) if (&**key, &**of) == (&DataType::Int32, &DataType::Utf8) => {
                Some(if kind == "ip" { Form::IpWord } else { Form::Word })
            }
            DataType::Timestamp(TimeUnit::Nanosecond, Some(zone)) if &**zone == "UTC" => Some(Form::Timestamp),
            DataType::Duration(TimeUnit::Nanosecond) => Some(Form::Duration),
            DataType::List(item) if item.data_type() == &DataType::Utf8 => {
                Some(if kind == "ip" { Form::Ips } else { Form::Texts })
            }
            DataType::Binary if kind == "dynamic" => Some(Form::Dynamic),
            _ => None,
        }
    }

    /// The form that every value of a stored field fits into.
    pub fn fitting(field: &Field) -> Form {
        use DataType::{
            Date32, Date64, Dictionary, Float16, Float32, Int8, Int16, Int32, Int64, LargeUtf8, UInt8, UInt16, UInt32,
            Utf8View,
        };
        if let Some(form) = Form::of(field) {
            return form.plain();
        }
        match field.data_type() {
            Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 => Form::Long,
            Float16 | Float32 => Form::Double,
            LargeUtf8 | Utf8View => Form::Text,
            Dictionary(_, of) if matches!(**of, DataType::Utf8 | LargeUtf8) => Form::Text,
            DataType::Timestamp(..) | Date32 | Date64 => Form::Timestamp,
            DataType::Duration(_) | Int64 => Form::Duration,
            _ => Form::Dynamic,
        }
    }

    /// The one form for values of both.
    pub fn merged(self, other: Form) -> Form {
        match self == other {
            true => self,
            false if self.plain() == other.plain() => self.plain(),
            false => Form::Dynamic,
        }
    }

    /// The form of the same values without a dictionary.
    pub fn plain(self) -> Form {
        match self {
            Form::Word => Form::Text,
            Form::IpWord => Form::Ip,
            other => other,
        }
    }

    /// The form of the same values with a dictionary, where there is one.
    pub fn with_dictionary(self) -> Form {
        match self {
            Form::Text => Form::Word,
            Form::Ip => Form::IpWord,
            other => other,
        }
    }

    pub fn has_dictionary(self) -> bool {
        matches!(self, Form::Word | Form::IpWord)
    }

    /// The name of the type for `describe`, messages and the meta line.
    pub fn type_name(self) -> &'static str {
        match self {
            Form::Bool => "boolean",
            Form::Long => "long",
            Form::Double => "double",
            Form::Text | Form::Word => "string",
            Form::Timestamp => "timestamp",
            Form::Duration => "duration",
            Form::Ip | Form::IpWord => "ip",
            Form::Texts | Form::Ips => "array",
            Form::Dynamic => "any",
        }
    }
}
