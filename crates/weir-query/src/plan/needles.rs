//! Texts that a row's raw text must hold to survive the commands that follow, so that most rows need no parsing.
//!
//! `parse content, P | filter domain == "x"` keeps only rows whose `content` holds the literals of P and `x`: where the parse
//! fails the fields it gives are null, and the filter drops null.

use std::collections::HashSet;

use weir_event::{Timestamp, Value};
use weir_lang::ast::{Binary, Command, Expr, Node};
use weir_lang::dpl::{Pattern, PatternOptions, ValueKind};

use super::args::{items, name_of};
use super::parse::pattern_text;
use crate::expr::walk::conjuncts;

/// What a text must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needles {
    /// Pieces that lie in the text letter by letter.
    pub plain: Vec<String>,
    /// Pieces that the text may hold in an escaped spelling.
    pub escaped: Vec<String>,
}

/// What `field` must hold for a row to pass `commands`.
pub fn of(commands: &[Command], field: &str) -> Needles {
    let mut needles = Needles::default();
    if let Some(found) = survive(commands, field, 0) {
        needles = found;
    }
    for list in [&mut needles.plain, &mut needles.escaped] {
        let mut seen = HashSet::new();
        list.retain(|piece| !piece.is_empty() && seen.insert(piece.clone()));
    }
    needles
}

/// Parses that may hang on one another; deeper ones are not looked at.
const CHAIN_MAX: usize = 8;

/// `None` when nothing says that a row with `field` null is dropped.
fn survive(commands: &[Command], field: &str, depth: usize) -> Option<Needles> {
    let mut found: Option<Needles> = None;
    for (index, command) in commands.iter().enumerate() {
        match command.kind.name() {
            "filter" => {
                for arg in items(command) {
                    let tests = arg.expr().map(conjuncts).unwrap_or_default();
                    // Equality with a field of the table itself is tested as such.
                    let tests = tests.into_iter().filter(|test| depth > 0 || matches!(test.node, Node::Call(_)));
                    for piece in tests.filter_map(|test| demanded(test, field)) {
                        found.get_or_insert_default().plain.extend(piece);
                    }
                }
            }
            "filterOut" | "sort" => {}
            "fieldsAdd" if sets(command, field) => return found,
            "fieldsAdd" => {}
            "parse" => {
                let Some(inner) = parsed(command, &commands[index + 1..], field, depth) else { return found };
                if let Some(inner) = inner {
                    let have = found.get_or_insert_default();
                    have.plain.extend(inner.plain);
                    have.escaped.extend(inner.escaped);
                }
            }
            "fields"
                if items(command)
                    .iter()
                    .any(|arg| arg.alias.as_deref().is_none() && name_of(arg).as_deref() == Some(field)) => {}
            _ => return found,
        }
    }
    found
}

fn sets(command: &Command, field: &str) -> bool {
    items(command).iter().any(|arg| arg.alias.as_deref() == Some(field))
}

/// What a `parse` of `field` demands of it. The outer `None`: the parse sets `field` itself, so the search ends.
fn parsed(command: &Command, after: &[Command], field: &str, depth: usize) -> Option<Option<Needles>> {
    let pattern = pattern_text(command).and_then(|text| {
        let options = PatternOptions { now: Timestamp(0), ..PatternOptions::default() };
        Pattern::compile(&text, &options).ok()
    });
    let pattern = pattern?;
    let exports = pattern.exports();
    if exports.iter().any(|export| export.name == field) {
        return None;
    }
    let keeps = command.named("preserveFieldsOnFailure").is_some();
    let input = items(command).into_iter().find_map(name_of);
    if input.as_deref() != Some(field) || keeps || depth >= CHAIN_MAX {
        return Some(None);
    }
    let spelling = pattern_text(command).map_or(Spelling::Other, |text| Spelling::of(&text));
    let mut needles: Option<Needles> = None;
    for export in exports {
        let Some(inner) = survive(after, &export.name, depth + 1) else { continue };
        let have = needles.get_or_insert_default();
        have.plain.extend(pattern.required_literals().iter().cloned());
        match spelling {
            _ if export.kind != ValueKind::Text => {}
            Spelling::Same => {
                have.plain.extend(inner.plain);
                have.escaped.extend(inner.escaped);
            }
            Spelling::Json => have.escaped.extend(inner.plain.into_iter().chain(inner.escaped)),
            Spelling::Other => {}
        }
    }
    Some(needles)
}

/// How texts that a pattern gives are spelled in the text they were read from.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    /// Letter by letter.
    Same,
    /// With the escapes of JSON.
    Json,
    /// In ways that are not worth knowing.
    Other,
}

impl Spelling {
    fn of(pattern: &str) -> Spelling {
        let lower = pattern.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let others =
            ["kvp", "struct", "xml", "csv", "array", "quoted", "upper", "lower", "charset", "enum", "base", "url"];
        match () {
            () if has(&others) => Spelling::Other,
            () if has(&["json"]) => Spelling::Json,
            () if has(&["string", "dqs", "sqs"]) => Spelling::Other,
            () => Spelling::Same,
        }
    }
}

/// The piece that a condition demands of `field`, which it also demands not to be null.
fn demanded(test: &Expr, field: &str) -> Option<Option<String>> {
    let is_field = |expr: &Expr| matches!(&expr.node, Node::Field(name) if name == field);
    let text = |expr: &Expr| match &expr.node {
        Node::Literal(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    match &test.node {
        Node::Binary(Binary::Equal, left, right) if is_field(left) => Some(text(right)),
        Node::Binary(Binary::Equal, left, right) if is_field(right) => Some(text(left)),
        Node::Binary(Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual, left, right)
            if is_field(left) || is_field(right) =>
        {
            Some(None)
        }
        Node::Call(call) => {
            let known =
                ["contains", "startsWith", "endsWith"].iter().any(|name| call.function.name.eq_ignore_ascii_case(name));
            match &call.args[..] {
                [arg] if call.function.name.eq_ignore_ascii_case("isNotNull") => {
                    arg.expr().filter(|e| is_field(e)).map(|_| None)
                }
                [first, second] if known && first.name.is_none() && second.name.is_none() => {
                    first.expr().filter(|e| is_field(e))?;
                    Some(text(second.expr()?))
                }
                _ => None,
            }
        }
        _ => None,
    }
}
