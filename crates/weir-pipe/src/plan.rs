//! What the configuration says about sources, routes and buckets.

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::{FieldId, Row, Value};

/// The plan of one configuration. Shared by all workers.
#[derive(Default)]
pub struct Plan {
    /// By tenant and source; one that is not here has no fields and the zone UTC.
    pub origins: HashMap<(Arc<str>, Arc<str>), Origin>,
    /// The first route that matches an event decides.
    pub routes: Vec<Route>,
    /// By name of a pack: where its events go unless a route says otherwise.
    pub packs: HashMap<Arc<str>, RouteTo>,
    /// The bucket of a table; `default_TABLE` for a table that is not here.
    pub buckets: HashMap<Arc<str>, Arc<str>>,
}

/// A source as far as its events are concerned.
#[derive(Clone, Debug)]
pub struct Origin {
    /// IANA zone of time stamps that carry none.
    pub zone: Arc<str>,
    /// Set on every event, over what the event brought.
    pub fields: Vec<(FieldId, Value<'static>)>,
    /// Set on events that bring nothing under these names.
    pub defaults: Vec<(FieldId, Value<'static>)>,
}

/// One decision about where events go.
pub struct Route {
    pub name: Arc<str>,
    /// Only events of this source; all when missing.
    pub source: Option<Arc<str>>,
    /// Only events this holds for; all when missing.
    pub filter: Option<Box<Filter>>,
    pub to: RouteTo,
}

/// A test of an event. Pure: the same event gives the same answer.
pub type Filter = dyn Fn(&Row<'_>) -> bool + Send + Sync;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTo {
    Drop,
    Table { table: Arc<str>, bucket: Option<Arc<str>> },
}

impl Default for Origin {
    fn default() -> Self {
        Origin { zone: "UTC".into(), fields: Vec::new(), defaults: Vec::new() }
    }
}

impl Plan {
    /// The bucket that takes the events of `table`.
    pub fn bucket(&self, table: &str) -> Arc<str> {
        match self.buckets.get(table) {
            Some(bucket) => bucket.clone(),
            None => format!("default_{}", table.replace('.', "_")).into(),
        }
    }
}

impl Route {
    pub fn is_for(&self, source: &str) -> bool {
        self.source.as_ref().is_none_or(|own| **own == *source)
    }

    pub fn matches(&self, row: &Row<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter(row))
    }
}
