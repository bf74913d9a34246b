//! Completion, hover and the language server.

use serde_json::{Value as Json, json};

use crate::tools::lsp::Server;
use crate::tools::{Known, complete, hover};
use crate::types::Type;

fn known() -> Known {
    let field = |name: &str, ty| (name.to_owned(), Some(ty));
    Known {
        tables: vec!["logs".to_owned(), "events".to_owned()],
        fields: vec![field("host.name", Type::Text), field("status", Type::Long), field("odd name", Type::Long)],
    }
}

/// The place is where `^` stands. What must be offered, and what must not.
#[track_caller]
fn offers(marked: &str, some: &[&str], not: &[&str]) {
    let offset = marked.find('^').expect("a place");
    let list = complete(&marked.replace('^', ""), offset, &known());
    let labels: Vec<&str> = list.iter().map(|item| item.label.as_str()).collect();
    for label in some {
        assert!(labels.contains(label), "{marked}: no {label} in {labels:?}");
    }
    for label in not {
        assert!(!labels.contains(label), "{marked}: {label} in {labels:?}");
    }
}

#[test]
fn a_place_offers_what_may_stand_there() {
    offers("^", &["fetch", "data", "let"], &["filter"]);
    offers("fetch ^", &["logs", "events"], &["filter"]);
    offers("fetch logs, ^", &["from", "samplingRatio"], &["logs"]);
    offers("fetch logs, from: -2h, s^", &["samplingRatio", "scanLimitGBytes"], &["from"]);
    offers("fetch logs | f^", &["filter", "fieldsAdd"], &["fetch", "sort"]);
    offers("fetch logs | filter ^", &["status", "host.name", "contains", "not"], &["count", "rowNumber"]);
    offers("fetch logs | filter st^ and x", &["status", "startsWith"], &["host.name"]);
    offers("fetch logs | filter status ^", &["and", "or", "in"], &["status"]);
    offers("fetch logs | filter contains(host.name, ^", &["caseSensitive", "status"], &[]);
    offers("fetch logs | summarize ^", &["count", "by"], &["rowNumber"]);
    offers("fetch logs | window ^", &["rowNumber", "by", "sort"], &["sum"]);
    offers("fetch logs | summarize n = count(), by: {status} | sort ^", &["n", "status", "direction"], &["host.name"]);
    offers("fetch logs | sort n ^", &["asc", "desc"], &[]);
    offers("fetch logs | join [fetch events | fields a = 1 | filter ^", &["a"], &["status"]);
    offers("fetch logs | join [fetch events], kind: ^", &["leftOuter"], &["status"]);
    offers("fetch logs | parse content, \"IP^", &["IPADDR"], &[]);
    offers("fetch logs | filter content == \"IP^", &[], &["IPADDR"]);
    offers("fetch logs, from: now()@^", &["h", "d", "M"], &[]);
}

#[test]
fn odd_names_are_written_in_backticks() {
    let list = complete("fetch logs | filter odd", 23, &known());
    assert_eq!(list.iter().find(|item| item.label == "odd name").map(|item| item.insert.as_str()), Some("`odd name`"));
}

#[track_caller]
fn says(marked: &str, want: &str) {
    let offset = marked.find('^').expect("a place");
    let hover = hover(&marked.replace('^', ""), offset, &known());
    let text = hover.map(|hover| hover.text).unwrap_or_default();
    assert!(if want.is_empty() { text.is_empty() } else { text.contains(want) }, "{marked}: {text}");
}

#[test]
fn a_word_is_explained() {
    says("fetch logs | fil^ter status == 1", "Keeps the records for which the condition is true.");
    says("fetch logs | filter contai^ns(host.name, \"a\")", "contains(expression, substring[, caseSensitive:])");
    says("fetch logs | filter contains(host.name, \"a\", caseSens^itive: true)", "boolean");
    says("fetch logs, fro^m: -2h", "a timestamp");
    says("fetch logs | filter sta^tus == 1", "long");
    says("fetch logs | filter nowh^ere == 1", "");
    says("fetch logs | filter 1^2 == 1", "");
}

#[test]
fn places_within_any_prefix_are_harmless() {
    let text = "fetch logs, from: -2h | filter contains(`ä b`, \"x\\\"💥\") and a[0][b] in [fetch events | fields c] | summarize {n = count()}, by: {x@d}";
    for offset in 0..=text.len() + 3 {
        complete(text, offset, &known());
        hover(text, offset, &known());
        if let Some(prefix) = text.get(..offset) {
            complete(prefix, offset, &known());
        }
    }
}

#[track_caller]
fn ask(server: &mut Server, message: &Json) -> Vec<Json> {
    server.handle(&message.to_string()).iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

#[test]
fn an_editor_is_served() {
    let mut server = Server::new(known());
    let started = ask(&mut server, &json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}));
    assert_eq!(started[0]["result"]["capabilities"]["hoverProvider"], json!(true));
    assert!(ask(&mut server, &json!({"jsonrpc": "2.0", "method": "initialized", "params": {}})).is_empty());
    let open = |text: &str| json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": "a", "text": text}}});
    let found = ask(&mut server, &open("fetch logs\n| fliter a == 1"));
    let first = &found[0]["params"]["diagnostics"][0];
    assert_eq!(first["code"], json!("DQL-008"));
    assert_eq!(first["range"], json!({"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 8}}));
    let found = ask(&mut server, &open("fetch logs|filter stat == 1"));
    assert_eq!(found[0]["params"]["diagnostics"][0]["code"], json!("unknown-field"));
    let at = |character: u32| json!({"textDocument": {"uri": "a"}, "position": {"line": 0, "character": character}});
    let hover = ask(&mut server, &json!({"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": at(12)}));
    assert!(hover[0]["result"]["contents"]["value"].as_str().is_some_and(|text| text.contains("Keeps the records")));
    let list =
        ask(&mut server, &json!({"jsonrpc": "2.0", "id": 3, "method": "textDocument/completion", "params": at(22)}));
    assert!(list[0]["result"].as_array().is_some_and(|items| items.iter().any(|item| item["label"] == "status")));
    let edits =
        ask(&mut server, &json!({"jsonrpc": "2.0", "id": 4, "method": "textDocument/formatting", "params": at(0)}));
    assert_eq!(edits[0]["result"][0]["newText"], json!("fetch logs\n| filter stat == 1\n"));
    let change = json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "a"}, "contentChanges": [{"text": "fetch logs"}]}});
    assert_eq!(ask(&mut server, &change)[0]["params"]["diagnostics"], json!([]));
    let unknown = ask(&mut server, &json!({"jsonrpc": "2.0", "id": "x", "method": "nothing"}));
    assert_eq!(unknown[0]["error"]["code"], json!(-32601));
    assert_eq!(server.handle("{").len(), 1);
    ask(&mut server, &json!({"jsonrpc": "2.0", "id": 5, "method": "shutdown"}));
    ask(&mut server, &json!({"jsonrpc": "2.0", "method": "exit"}));
    assert!(server.ended_well());
}
