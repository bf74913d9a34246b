//! The parts of a pack that say how a record is taken apart.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::pattern::Compiled;

/// How the text of a record becomes named parts.
#[derive(Debug, Default)]
pub struct Reader {
    pub shape: Shape,
    pub cef_quirks: crate::cef::Quirks,
    /// Texts that mean "nothing", in lower case.
    pub nulls: Vec<String>,
    /// Empty text is a value of its own.
    pub keep_empty: bool,
    /// Keys with a number behind a dot, `name.0`, whose values make one list under the name, in the order of the numbers.
    pub lists: Vec<String>,
    /// Beginnings of keys that are left out.
    pub strip: Vec<String>,
    /// A member or key whose text is an event of its own, read again; the outer parts are added to it.
    pub content: Option<String>,
}

/// What takes the record apart.
#[derive(Debug, Default)]
pub enum Shape {
    #[default]
    Text,
    Cef,
    Leef,
    Json,
    /// Pairs; the separator is guessed when it is not known.
    Kv {
        assign: u8,
        separator: Option<u8>,
    },
    /// Patterns over the message.
    Patterns(Patterns),
}

/// Patterns, by message id and in general.
#[derive(Debug, Default)]
pub struct Patterns {
    /// Matches where the message begins and exports `id` and `text`; without it every message is tried against `general`.
    pub head: Option<Arc<Compiled>>,
    /// The head is searched for at this literal.
    pub mark: Option<String>,
    pub by_id: HashMap<String, Vec<Arc<Compiled>>, foldhash::fast::RandomState>,
    /// Tried in order when no pattern of the id matches.
    pub general: Vec<Arc<Compiled>>,
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
}
