//! Where bytes come in, and which way their events take.

use std::net::SocketAddr;
use std::sync::Arc;

use weir_event::{Fault, FaultKind, Value};
use weir_yaml::{Node, Passage};

use super::Reader;
use super::load::{fields, name};
use crate::listen::TlsFiles;

/// A listener or an intake path.
#[derive(Clone, Debug)]
pub struct Source {
    pub name: Arc<str>,
    pub kind: SourceKind,
    /// Whose events they are; a source that names nobody is the first tenant's.
    pub tenant: Arc<str>,
    /// The table its events go to unless a pack or a route says otherwise.
    pub table: Arc<str>,
    /// IANA zone of time stamps that carry none.
    pub zone: Arc<str>,
    /// Set on every event of the source, over what the event brought.
    pub fields: Vec<(String, Value<'static>)>,
    /// `file:line`; empty when no file says it.
    pub at: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SourceKind {
    /// `POST /v1/ingest/NAME` or a compatible path.
    Http,
    Syslog {
        udp: Option<SocketAddr>,
        tcp: Option<SocketAddr>,
        /// Connections over TCP are encrypted.
        tls: Option<TlsFiles>,
    },
    /// A database, a host over SSH, or topics of Kafka.
    Reader(Box<Reader>),
}

/// One decision about where events go. The first route that matches decides.
#[derive(Clone, Debug)]
pub struct Route {
    pub name: Arc<str>,
    /// Only events of this source; all when missing.
    pub source: Option<Arc<str>>,
    /// DQL expression over the event; all when missing.
    pub filter: Option<Passage>,
    pub to: RouteTo,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RouteTo {
    /// Counted as filtered in the ledger under the route's name.
    Drop,
    Table {
        table: Arc<str>,
        bucket: Option<Arc<str>>,
    },
}

const KEYS: [&str; 14] = [
    "name",
    "kind",
    "listen",
    "transport",
    "tls",
    "tenant",
    "table",
    "timezone",
    "fields",
    "every",
    "sql",
    "ssh",
    "kafka",
    "mqtt",
];
/// Kinds that look by themselves.
const READ: [&str; 4] = ["sql", "ssh", "kafka", "mqtt"];
/// Those of them that look again and again.
const LOOKING: [&str; 2] = ["sql", "ssh"];
const KINDS: [&str; 6] = ["http", "syslog", "sql", "ssh", "kafka", "mqtt"];

impl Source {
    /// The listener of a weir that is told nothing. Like every source that names no tenant it is the first tenant's.
    pub fn syslog_default() -> Source {
        let addr = SocketAddr::from(([127, 0, 0, 1], 5514));
        let kind = SourceKind::Syslog { udp: Some(addr), tcp: Some(addr), tls: None };
        Source { kind, tenant: "".into(), ..Source::http("syslog") }
    }

    /// What the source's listener needs to encrypt.
    pub fn tls(&self) -> Option<&TlsFiles> {
        match &self.kind {
            SourceKind::Syslog { tls, .. } => tls.as_ref(),
            SourceKind::Http | SourceKind::Reader(_) => None,
        }
    }

    /// A source nobody configured.
    pub fn http(name: &str) -> Source {
        Source {
            name: name.into(),
            kind: SourceKind::Http,
            tenant: super::TENANT_DEFAULT.into(),
            table: "logs".into(),
            zone: "UTC".into(),
            fields: Vec::new(),
            at: String::new(),
        }
    }

    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            SourceKind::Http => "http",
            SourceKind::Syslog { .. } => "syslog",
            SourceKind::Reader(reader) => reader.kind_name(),
        }
    }

    pub fn read(node: &Node) -> Result<Source, Fault> {
        let map = node.map(&KEYS)?;
        let mut source = Source::http(&name(map.need("name")?)?);
        let kind = map.need("kind")?;
        let word = kind.text()?;
        for key in ["every"].into_iter().chain(READ).filter(|key| *key != word) {
            let is_looking = LOOKING.contains(&word.as_str());
            if let (Some(node), false) = (map.get(key), key == "every" && is_looking) {
                return Err(senseless(node, key, format!("the source is of kind `{word}`")));
            }
        }
        source.kind = match word.as_str() {
            "http" => SourceKind::Http,
            "syslog" => read_syslog(map.need("listen")?, map.get("transport"), map.get("tls"))?,
            word if READ.contains(&word) => {
                SourceKind::Reader(Box::new(Reader::read(&source.name, word, map.need(word)?, map.get("every"))?))
            }
            other => return Err(unknown_word(kind, "source kind", other, &KINDS)),
        };
        source.at = node.at.to_string();
        source.tenant = map.get("tenant").map_or(Ok("".into()), name)?;
        if let Some(table) = map.get("table") {
            source.table = name(table)?;
        }
        if let Some(zone) = map.get("timezone") {
            source.zone = read_zone(zone)?;
        }
        if let Some(node) = map.get("fields") {
            source.fields = fields(node)?;
        }
        Ok(source)
    }
}

fn read_zone(node: &Node) -> Result<Arc<str>, Fault> {
    let zone = node.text()?;
    jiff::tz::TimeZone::get(&zone).map_err(|error| {
        Fault::new("CONFIG-010", FaultKind::Config, format!("unknown time zone `{zone}`"))
            .at(&node.at)
            .because(error)
            .hint("use an IANA name such as Europe/Berlin")
    })?;
    Ok(zone.into())
}

fn read_syslog(listen: &Node, transport: Option<&Node>, tls: Option<&Node>) -> Result<SourceKind, Fault> {
    let addr = address(listen)?;
    let words = match transport {
        None => vec!["udp".to_owned(), "tcp".to_owned()],
        Some(node) => node.list().iter().map(transport_of).collect::<Result<_, _>>()?,
    };
    let has = |word: &str| words.iter().any(|have| have == word);
    let files = match (has("tls"), tls) {
        (false, None) => None,
        (false, Some(node)) => return Err(senseless(node, "tls", "the `transport` of the source is not `tls`")),
        (true, _) if has("tcp") => {
            return Err(senseless(transport.unwrap_or(listen), "tcp", "one address cannot take both `tcp` and `tls`"));
        }
        (true, Some(node)) => Some(tls_files(node)?),
        (true, None) => return Err(no_files(transport.unwrap_or(listen))),
    };
    let tcp = has("tcp") || files.is_some();
    Ok(SourceKind::Syslog { udp: has("udp").then_some(addr), tcp: tcp.then_some(addr), tls: files })
}

fn transport_of(node: &Node) -> Result<String, Fault> {
    let word = node.text()?;
    match word.as_str() {
        "udp" | "tcp" | "tls" => Ok(word),
        other => Err(unknown_word(node, "transport", other, &["udp", "tcp", "tls"])),
    }
}

/// What a listener shows to those who connect, and who may.
pub fn tls_files(node: &Node) -> Result<TlsFiles, Fault> {
    let map = node.map(&["cert_file", "key_file", "ca_file"])?;
    let file = |key: &str| map.need(key)?.text().map(Into::into);
    let (cert_file, key_file) = (file("cert_file")?, file("key_file")?);
    Ok(TlsFiles { cert_file, key_file, ca_file: map.text("ca_file")?.map(Into::into), at: node.at.to_string() })
}

fn no_files(node: &Node) -> Fault {
    Fault::new("CONFIG-005", FaultKind::Config, "`tls` is missing")
        .at(&node.at)
        .hint("write `tls: { cert_file: PATH, key_file: PATH }`")
}

/// An address with a port, such as `0.0.0.0:5514` or `[::]:5514`.
pub fn address(node: &Node) -> Result<SocketAddr, Fault> {
    let text = node.text()?;
    text.parse().map_err(|_| {
        Fault::new("CONFIG-007", FaultKind::Config, format!("`{text}` is not an address with a port"))
            .at(&node.at)
            .hint("write for example 127.0.0.1:5514 or [::]:5514")
    })
}

/// `word` is not one of `known`.
pub fn unknown_word(node: &Node, what: &str, word: &str, known: &[&str]) -> Fault {
    let hint = match weir_event::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    };
    Fault::new("CONFIG-008", FaultKind::Config, format!("unknown {what} `{word}`")).at(&node.at).hint(hint)
}

/// A setting that nothing would come of.
pub fn senseless(node: &Node, key: &str, why: impl std::fmt::Display) -> Fault {
    Fault::new("CONFIG-018", FaultKind::Config, format!("`{key}` has no meaning here"))
        .at(&node.at)
        .because(why)
        .hint(format!("leave `{key}` out"))
}

impl Route {
    pub fn read(node: &Node) -> Result<Route, Fault> {
        let map = node.map(&["name", "source", "filter", "drop", "table", "bucket"])?;
        let drop = map.get("drop").map(Node::boolean).transpose()?.unwrap_or(false);
        let to = if drop {
            RouteTo::Drop
        } else {
            RouteTo::Table { table: name(map.need("table")?)?, bucket: map.get("bucket").map(name).transpose()? }
        };
        let source = map.get("source").map(name).transpose()?;
        let filter = map.get("filter").map(Node::passage).transpose()?;
        Ok(Route { name: name(map.need("name")?)?, source, filter, to })
    }
}
