//! The API as an OpenAPI 3.1 document, made from the list of routes. `spec/api/openapi.json` holds what it says now.

use axum::Json;
use serde_json::{Map, Value, json};

use super::routes::{Entry, entries};

pub async fn document() -> Json<Value> {
    Json(describe())
}

/// The whole document.
pub fn describe() -> Value {
    let mut paths = Map::new();
    for entry in entries() {
        let path = entry.path.replace("{*", "{");
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[entry.method] = operation(&entry);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "weir", "version": "1", "description": "Security events in, questions and findings out."},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiToken": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Api-Token TOKEN`, or the token alone"},
            },
            "schemas": schemas(),
        },
    })
}

fn operation(entry: &Entry) -> Value {
    let mut answers = Map::new();
    let (status, kind, schema) = entry.gives;
    answers.insert(
        status.to_string(),
        json!({"description": entry.says, "content": {kind: {"schema": reference(schema)}}}),
    );
    for status in entry.refuses {
        let schema = json!({"schema": reference("Error")});
        answers.insert(
            status.to_string(),
            json!({"description": meaning(*status), "content": {"application/json": schema}}),
        );
    }
    let mut operation = json!({"summary": entry.says, "parameters": parameters(entry), "responses": answers});
    if let Some(scope) = entry.scope {
        operation["security"] = json!([{"bearer": []}, {"apiToken": []}]);
        operation["x-weir-scope"] = scope.name().into();
    }
    if let Some(takes) = entry.takes {
        operation["requestBody"] = json!({"required": true, "content": media(takes)});
    }
    operation
}

fn parameters(entry: &Entry) -> Vec<Value> {
    let text = || json!({"type": "string"});
    let in_path = entry.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path
        .map(|name| json!({"name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": text()}));
    let behind = entry.params.iter().map(|(name, says)| {
        json!({"name": name, "in": "query", "required": says.contains("required"), "description": says, "schema": text()})
    });
    in_path.chain(behind).collect()
}

/// Records come in several shapes; everything else is JSON.
fn media(schema: &str) -> Value {
    if schema != "Records" {
        return json!({"application/json": {"schema": reference(schema)}});
    }
    json!({
        "application/json": {"schema": reference("Records")},
        "application/x-ndjson": {"schema": reference("Text")},
        "text/plain": {"schema": reference("Text")},
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request is wrong; the error names the place",
        401 => "No token, or an unknown or revoked one",
        403 => "The token lacks the scope, or is another tenant's",
        404 => "Nothing is there under that name",
        408 => "The body did not arrive in time",
        409 => "Another server does this now; the error names it",
        413 => "A limit is passed; the error names it",
        415 => "Content type or encoding is not read",
        429 => "The queue is full; send again after Retry-After",
        503 => "The disk is full or weir is stopping; send again after Retry-After",
        _ => "Refused",
    }
}

fn object(members: Value) -> Value {
    json!({"type": "object", "properties": members})
}

fn list(name: &str, of: Value) -> Value {
    object(json!({name: {"type": "array", "items": of}}))
}

fn schemas() -> Value {
    let (text, number, whole, flag) =
        (json!({"type": "string"}), json!({"type": "number"}), json!({"type": "integer"}), json!({"type": "boolean"}));
    let time = json!({"type": ["string", "null"], "format": "date-time"});
    let texts = json!({"type": "array", "items": text});
    let fault = object(json!({
        "id": text, "what": text, "where": text, "why": text, "hint": text, "code": whole, "message": text,
    }));
    let token = object(json!({
        "id": text, "name": text, "tenant": text, "scopes": texts, "created_at": time, "revoked_at": time,
        "token": {"type": "string", "description": "The token itself, only in the answer that makes it"},
    }));
    let bad = object(json!({
        "index": whole, "offset": whole, "id": text, "what": text, "where": text, "why": text, "hint": text,
    }));
    json!({
        "Any": {},
        "Text": text,
        "Error": object(json!({"error": fault})),
        "Records": {"description": "One object, or an array of objects", "type": ["object", "array"]},
        "Taken": object(json!({"accepted": whole, "rejected": whole, "errors": {"type": "array", "items": bad}})),
        "Question": {
            "type": "object",
            "required": ["query"],
            "additionalProperties": false,
            "properties": {
                "query": text, "from": text, "to": text, "now": text, "limit": whole, "timezone": text,
                "arrived_after": {"type": "integer", "description": "Only what arrived after this log position"},
                "strict": {"type": "boolean", "description": "Refuses weir's own extensions of the languages"},
                "parameters": {
                    "type": "object",
                    "description": "What `$name` stands for in the query",
                    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
                },
            },
        },
        "Rows": {"type": "string", "description": "One record a line, then {\"weir.meta\": {rows, partial, scanned_bytes, scanned_rows, took_ms, notes, columns, position}}, or {\"weir.error\": {...}} when it failed on the way"},
        "Sources": list("sources", object(json!({
            "name": text, "kind": text, "events": whole, "events_per_second": number, "last_event": time,
            "dropped": whole, "refused": whole,
        }))),
        "Ledger": list("ledger", object(json!({
            "minute": time, "source": text, "received": whole, "stored": whole, "filtered": whole, "forwarded": whole,
            "dead_lettered": whole, "in_flight": whole,
        }))),
        "Pullers": list("pullers", object(json!({
            "name": text,
            "service": {"type": ["string", "null"], "description": "null for a source of kind sql, ssh, kafka or mqtt"},
            "kind": {"type": "string", "enum": ["sql", "ssh", "kafka", "mqtt"]},
            "source": text, "table": text, "dataset": text, "every_ms": whole,
            "doing": {"type": "string", "enum": ["starting", "pulling", "waiting", "failing", "elsewhere", "stopped"]},
            "next_at": time, "last_success": time, "pull_id": text,
            "cursors": {"type": "object", "description": "By partition; a service without partitions has one named \"\""},
            "ids": {"type": "integer", "description": "Identities remembered, to know records that come again"},
            "pulls": whole, "requests": whole, "received": whole, "duplicates": whole, "events": whole, "failures": whole,
            "error": {"type": ["object", "null"]},
        }))),
        "Rules": list("rules", object(json!({
            "id": text, "title": text, "query": text, "enabled": flag, "at": text,
            "interval": {"type": "integer", "description": "Nanoseconds"}, "cron": text,
            "last_run": time, "findings": whole, "error": {"type": ["object", "null"]},
        }))),
        "Findings": list("findings", json!({"type": "object"})),
        "NewToken": {
            "type": "object",
            "required": ["name", "scopes"],
            "additionalProperties": false,
            "properties": {"name": text, "tenant": text, "scopes": texts},
        },
        "Token": token,
        "Tokens": list("tokens", reference("Token")),
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    /// `UPDATE_EXPECT=1` writes the file.
    #[test]
    fn the_document_is_the_committed_one() {
        let mut text = String::new();
        writeln!(text, "{:#}", super::describe()).unwrap();
        expect_test::expect_file!["../../../../spec/api/openapi.json"].assert_eq(&text);
    }

    #[test]
    fn every_reference_has_its_schema() {
        let document = super::describe();
        let text = document.to_string();
        for (_, rest) in text.match_indices("#/components/schemas/").map(|(at, mark)| text.split_at(at + mark.len())) {
            let name = rest.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
