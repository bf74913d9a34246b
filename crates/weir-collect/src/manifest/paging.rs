//! Paging: how the next page is asked for, and what ends it.

use weir_event::Fault;
use weir_yaml::Node;

use super::read::{self, Members};
use super::request::RequestShape;
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
    NextUrl(LinkFrom),
    /// A token, sent as `page.token`.
    Token {
        from: TokenFrom,
        place: Place,
    },
    /// A count of records, sent as `page.offset`.
    Offset {
        total: Option<Total>,
        place: Place,
    },
    /// A count of pages, sent as `page.number`.
    Number {
        first: i64,
        pages: Option<Path>,
        total: Option<Total>,
        place: Place,
    },
    /// The value of the cursor's field in the last records, sent as `page.key`.
    Keyset,
    /// The value of the cursor, as the last answer says it.
    Checkpoint(Path),
    /// A place that the source holds open: later pages are another request, with its name as `page.token`.
    Scroll {
        from: Path,
        next: Box<RequestShape>,
    },
}

/// Where the address of the next page is.
#[derive(Clone, Debug)]
pub enum LinkFrom {
    Body(Path),
    /// The first group of a regular expression over the text.
    Regex(Box<regex_automata::meta::Regex>),
}

/// How many records there are.
#[derive(Clone, Debug)]
pub enum Total {
    Body(Path),
    Slot(Slotted),
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

const KINDS: &[&str] =
    &["none", "link_header", "next_url", "token", "offset", "page", "keyset", "checkpoint", "scroll"];
const COMMON: &[&str] = &["kind", "size", "stop", "stop_when", "max_pages", "full_at"];

/// The keys that a kind has beside the common ones.
fn own_keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "link_header" => &["rel", "stop_attr"],
        "next_url" => &["path", "regex"],
        "token" => &["from", "param"],
        "offset" => &["total", "param"],
        "page" => &["first", "pages", "total", "param"],
        "checkpoint" => &["path"],
        "scroll" => &["from", "next"],
        _ => &[],
    }
}

/// Pages of one pull unless the manifest says otherwise.
const PAGES_MAX: u64 = 10_000;

impl Paging {
    /// One answer is all.
    pub fn none() -> Paging {
        Paging {
            kind: PagingKind::None,
            size: None,
            stop_empty: false,
            stop_short: false,
            stop_when: None,
            max_pages: PAGES_MAX,
            full_at: None,
        }
    }

    pub fn read(node: &Node) -> Result<Paging, Fault> {
        let kind_node = node.any_map()?.iter().find(|(name, _)| name == "kind").map(|(_, node)| node);
        let name = kind_node.map(Node::text).transpose()?.unwrap_or_default();
        let map = node.map(&[COMMON, own_keys(&name)].concat())?;
        let place = || Ok::<_, Fault>(map.text("param")?.map_or(Place::Slots, Place::Query));
        let total = || map.get("total").map(Total::read).transpose();
        let kind = match name.as_str() {
            "none" => PagingKind::None,
            "link_header" => PagingKind::LinkHeader {
                rel: map.text("rel")?.unwrap_or_else(|| "next".to_owned()),
                stop_attr: map.get("stop_attr").map(pair).transpose()?,
            },
            "next_url" => PagingKind::NextUrl(match map.get("regex") {
                Some(regex) => LinkFrom::Regex(Box::new(read::regex(regex)?)),
                None => LinkFrom::Body(read::path(map.need("path")?)?),
            }),
            "token" => PagingKind::Token { from: token_from(map.need("from")?)?, place: place()? },
            "offset" => PagingKind::Offset { total: total()?, place: place()? },
            "page" => PagingKind::Number {
                first: map.number("first")?.unwrap_or(1),
                pages: map.path("pages")?,
                total: total()?,
                place: place()?,
            },
            "keyset" => PagingKind::Keyset,
            "checkpoint" => PagingKind::Checkpoint(read::path(map.need("path")?)?),
            "scroll" => PagingKind::Scroll {
                from: read::path(map.need("from")?)?,
                next: Box::new(RequestShape::read(map.need("next")?)?),
            },
            other => return Err(fault::unknown_word(&map.need("kind")?.at, "kind of paging", other, KINDS)),
        };
        let stops = read::list(map.get("stop"), Node::text)?;
        if let Some(word) = stops.iter().find(|word| !["empty_page", "short_page"].contains(&word.as_str())) {
            return Err(fault::unknown_word(&node.at, "stop", word, &["empty_page", "short_page"]));
        }
        let has = |word: &str| stops.iter().any(|have| have == word);
        let whole = |key: &str| Ok::<_, Fault>(map.number(key)?.and_then(|number| u64::try_from(number).ok()));
        Ok(Paging {
            stop_empty: has("empty_page")
                || matches!(kind, PagingKind::Offset { .. } | PagingKind::Number { .. } | PagingKind::Scroll { .. }),
            stop_short: has("short_page") || matches!(kind, PagingKind::Keyset),
            stop_when: map.get("stop_when").map(path_pair).transpose()?,
            size: map.slotted("size")?,
            max_pages: whole("max_pages")?.unwrap_or(PAGES_MAX).max(1),
            full_at: whole("full_at")?,
            kind,
        })
    }
}

impl Total {
    fn read(node: &Node) -> Result<Total, Fault> {
        if node.text()?.contains("{{") {
            read::slotted(node).map(Total::Slot)
        } else {
            read::path(node).map(Total::Body)
        }
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
