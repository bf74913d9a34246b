//! The language server: JSON-RPC messages in, messages out. Framing and streams are the caller's.
//!
//! Knows documents as whole texts, and positions in UTF-16 units as the protocol counts them.

mod place;

use std::collections::BTreeMap;

use weir_event::{Record, Value, write_json};

use super::{Completion, CompletionKind, Known, complete, format, hover, lint};
use crate::ast::Span;
use crate::fault::span_of;
use crate::{json, parse_query};
use place::{offset_of, position_of};

/// Texts open at a time, and bytes of one.
const DOCUMENTS_MAX: usize = 256;
const DOCUMENT_BYTES_MAX: usize = weir_event::limits::QUERY_BYTES_MAX;
/// Entries of one list of completions.
const COMPLETIONS_MAX: usize = 500;

type Message = Record<'static>;

/// One session with one editor.
#[derive(Debug, Default)]
pub struct Server {
    documents: BTreeMap<String, String>,
    known: Known,
    asked_to_stop: bool,
    stopped: bool,
}

impl Server {
    pub fn new(known: Known) -> Server {
        Server { known, ..Server::default() }
    }

    /// True when the editor has said goodbye.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// True when it did so in order: `shutdown` before `exit`.
    pub fn ended_well(&self) -> bool {
        self.stopped && self.asked_to_stop
    }

    /// Answers one message; gives the messages to send.
    pub fn handle(&mut self, message: &str) -> Vec<String> {
        let Some(Value::Record(message)) = json::read(message) else {
            return vec![text_of(failure(Value::Null, -32700, "this is not JSON"))];
        };
        let method = message.get("method").and_then(|method| method.as_str()).unwrap_or_default().to_owned();
        let params = member(&message, "params");
        let Some(id) = message.get("id").cloned() else {
            return self.notified(&method, &params).into_iter().map(text_of).collect();
        };
        vec![text_of(match self.asked(&method, &params) {
            Some(result) => answer(id, result),
            None => failure(id, -32601, "there is no such method"),
        })]
    }

    fn asked(&mut self, method: &str, params: &Value<'static>) -> Option<Value<'static>> {
        match method {
            "initialize" => Some(abilities()),
            "shutdown" => {
                self.asked_to_stop = true;
                Some(Value::Null)
            }
            "textDocument/completion" => Some(self.completion(params)),
            "textDocument/hover" => Some(self.hover(params)),
            "textDocument/formatting" => Some(self.formatting(params)),
            _ => None,
        }
    }

    fn notified(&mut self, method: &str, params: &Value<'static>) -> Vec<Message> {
        let Some(uri) = text_at(params, "$.textDocument.uri") else {
            self.stopped |= method == "exit";
            return Vec::new();
        };
        let text = match method {
            "textDocument/didOpen" => text_at(params, "$.textDocument.text"),
            // The server asked for whole texts, so the last change is all there is.
            "textDocument/didChange" => match json::follow(params, "$.contentChanges") {
                Some(Value::Array(changes)) => changes.last().and_then(|change| text_at(change, "$.text")),
                _ => None,
            },
            "textDocument/didClose" => {
                self.documents.remove(&uri);
                return vec![diagnostics(&uri, Vec::new())];
            }
            _ => return Vec::new(),
        };
        let fits = |text: &String| text.len() <= DOCUMENT_BYTES_MAX;
        let Some(text) = text.filter(fits) else { return Vec::new() };
        if self.documents.len() >= DOCUMENTS_MAX && !self.documents.contains_key(&uri) {
            return Vec::new();
        }
        let found = self.diagnose(&text);
        self.documents.insert(uri.clone(), text);
        vec![diagnostics(&uri, found)]
    }

    fn diagnose(&self, text: &str) -> Vec<Value<'static>> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        match parse_query(text) {
            Err(fault) => {
                let span = span_of(text, &fault).unwrap_or_default();
                vec![diagnostic(text, span, Severity::Error, fault.id(), fault.says(), fault.fix())]
            }
            Ok(query) => {
                let found = lint(&query, &self.known);
                let shown = found
                    .iter()
                    .map(|lint| diagnostic(text, lint.span, Severity::Warning, lint.id, &lint.says, &lint.hint));
                shown.collect()
            }
        }
    }

    /// The document that a request is about, and the byte it points at.
    fn place(&self, params: &Value<'static>) -> Option<(&str, usize)> {
        let text = self.documents.get(&text_at(params, "$.textDocument.uri")?)?;
        let number = |path| match json::follow(params, path) {
            Some(Value::Long(number)) => usize::try_from(*number).ok(),
            _ => None,
        };
        Some((text, offset_of(text, number("$.position.line")?, number("$.position.character")?)))
    }

    fn completion(&self, params: &Value<'static>) -> Value<'static> {
        let Some((text, offset)) = self.place(params) else { return Value::Array(Vec::new()) };
        let items = complete(text, offset, &self.known);
        let order = |index: usize| Value::owned(format!("{index:04}"));
        let shown =
            items.iter().take(COMPLETIONS_MAX).enumerate().map(|(index, item)| completion(text, item, order(index)));
        Value::Array(shown.collect())
    }

    fn hover(&self, params: &Value<'static>) -> Value<'static> {
        let found = self.place(params).and_then(|(text, offset)| Some((text, hover(text, offset, &self.known)?)));
        let Some((text, hover)) = found else { return Value::Null };
        let contents = object([("kind", Value::text("markdown")), ("value", Value::owned(hover.text))]);
        object([("contents", contents), ("range", range(text, hover.span))])
    }

    /// One edit that replaces the whole text; none when nothing changes or the text has no tokens.
    fn formatting(&self, params: &Value<'static>) -> Value<'static> {
        let text = text_at(params, "$.textDocument.uri").and_then(|uri| self.documents.get(&uri));
        let Some(text) = text else { return Value::Array(Vec::new()) };
        match format(text) {
            Ok(formatted) if formatted != *text => {
                let whole = range(text, Span::new(0, text.len()));
                Value::Array(vec![object([("range", whole), ("newText", Value::owned(formatted))])])
            }
            _ => Value::Array(Vec::new()),
        }
    }
}

enum Severity {
    Error = 1,
    Warning = 2,
}

fn object<const N: usize>(members: [(&'static str, Value<'static>); N]) -> Value<'static> {
    Value::Record(members.into_iter().collect())
}

fn abilities() -> Value<'static> {
    let triggers = [" ", "|", "(", "{", ",", ":", "@"].map(Value::text).to_vec();
    let abilities = object([
        ("positionEncoding", Value::text("utf-16")),
        ("textDocumentSync", Value::Long(1)),
        ("completionProvider", object([("triggerCharacters", Value::Array(triggers))])),
        ("hoverProvider", Value::Bool(true)),
        ("documentFormattingProvider", Value::Bool(true)),
    ]);
    object([("capabilities", abilities), ("serverInfo", object([("name", Value::text("weir"))]))])
}

fn diagnostic(text: &str, span: Span, severity: Severity, id: &'static str, says: &str, hint: &str) -> Value<'static> {
    let words = if hint.is_empty() { says.to_owned() } else { format!("{says}\nhint: {hint}") };
    object([
        ("range", range(text, span)),
        ("severity", Value::Long(severity as i64)),
        ("code", Value::text(id)),
        ("source", Value::text("weir")),
        ("message", Value::owned(words)),
    ])
}

fn diagnostics(uri: &str, found: Vec<Value<'static>>) -> Message {
    let params = object([("uri", Value::owned(uri.to_owned())), ("diagnostics", Value::Array(found))]);
    let method = Value::text("textDocument/publishDiagnostics");
    [("jsonrpc", Value::text("2.0")), ("method", method), ("params", params)].into_iter().collect()
}

fn completion(text: &str, item: &Completion, order: Value<'static>) -> Value<'static> {
    // The protocol's numbers for function, field, keyword, property, module, unit, value.
    let kind = match item.kind {
        CompletionKind::Function => 3,
        CompletionKind::Field => 5,
        CompletionKind::Command | CompletionKind::Word => 14,
        CompletionKind::Parameter => 10,
        CompletionKind::Table => 9,
        CompletionKind::Unit => 11,
        CompletionKind::Matcher => 12,
    };
    let edit = object([("range", range(text, item.span)), ("newText", Value::owned(item.insert.clone()))]);
    object([
        ("label", Value::owned(item.label.clone())),
        ("kind", Value::Long(kind)),
        ("detail", Value::owned(item.detail.clone())),
        ("sortText", order),
        ("textEdit", edit),
    ])
}

fn range(text: &str, span: Span) -> Value<'static> {
    let position = |offset: u32| {
        let (line, character) = position_of(text, offset as usize);
        object([("line", Value::Long(line as i64)), ("character", Value::Long(character as i64))])
    };
    object([("start", position(span.start)), ("end", position(span.end))])
}

fn member(message: &Message, name: &str) -> Value<'static> {
    message.get(name).cloned().unwrap_or_default()
}

fn text_at(value: &Value<'static>, path: &str) -> Option<String> {
    json::follow(value, path)?.as_str().map(str::to_owned)
}

fn answer(id: Value<'static>, result: Value<'static>) -> Message {
    [("jsonrpc", Value::text("2.0")), ("id", id), ("result", result)].into_iter().collect()
}

fn failure(id: Value<'static>, code: i64, says: &'static str) -> Message {
    let error = object([("code", Value::Long(code)), ("message", Value::text(says))]);
    [("jsonrpc", Value::text("2.0")), ("id", id), ("error", error)].into_iter().collect()
}

fn text_of(message: Message) -> String {
    let mut out = String::new();
    write_json(&Value::Record(message), &mut out);
    out
}
