//! What slots may name.

use weir_event::{Record, Timestamp, Value};

use crate::path::Path;

/// The values that slots are filled from at one moment.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    pub now: Timestamp,
    /// Settings of the puller.
    pub config: &'s Record<'static>,
    /// What steps and answers have captured.
    pub vars: &'s Record<'static>,
    /// What the authentication provides: tokens, dates, the signature.
    pub auth: &'s Record<'static>,
    pub window: Option<Window>,
    /// The value that the cursor holds.
    pub cursor: &'s Value<'static>,
    pub page: &'s Page,
    /// The element that a `foreach` is at.
    pub parent: &'s Value<'static>,
    /// The record that a request for more of it is about.
    pub record: &'s Value<'static>,
    /// The part of a job's result that is fetched.
    pub part: &'s Value<'static>,
    /// The request as it will be sent; for signatures.
    pub request: &'s Record<'static>,
}

/// A half-open range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub start: Timestamp,
    pub end: Timestamp,
}

/// Where a pull is in its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Null for the first page.
    pub token: Value<'static>,
    /// The counter of the paging kind, from its first value.
    pub number: i64,
    /// Records asked for and given so far.
    pub offset: i64,
    pub size: i64,
    /// Of keyset paging: where the page begins, and how many records with exactly this value were given.
    pub key: Value<'static>,
    pub skip: i64,
}

impl Default for Page {
    fn default() -> Self {
        Page { token: Value::Null, number: 0, offset: 0, size: 0, key: Value::Null, skip: 0 }
    }
}

static NOTHING: Record<'static> = Record::EMPTY;
static NULL: Value<'static> = Value::Null;
static FIRST: Page = Page { token: Value::Null, number: 0, offset: 0, size: 0, key: Value::Null, skip: 0 };

impl<'s> Scope<'s> {
    pub const NAMES: &'static [&'static str] =
        &["config", "now", "window", "cursor", "page", "vars", "parent", "record", "part", "request", "auth"];

    /// A scope with settings and time only.
    pub fn new(config: &'s Record<'static>, now: Timestamp) -> Scope<'s> {
        Scope {
            now,
            config,
            vars: &NOTHING,
            auth: &NOTHING,
            window: None,
            cursor: &NULL,
            page: &FIRST,
            parent: &NULL,
            record: &NULL,
            part: &NULL,
            request: &NOTHING,
        }
    }

    /// The value that a name leads to; `None` and null are both empty.
    pub(super) fn find(&self, scope: &str, path: &Path) -> Option<Value<'static>> {
        let below = |value: &Value<'static>| path.first(value).cloned();
        let member = |record: &Record<'static>| below(&Value::Record(record.clone()));
        match scope {
            "now" => Some(Value::Timestamp(self.now)),
            "config" => member(self.config),
            "vars" => member(self.vars),
            "auth" => member(self.auth),
            "request" => member(self.request),
            "parent" => below(self.parent),
            "record" => below(self.record),
            "part" => below(self.part),
            "cursor" => below(&Value::Record([("value", self.cursor.clone())].into_iter().collect())),
            "window" => below(&self.window?.record()),
            "page" => below(&self.page.record()),
            _ => None,
        }
    }
}

impl Window {
    fn record(self) -> Value<'static> {
        let members = [("start", Value::Timestamp(self.start)), ("end", Value::Timestamp(self.end))];
        Value::Record(members.into_iter().collect())
    }
}

impl Page {
    /// Behind the last record that the page may hold: by the offset, or by what keyset paging skips.
    fn end(&self) -> i64 {
        let start = if self.key.is_null() { self.offset } else { self.skip };
        start.saturating_add(self.size)
    }

    fn record(&self) -> Value<'static> {
        let members = [
            ("token", self.token.clone()),
            ("number", Value::Long(self.number)),
            ("offset", Value::Long(self.offset)),
            ("size", Value::Long(self.size)),
            ("key", self.key.clone()),
            ("skip", Value::Long(self.skip)),
            ("end", Value::Long(self.end())),
            ("last", Value::Long((self.end() - 1).max(0))),
        ];
        Value::Record(members.into_iter().collect())
    }
}
