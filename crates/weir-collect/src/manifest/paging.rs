//! Paging: how the next page is asked for, and what ends it.

use weir_event::Fault;
use weir_yaml::Node;

use super::read::{self, Members};
use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

#[derive(Clone, Debug)]
pub struct Paging {
    pub kind: PagingKind,
    pub size: Option<Slotted>,
    /// An answer without a record is the last one.
    pub stop_empty: bool,
    /// An answer with fewer records than asked for is the last one.
    pub stop_short: bool,
    /// The last answer says so here.
    pub stop_when: Option<(Path, String)>,
    /// Pages of one pull; then it goes on at the next.
    pub max_pages: u64,
    /// Records that the source gives at most in one answer: as many mean that some are missing.
    pub full_at: Option<u64>,
}

#[derive(Clone, Debug)]
pub enum PagingKind {
    None,
    /// The `Link` header. `stop_attr` is an attribute of the link that may say that nothing follows.
    LinkHeader {
        rel: String,
        stop_attr: Option<(String, String)>,
    },
    /// An address in the body.
    NextUrl(Path),
    /// A token, sent as `page.token`.
    Token {
        from: TokenFrom,
        place: Place,
    },
    /// A count of records, sent as `page.offset`.
    Offset {
        total: Option<Path>,
        place: Place,
    },
    /// A count of pages, sent as `page.number`.
    Number {
        first: i64,
        pages: Option<Path>,
        place: Place,
    },
}

#[derive(Clone, Debug)]
pub enum TokenFrom {
    Body(Path),
    Header(String),
    /// Below the last record of the page.
    LastRecord(Path),
}

/// Where a manifest wants the value besides naming its slot itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// The slots of the request do it.
    Slots,
    /// A parameter of the query.
    Query(String),
}

const KEYS: &[&str] = &[
    "kind",
    "size",
    "stop",
    "stop_when",
    "max_pages",
    "full_at",
    "rel",
    "stop_attr",
    "path",
    "from",
    "param",
    "total",
    "first",
    "pages",
];
const KINDS: &[&str] = &["none", "link_header", "next_url", "token", "offset", "page"];
/// Pages of one pull unless the manifest says otherwise.
const PAGES_MAX: u64 = 10_000;

impl Paging {
    pub fn read(node: &Node) -> Result<Paging, Fault> {
        let map = node.map(KEYS)?;
        let kind_node = map.need("kind")?;
        let place = || Ok::<_, Fault>(map.text("param")?.map_or(Place::Slots, Place::Query));
        let kind = match kind_node.text()?.as_str() {
            "none" => PagingKind::None,
            "link_header" => PagingKind::LinkHeader {
                rel: map.text("rel")?.unwrap_or_else(|| "next".to_owned()),
                stop_attr: map.get("stop_attr").map(pair).transpose()?,
            },
            "next_url" => PagingKind::NextUrl(read::path(map.need("path")?)?),
            "token" => PagingKind::Token { from: token_from(map.need("from")?)?, place: place()? },
            "offset" => PagingKind::Offset { total: map.path("total")?, place: place()? },
            "page" => PagingKind::Number {
                first: map.number("first")?.unwrap_or(1),
                pages: map.path("pages")?,
                place: place()?,
            },
            other => return Err(fault::unknown_word(&kind_node.at, "kind of paging", other, KINDS)),
        };
        let stops = read::list(map.get("stop"), Node::text)?;
        if let Some(word) = stops.iter().find(|word| !["empty_page", "short_page"].contains(&word.as_str())) {
            return Err(fault::unknown_word(&node.at, "stop", word, &["empty_page", "short_page"]));
        }
        let has = |word: &str| stops.iter().any(|have| have == word);
        let whole = |key: &str| Ok::<_, Fault>(map.number(key)?.and_then(|number| u64::try_from(number).ok()));
        Ok(Paging {
            stop_empty: has("empty_page") || matches!(kind, PagingKind::Offset { .. } | PagingKind::Number { .. }),
            stop_short: has("short_page"),
            stop_when: map.get("stop_when").map(path_pair).transpose()?,
            size: map.slotted("size")?,
            max_pages: whole("max_pages")?.unwrap_or(PAGES_MAX).max(1),
            full_at: whole("full_at")?,
            kind,
        })
    }
}

/// The one member of a map.
fn pair(node: &Node) -> Result<(String, String), Fault> {
    match node.any_map()? {
        [(name, value)] => Ok((name.clone(), value.text()?)),
        _ => Err(node.wrong("a map with one member")),
    }
}

fn path_pair(node: &Node) -> Result<(Path, String), Fault> {
    let (name, text) = pair(node)?;
    let path = Path::parse(&name).map_err(|error| fault::bad_path(&node.at, &name, &error))?;
    Ok((path, text))
}

/// A path into the body, or `{ body | header | last_record }`.
fn token_from(node: &Node) -> Result<TokenFrom, Fault> {
    if let weir_yaml::Data::Text(_) = node.data {
        return Ok(TokenFrom::Body(read::path(node)?));
    }
    let map = node.map(&["body", "header", "last_record"])?;
    if let Some(path) = map.path("last_record")? {
        return Ok(TokenFrom::LastRecord(path));
    }
    match map.text("header")? {
        Some(name) => Ok(TokenFrom::Header(name)),
        None => Ok(TokenFrom::Body(read::path(map.need("body")?)?)),
    }
}
