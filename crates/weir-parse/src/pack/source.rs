//! The parts of a pack that say how a record is taken apart.

use std::sync::Arc;

use hashbrown::HashMap;

use super::table::Table;
use super::when::Condition;
use crate::map::{Mapping, Nulls, Target};
use crate::pattern::Compiled;
use crate::time::DateOrder;

/// How a record becomes named parts.
#[derive(Debug, Default)]
pub struct Reader {
    pub form: Form,
    /// What is done with the parts afterwards, in order.
    pub then: Vec<Step>,
    /// Texts that mean "nothing", in lower case.
    pub nulls: Nulls,
    /// Empty text is a value of its own.
    pub keep_empty: bool,
    /// Where the host and the program of the syslog header go.
    pub header: Header,
    /// Keys with a number behind a dot, `name.0`, whose values make one list under the name, in the order of the numbers.
    pub lists: Vec<String>,
    /// A member or key whose text is an event of its own, read again; the outer parts are added to it.
    pub content: Option<String>,
    pub inside: Inside,
}

/// The parts that name who wrote the text in `content`, for texts without a header of their own.
#[derive(Debug, Default)]
pub struct Inside {
    pub program: Option<String>,
    pub pid: Option<String>,
}

/// Where the parts of a syslog header go; `None` when they are not kept.
#[derive(Debug)]
pub struct Header {
    pub host: Option<Target>,
    pub program: Option<Target>,
}

impl Default for Header {
    fn default() -> Self {
        Header { host: Some(Target::of("host.name")), program: Some(Target::of("process.name")) }
    }
}

/// How a text is taken apart.
#[derive(Debug, Default)]
pub struct Form {
    pub shape: Shape,
    pub cef_quirks: crate::cef::Quirks,
    /// Beginnings of keys that are left out.
    pub strip: Vec<String>,
    /// What the text before the first pair is called.
    pub leading: Option<String>,
}

/// What takes a text apart.
#[derive(Debug, Default)]
pub enum Shape {
    #[default]
    Text,
    Cef,
    Leef,
    Json,
    Xml,
    /// Values by their place in the line.
    Table(Table),
    /// The structured data of the syslog header.
    Structured,
    Kv(KvDialect),
    /// Patterns over the message.
    Patterns(Patterns),
}

/// How pairs are written.
#[derive(Debug)]
pub struct KvDialect {
    pub assign: u8,
    /// Guessed when it is not known.
    pub separator: Option<u8>,
    pub blanks_in_keys: bool,
}

/// Patterns, by message id and in general.
#[derive(Debug, Default)]
pub struct Patterns {
    /// Matches where the message begins and exports `id` and `text`; without it every message is tried against `general`.
    pub head: Option<Arc<Compiled>>,
    /// The head is searched for at this literal.
    pub mark: Option<String>,
    pub by_id: HashMap<String, Vec<Arc<Compiled>>, foldhash::fast::RandomState>,
    /// The part that gives the id when there is no head.
    pub by: Option<String>,
    /// Tried in order when no pattern of the id matches.
    pub general: Vec<Arc<Compiled>>,
}

/// What holds for some records of a pack, before what holds for all.
#[derive(Debug)]
pub struct Case {
    pub when: Condition,
    pub times: Vec<TimeRule>,
    pub mapping: Mapping,
}

/// Something done with the parts of a record that are there already.
#[derive(Debug)]
pub struct Step {
    pub when: Condition,
    pub act: Act,
}

#[derive(Debug)]
pub enum Act {
    /// Takes the text of a part apart.
    Read {
        part: String,
        form: Form,
        /// What the names of the new parts begin with.
        into: Option<String>,
        /// The part stays beside what was read from it.
        keep: bool,
    },
    /// Makes parts `array.member` of an array of records.
    Flatten(String),
    /// Makes parts `array.<name>` of an array of records that each hold a name and a value.
    Pairs { part: String, key: String, values: Vec<String> },
    /// Gives parts the text that their codes stand for.
    Decode { parts: Vec<String>, from: Code },
}

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Percent,
    Base64,
    Hex,
}

/// Where the time of an event stands.
#[derive(Clone, Debug)]
pub struct TimeRule {
    /// Joined by blanks.
    pub fields: Vec<String>,
    /// A field with the zone (offset or name) of a local time.
    pub zone: Option<String>,
    /// A field that gives the fraction of the second when it is less than two seconds away.
    pub precise: Option<String>,
    /// A time before this many nanoseconds since 1970, or further ahead of now than a day, is implausible.
    pub after: Option<i64>,
    /// A time that is two days or more from the syslog header's, whole years apart from that, is refused: one of two clocks is wrong, and the header's is the one that relays mend.
    pub near_header: bool,
    /// What comes first in dates such as `04/05/2026`.
    pub order: DateOrder,
}

impl std::fmt::Display for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Act::Read { part, .. } => write!(f, "read {part} again"),
            Act::Flatten(part) => write!(f, "flatten {part}"),
            Act::Pairs { part, .. } => write!(f, "pairs of {part}"),
            Act::Decode { parts, .. } => write!(f, "decode {}", parts.join(", ")),
        }
    }
}
