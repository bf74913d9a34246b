//! The parts `read` and `then` of a pack file.

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::Fault;
use weir_lang::dpl::Macros;

use super::source::{Act, Code, Form, Header, Inside, KvDialect, Patterns, Reader, Shape, Step};
use super::yaml::{Node, NodeKind, Text};
use super::{fault, table, when};
use crate::map::{Nulls, Target};
use crate::pattern::Compiled;

/// Keys that say how a text is taken apart.
pub(super) const FORM_KEYS: [&str; 17] = [
    "format",
    "colon_keys",
    "glued_keys",
    "assign",
    "separator",
    "blanks",
    "strip",
    "leading",
    "choose",
    "same",
    "columns",
    "mark",
    "head",
    "macros",
    "messages",
    "by",
    "patterns",
];

/// Keys of `read` beside those of a form.
pub(super) const READ_KEYS: &[&str] = &["nulls", "keep_empty", "lists", "content", "inside", "header", "then"];

/// Keys of a step that reads a part, beside those of a form.
pub(super) const STEP_KEYS: &[&str] = &["part", "into", "keep", "when"];

const FORMATS: &[&str] = &["cef", "leef", "json", "kv", "csv", "xml", "structured", "text"];

/// The reader of a pack, of its own `read` and those of the packs it extends: the first says how, the steps of all are done in order.
/// Without a format the one that the pack recognises.
pub fn read(reads: &[&Node], recognise: &Node) -> Result<Reader, Fault> {
    let recognised = recognise.items().first().and_then(|clause| clause.get("format"));
    let Some(node) = reads.first() else {
        return Ok(Reader { form: form(None, recognised)?, ..Reader::default() });
    };
    only(node, READ_KEYS)?;
    let steps = reads.iter().filter_map(|node| node.get("then")).flat_map(Node::items);
    let list = |key: &str| node.get(key).map_or(Ok(Vec::new()), Node::texts);
    Ok(Reader {
        form: form(Some(node), recognised)?,
        then: steps.map(step).collect::<Result<_, _>>()?,
        nulls: Nulls::new(list("nulls")?),
        lists: list("lists")?,
        keep_empty: node.get("keep_empty").map_or(Ok(false), Node::flag)?,
        content: text(node, "content")?,
        inside: node.get("inside").map_or(Ok(Inside::default()), inside)?,
        header: node.get("header").map_or(Ok(Header::default()), header)?,
    })
}

/// `inside: { program: part, pid: part }`.
fn inside(node: &Node) -> Result<Inside, Fault> {
    node.only(&["program", "pid"])?;
    Ok(Inside { program: text(node, "program")?, pid: text(node, "pid")? })
}

/// `header: { host: field, program: field }`; `~` keeps a part out.
fn header(node: &Node) -> Result<Header, Fault> {
    node.only(&["host", "program"])?;
    let target = |key: &str, usual: Option<Target>| match node.get(key) {
        Some(name) => Ok(Some(name.text()?).filter(|name| !name.is_empty()).map(Target::of)),
        None => Ok(usual),
    };
    let usual = Header::default();
    Ok(Header { host: target("host", usual.host)?, program: target("program", usual.program)? })
}

/// A fault when `node` has a key that is neither one of a form nor one of `more`.
fn only(node: &Node, more: &[&'static str]) -> Result<(), Fault> {
    node.only(&FORM_KEYS.iter().chain(more).copied().collect::<Vec<_>>())
}

fn text(node: &Node, key: &str) -> Result<Option<String>, Fault> {
    node.get(key).map(|node| node.text().map(str::to_owned)).transpose()
}

fn step(node: &Node) -> Result<Step, Fault> {
    let when = when::of(node)?;
    let act = if let Some(part) = node.get("flatten") {
        node.only(&["flatten", "when"])?;
        Act::Flatten(part.text()?.to_owned())
    } else if let Some(part) = node.get("pairs") {
        node.only(&["pairs", "key", "value", "when"])?;
        let texts = |key: &str, usual: &str| node.get(key).map_or(Ok(vec![usual.to_owned()]), Node::texts);
        Act::Pairs {
            part: part.text()?.to_owned(),
            key: texts("key", "name")?.remove(0),
            values: texts("value", "value")?,
        }
    } else if let Some(parts) = node.get("decode") {
        node.only(&["decode", "from", "when"])?;
        let from = node.get("from").ok_or_else(|| fault::missing(&node.place, "from"))?;
        Act::Decode { parts: parts.texts()?, from: code(from)? }
    } else {
        only(node, STEP_KEYS)?;
        let part = text(node, "part")?.ok_or_else(|| fault::missing(&node.place, "part"))?;
        let form = form(Some(node), None)?;
        // What patterns leave out of a text is still worth a search.
        let keep = node.get("keep").map_or(Ok(matches!(form.shape, Shape::Patterns(_))), Node::flag)?;
        Act::Read { part, form, into: text(node, "into")?, keep }
    };
    Ok(Step { when, act })
}

fn code(node: &Node) -> Result<Code, Fault> {
    match node.text()? {
        "percent" => Ok(Code::Percent),
        "base64" => Ok(Code::Base64),
        "hex" => Ok(Code::Hex),
        other => Err(fault::unknown_word(&node.place, "code", other, &["percent", "base64", "hex"])),
    }
}

fn form(node: Option<&Node>, recognised: Option<&Node>) -> Result<Form, Fault> {
    let list = |key: &str| node.and_then(|node| node.get(key)).map_or(Ok(Vec::new()), Node::texts);
    Ok(Form {
        shape: shape(node, recognised)?,
        cef_quirks: crate::cef::Quirks { colon_keys: list("colon_keys")?, glued_keys: list("glued_keys")? },
        strip: list("strip")?,
        leading: node.map_or(Ok(None), |node| text(node, "leading"))?,
    })
}

fn shape(node: Option<&Node>, recognised: Option<&Node>) -> Result<Shape, Fault> {
    let given = node.and_then(|node| node.get("format")).or(recognised);
    let Some(given) = given else { return patterns(node) };
    match given.text()? {
        "cef" => Ok(Shape::Cef),
        "leef" => Ok(Shape::Leef),
        "json" => Ok(Shape::Json),
        "xml" => Ok(Shape::Xml),
        "structured" => Ok(Shape::Structured),
        "kv" => kv(node),
        "csv" => table::read(node.unwrap_or(given)).map(Shape::Table),
        "text" | "syslog" | "any" => patterns(node),
        other => Err(fault::unknown_word(&given.place, "format", other, FORMATS)),
    }
}

/// `head`, `messages` and `patterns` of a text reader.
fn patterns(node: Option<&Node>) -> Result<Shape, Fault> {
    let Some(node) = node else { return Ok(Shape::Text) };
    let macros = &Arc::new(node.get("macros").map_or(Ok(Macros::default()), macros)?);
    let mut patterns = Patterns {
        head: node.get("head").map(|node| compile(node, macros)).transpose()?,
        mark: text(node, "mark")?,
        by_id: HashMap::default(),
        by: text(node, "by")?,
        general: Vec::new(),
    };
    for (ids, list) in node.get("messages").map_or(Ok(&[][..]), Node::map)? {
        let compiled = list.items().iter().map(|item| compile(item, macros)).collect::<Result<Vec<_>, _>>()?;
        // Ids of a head are single words, the text of a part can be anything.
        let split = |letter: char| letter == ',' || letter == ' ' && patterns.by.is_none();
        for id in ids.split(split).map(str::trim).filter(|id| !id.is_empty()) {
            patterns.by_id.entry_ref(id).or_default().extend(compiled.iter().cloned());
        }
    }
    for item in node.get("patterns").map_or(&[][..], Node::items) {
        patterns.general.push(compile(item, macros)?);
    }
    let any = patterns.head.is_some() || !patterns.by_id.is_empty() || !patterns.general.is_empty();
    Ok(if any { Shape::Patterns(patterns) } else { Shape::Text })
}

fn macros(node: &Node) -> Result<Macros, Fault> {
    Macros::read(node.text()?).map_err(|cause| fault::bad_pattern(&node.place, &cause))
}

/// Patterns of built-in packs, whose texts are pieces of the program, are known to compile.
fn compile(node: &Node, macros: &Arc<Macros>) -> Result<Arc<Compiled>, Fault> {
    let compiled = match &node.kind {
        NodeKind::Text(Text::Borrowed(text)) => Ok(Compiled::later(macros, text)),
        _ => Compiled::now(macros, node.text()?),
    };
    compiled.map(Arc::new).map_err(|cause| fault::bad_pattern(&node.place, &cause))
}

/// How pairs are written: `assign` and `separator`, one character each; the separator is guessed when it is not given.
fn kv(node: Option<&Node>) -> Result<Shape, Fault> {
    let byte = |key: &str| {
        let Some(node) = node.and_then(|node| node.get(key)) else { return Ok(None) };
        match node.text()? {
            "tab" => Ok(Some(b'\t')),
            "blank" => Ok(Some(b' ')),
            text => match text.as_bytes() {
                [byte] => Ok(Some(*byte)),
                _ => Err(fault::wrong_shape(&node.place, "one ASCII character, `tab` or `blank`")),
            },
        }
    };
    let blanks = node.and_then(|node| node.get("blanks"));
    Ok(Shape::Kv(KvDialect {
        assign: byte("assign")?.unwrap_or(b'='),
        separator: byte("separator")?,
        blanks_in_keys: blanks.map_or(Ok(false), Node::flag)?,
    }))
}
