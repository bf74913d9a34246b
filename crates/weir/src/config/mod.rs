//! The configuration directory: `*.yaml` at its top for everything that weir is told, `rules/**/*.yaml` for rules, `packs/`
//! for packs of one's own. Without a directory the defaults hold.
//!
//! Read by hand into plain structs, so that every complaint has a file and a line.

mod bucket;
mod check;
mod import;
mod leases;
mod load;
mod once;
mod output;
mod puller;
mod reader;
mod rule;
mod source;
mod spot;
mod tables;

#[cfg(test)]
mod tests;

pub use bucket::Bucket;
pub use leases::LeaseTerms;
pub use load::{hash, load, read};
pub use output::Output;
pub use puller::{Common, Puller};
pub use reader::{Reader, Task};
pub use rule::{Rule, When};
pub use source::{Route, RouteTo, Source, SourceKind};
pub use tables::Tables;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use weir_event::{Duration, Fault, limits};
use weir_yaml::Passage;

use crate::listen::TlsFiles;

/// Under which ids a complaint about a file of the directory is made.
pub static IDS: weir_yaml::Ids = weir_yaml::Ids {
    not_yaml: "CONFIG-001",
    too_large: "CONFIG-002",
    unknown_key: "CONFIG-003",
    wrong_type: "CONFIG-004",
    missing: "CONFIG-005",
    too_deep: "CONFIG-006",
};

/// Everything weir is told.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub http: SocketAddr,
    /// The API and the page are served over TLS.
    pub http_tls: Option<TlsFiles>,
    pub sources: Vec<Source>,
    /// True: a POST to a source nobody configured makes one. False: 404.
    pub open_sources: bool,
    /// Sources that are asked.
    pub pullers: Vec<Puller>,
    /// The key of what is kept encrypted; one in the data directory when there is none.
    pub key_file: Option<PathBuf>,
    /// How servers share the services of pullers, if they do.
    pub leases: Option<LeaseTerms>,
    /// Where events are sent besides being stored.
    pub outputs: Vec<Output>,
    pub routes: Vec<Route>,
    pub buckets: Vec<Bucket>,
    pub tenants: Vec<Tenant>,
    pub rules: Vec<Arc<Rule>>,
    pub limits: Limits,
    /// `(path, text)` of the packs of the directory, read by `weir_parse`.
    pub packs: Vec<(String, String)>,
    /// The same of the manifests beside them, read by [`crate::pull`].
    pub manifests: Vec<(String, String)>,
    /// What is read and better written otherwise, or left out.
    pub notes: Vec<Fault>,
    /// Number of this configuration: a hash of its files, stored with every chunk.
    pub number: u64,
}

/// Who owns data. `number` is how the compatible intake `?tenantId=N` names it.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: Arc<str>,
    pub number: u64,
}

/// Limits that an operator may change; see `weir_event::limits` for the meaning.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    pub inflated_bytes: usize,
    pub queue_bytes: usize,
    pub connections: usize,
    /// Free bytes of the data disk below which intake is refused.
    pub disk_reserve_bytes: u64,
    /// Bytes of events in memory at which they are written to segments.
    pub seal_bytes: usize,
    /// Age at which they are written whatever their number.
    pub seal_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: limits::BODY_BYTES_MAX,
            inflated_bytes: limits::BODY_INFLATED_BYTES_MAX,
            queue_bytes: limits::QUEUE_BYTES_MAX,
            connections: limits::SYSLOG_CONNECTIONS_MAX,
            disk_reserve_bytes: 256 << 20,
            seal_bytes: 24 << 20,
            seal_age: Duration(60_000_000_000),
        }
    }
}

pub const TENANT_DEFAULT: &str = "default";

impl Default for Config {
    /// HTTP on 127.0.0.1:8514, syslog over UDP and TCP on 127.0.0.1:5514, one tenant, built-in rules.
    fn default() -> Self {
        Config {
            data: PathBuf::from("weir-data"),
            http: SocketAddr::from(([127, 0, 0, 1], 8514)),
            http_tls: None,
            sources: vec![Source { tenant: TENANT_DEFAULT.into(), ..Source::syslog_default() }],
            open_sources: true,
            pullers: Vec::new(),
            key_file: None,
            leases: None,
            outputs: Vec::new(),
            routes: Vec::new(),
            buckets: Bucket::defaults(),
            tenants: vec![Tenant { id: TENANT_DEFAULT.into(), number: 1 }],
            rules: Vec::new(),
            limits: Limits::default(),
            packs: Vec::new(),
            manifests: Vec::new(),
            notes: Vec::new(),
            number: 0,
        }
    }
}

impl Config {
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| *source.name == *name)
    }

    /// The bucket that takes a table's events where neither route nor pack names one: the built-in one (which a configuration may
    /// change by its name), else the first one listed. So a bucket for a few events never takes all of them.
    pub fn main_bucket(&self, table: &str) -> Option<&Bucket> {
        let of_table = || self.buckets.iter().filter(|bucket| *bucket.table == *table);
        let built_in = Bucket::defaults();
        of_table().find(|bucket| built_in.iter().any(|main| main.name == bucket.name)).or_else(|| of_table().next())
    }

    /// Says what is worth a word although it is allowed.
    pub fn say_notes(&self) {
        for note in &self.notes {
            crate::say::words(format_args!("note[{}]: {} at {}: {}", note.id(), note.says(), note.place(), note.fix()));
        }
    }

    /// Whoever owns what names nobody, and looks after the tokens of all. There is always one.
    pub fn first_tenant(&self) -> &str {
        self.tenants.first().map_or(TENANT_DEFAULT, |tenant| &tenant.id)
    }

    pub fn tenant(&self, id: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| *tenant.id == *id)
    }

    /// How long a bucket keeps its events; one that nobody configured keeps them as long as logs are kept by default.
    pub fn retention(&self, bucket: &str) -> Duration {
        let own = self.buckets.iter().find(|own| *own.name == *bucket);
        own.map_or(bucket::RETENTION_DEFAULT, |own| own.retention)
    }
}

/// A fault of a query or a filter, at its place in the file that holds it.
pub fn placed(passage: &Passage, fault: Fault) -> Fault {
    let place = match line_and_column(fault.place()) {
        Some((line, column)) => passage.place(line, column),
        None => passage.begin(),
    };
    fault.at(place)
}

/// The numbers of `line 2, column 7`, which is how places in a query are said.
fn line_and_column(place: &str) -> Option<(usize, usize)> {
    let (line, column) = place.strip_prefix("line ")?.split_once(", column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// True for what may name a source, table, bucket, tenant or rule: 1 to 128 of letters, digits and `._-/`, beginning with a
/// letter or digit, without `..` or `//`.
pub fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    (1..=128).contains(&text.len())
        && text.chars().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("..")
        && !text.contains("//")
}
