//! The part `recognise` of a pack file.

use weir_event::Fault;

use super::fault;
use super::yaml::Node;
use crate::recognise::{Clause, Format};

pub(super) const KEYS: &[&str] =
    &["format", "vendor", "product", "program", "starts", "contains", "any", "without", "keys"];

/// One clause, or a list of clauses of which any suffices.
pub fn read(node: &Node) -> Result<Vec<Clause>, Fault> {
    node.items().iter().map(clause).collect()
}

fn clause(node: &Node) -> Result<Clause, Fault> {
    node.only(KEYS)?;
    let lower = |texts: Vec<String>| texts.iter().map(|text| text.to_lowercase()).collect();
    let list = |key: &str| node.get(key).map_or(Ok(Vec::new()), Node::texts);
    let mut clause = Clause {
        format: node.get("format").map(format).transpose()?.flatten(),
        header: node.get("format").is_some_and(|format| format.text().is_ok_and(|word| word == "syslog")),
        vendors: lower(list("vendor")?),
        products: lower(list("product")?),
        programs: list("program")?,
        starts: list("starts")?,
        contains: list("contains")?,
        any: list("any")?,
        without: list("without")?,
    };
    clause.contains.extend(list("keys")?.iter().map(|key| match clause.format {
        Some(Format::Json) => format!("\"{key}\""),
        _ => format!("{key}="),
    }));
    Ok(clause)
}

/// `None` is any format.
fn format(node: &Node) -> Result<Option<Format>, Fault> {
    Ok(Some(match node.text()? {
        "cef" => Format::Cef,
        "leef" => Format::Leef,
        "json" => Format::Json,
        "text" | "kv" | "csv" | "xml" | "syslog" => Format::Text,
        "any" => return Ok(None),
        other => {
            let known = &["cef", "leef", "json", "kv", "csv", "xml", "text", "syslog", "any"];
            return Err(fault::unknown_word(&node.place, "format", other, known));
        }
    }))
}
