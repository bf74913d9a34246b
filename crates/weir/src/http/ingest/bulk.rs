//! `_bulk`, the protocol by which shippers hand documents to a search engine, and what they ask before they send.
//!
//! A document is stored with the name of its index as `{"_index":..,"_source":..}`, which a pack opens.

use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use weir_event::{Fault, FaultKind, limits, write_json_string};
use weir_parse::json::{self, JsonError, Top};

use super::{App, Chunks, Picked, Scope, allow, body, take_picked};
use crate::http::records::check_length;
use crate::http::{Problem, page};

/// The source of all that comes this way.
const SOURCE: &str = "bulk";

/// The version that is named to those who ask: clients refuse to send to one older than they are, and nothing else depends on it.
const VERSION: &str = "9.9.0";

/// `GET /`: what the server is, for a client that asks for JSON; the page for everybody else.
pub async fn root(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok()).unwrap_or_default();
    let is_client = headers.contains_key(header::AUTHORIZATION) || accepts.contains("json");
    if !is_client || accepts.contains("text/html") {
        return page::page(method, uri, Body::empty()).await;
    }
    known(&app, &headers, || {
        json!({
            "name": "weir",
            "cluster_name": "weir",
            "cluster_uuid": "weir",
            "version": {"number": VERSION, "build_flavor": "default"},
            "tagline": "You Know, for Search",
        })
    })
}

/// `GET /_license`, without which some shippers do not send.
pub async fn license(State(app): State<App>, headers: HeaderMap) -> Response {
    known(&app, &headers, || json!({"license": {"uid": "weir", "type": "basic", "status": "active"}}))
}

/// `GET /_cluster/health` and `/_cat/health`, by which shippers find out whether they may send again.
pub async fn health(State(app): State<App>) -> Response {
    let (code, status) = match app.is_ready() {
        true => (StatusCode::OK, "green"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "red"),
    };
    named((code, Json(json!({"cluster_name": "weir", "status": status}))).into_response())
}

/// An answer to somebody who may send.
fn known(app: &App, headers: &HeaderMap, says: impl FnOnce() -> Value) -> Response {
    match allow(app, headers, Scope::Ingest) {
        Ok(_) => named(Json(says()).into_response()),
        Err(fault) => named(Refusal(fault.into()).into_response()),
    }
}

/// With the header by which clients tell that they talk to what they expect.
fn named(mut response: Response) -> Response {
    response.headers_mut().insert("x-elastic-product", HeaderValue::from_static("Elasticsearch"));
    response
}

/// `POST /_bulk`.
pub async fn any(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    answer(&app, &headers, None, body).await
}

/// `POST /{index}/_bulk`: documents that name no index belong to that one.
pub async fn of_index(State(app): State<App>, Path(index): Path<String>, headers: HeaderMap, body: Body) -> Response {
    answer(&app, &headers, Some(&index), body).await
}

async fn answer(app: &App, headers: &HeaderMap, index: Option<&str>, body: Body) -> Response {
    let begun = Instant::now();
    let mut body = body.into_data_stream();
    match take_picked(app, headers, SOURCE, &mut body, |bytes, chunks| pick(bytes, index, chunks)).await {
        Ok(said) => {
            let head = format!("{{\"took\":{},\"errors\":{},\"items\":[", begun.elapsed().as_millis(), said.errors);
            let text = [head.as_str(), &said.items, "]}"].concat();
            named(([(header::CONTENT_TYPE, "application/json")], text).into_response())
        }
        Err(problem) => named(body::refuse(Refusal(problem), &mut body).await),
    }
}

/// What the answer says of each document.
#[derive(Debug, Default)]
struct Said {
    errors: bool,
    /// JSON objects, a comma between them.
    items: String,
}

/// What an action line asks for.
struct Action {
    does: Does,
    /// Names as JSON.
    index: Option<String>,
    id: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Does {
    Index,
    Create,
    Update,
    Delete,
}

impl Does {
    const ALL: [Does; 4] = [Does::Index, Does::Create, Does::Update, Does::Delete];

    fn name(self) -> &'static str {
        match self {
            Does::Index => "index",
            Does::Create => "create",
            Does::Update => "update",
            Does::Delete => "delete",
        }
    }
}

/// Reads pairs of lines, an action and its document. An action that cannot be read ends it all, since nothing tells what follows it.
fn pick(bytes: &[u8], index: Option<&str>, chunks: Chunks) -> Result<Picked<Said>, Problem> {
    let mut picked = Picked::<Said>::new(chunks);
    index.map_or(Ok(()), check_name).map_err(|fault| fault.at("address"))?;
    let mut record = String::new();
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    while let Some((number, line)) = lines.find(|(_, line)| !line.is_empty()) {
        let mut action = action(line).map_err(|fault| fault.at(format_args!("line {}", number + 1)))?;
        action.index = action.index.or_else(|| index.map(quoted));
        let stored = match action.does {
            Does::Delete => Err(changes_nothing()),
            Does::Update => lines.next().map_or_else(|| Err(no_document()), |_| Err(changes_nothing())),
            Does::Index | Does::Create => {
                let document = lines.next().map(|(_, line)| line).unwrap_or_default();
                wrapped(&action, document, &mut record)
            }
        };
        match &stored {
            Ok(()) => picked.chunks.push(record.as_bytes())?,
            Err(_) => {
                picked.refuse()?;
                picked.says.errors = true;
            }
        }
        say(&action, stored.err(), &mut picked.says.items);
        picked.chunks.check_bytes(picked.says.items.len())?;
    }
    if picked.says.items.is_empty() {
        let fault = Fault::new("HTTP-007", FaultKind::Usage, "the body holds no documents");
        return Err(fault.hint("send a line with the action and a line with the document, for each document").into());
    }
    Ok(picked)
}

fn action(line: &[u8]) -> Result<Action, Fault> {
    let text = std::str::from_utf8(line).map_err(|_| no_action())?;
    let mut found = None;
    json::members(text, &mut |name, value| {
        let does = Does::ALL.into_iter().find(|does| does.name() == name);
        found = does.map(|does| (does, value));
    })
    .map_err(JsonError::to_fault)?;
    let (does, value) = found.ok_or_else(no_action)?;
    let mut action = Action { does, index: None, id: None };
    check_name(value)?;
    json::members(value, &mut |name, value| match &*name {
        "_index" => action.index = name_of(value),
        "_id" => action.id = name_of(value),
        _ => {}
    })
    .map_err(JsonError::to_fault)?;
    Ok(action)
}

/// Writes a document as it is stored.
fn wrapped(action: &Action, document: &[u8], record: &mut String) -> Result<(), Fault> {
    if json::validate(document).map_err(JsonError::to_fault)? != Top::Object {
        return Err(no_document());
    }
    let opened = document.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    record.clear();
    record.push_str("{\"_index\":");
    record.push_str(action.index.as_deref().unwrap_or("null"));
    if let Some(id) = &action.id {
        record.push_str(",\"_id\":");
        record.push_str(id);
    }
    record.push_str(",\"_source\":");
    record.push_str(std::str::from_utf8(document).unwrap_or_default());
    record.push('}');
    if opened >= limits::NESTING_MAX {
        // One object more around it may be one too many.
        json::validate(record.as_bytes()).map_err(JsonError::to_fault)?;
    }
    check_length(record.len())
}

fn say(action: &Action, fault: Option<Fault>, items: &mut String) {
    items.push_str(if items.is_empty() { "{\"" } else { ",{\"" });
    items.push_str(action.does.name());
    items.push_str("\":{\"_index\":");
    items.push_str(action.index.as_deref().unwrap_or("null"));
    items.push_str(",\"_id\":");
    items.push_str(action.id.as_deref().unwrap_or("null"));
    match fault {
        None => items.push_str(",\"status\":201,\"result\":\"created\"}}"),
        Some(fault) => {
            items.push_str(",\"status\":400,\"error\":{\"type\":\"illegal_argument_exception\",\"reason\":");
            write_json_string(&format!("{}: {}", fault.id(), fault.says()), items);
            items.push_str("}}}");
        }
    }
}

/// A string or a number as a string, without what only lenient readers of JSON take.
fn name_of(value: &str) -> Option<String> {
    match json::to_value(value).ok()? {
        weir_event::Value::Text(text) => Some(quoted(&text)),
        weir_event::Value::Long(number) => Some(quoted(&number.to_string())),
        _ => None,
    }
}

/// Refuses what would make an answer far longer than its request, since each of its documents is answered with it.
fn check_name(text: &str) -> Result<(), Fault> {
    const BYTES_MAX: usize = 2_048;
    if text.len() <= BYTES_MAX {
        return Ok(());
    }
    let what = format!("an index or an action is longer than {BYTES_MAX} bytes");
    Err(Fault::new("HTTP-026", FaultKind::Usage, what).hint("choose shorter names"))
}

fn quoted(name: &str) -> String {
    let mut text = String::new();
    write_json_string(name, &mut text);
    text
}

fn no_action() -> Fault {
    Fault::new("HTTP-018", FaultKind::Usage, "the line is no action")
        .hint("each document stands behind a line such as `{\"create\":{\"_index\":\"NAME\"}}`")
}

fn no_document() -> Fault {
    Fault::new("HTTP-019", FaultKind::Usage, "the line behind an action is no JSON object")
        .hint("send each document on one line")
}

fn changes_nothing() -> Fault {
    Fault::new("HTTP-020", FaultKind::Usage, "stored events are neither changed nor deleted")
        .hint("send documents with `create` or `index`")
}

/// A problem found before the request was looked at.
pub fn refusal(problem: Problem) -> Response {
    named(Refusal(problem).into_response())
}

/// A problem as clients of the protocol read it, with that of weir beside it.
struct Refusal(Problem);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal(problem) = self;
        let kind = match problem.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "security_exception",
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "es_rejected_execution_exception",
            StatusCode::NOT_FOUND => "index_not_found_exception",
            _ => "illegal_argument_exception",
        };
        let mut body = problem.json();
        body["error"]["type"] = kind.into();
        body["error"]["reason"] = problem.fault.says().into();
        body["status"] = problem.status.as_u16().into();
        problem.answer(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records, and what the answer says of each document.
    #[track_caller]
    fn check(body: &str, records: &str, items: &str) {
        let picked = pick(body.as_bytes(), Some("logs"), Chunks::new(1 << 10)).unwrap();
        let chunks = picked.chunks.done();
        let stored: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.bytes).collect();
        assert_eq!(String::from_utf8(stored).unwrap(), records, "{body}");
        let answer: Value = serde_json::from_str(&format!("[{}]", picked.says.items)).unwrap();
        let told = answer.as_array().unwrap().iter().map(|item| {
            let (does, says) = item.as_object().unwrap().iter().next().unwrap();
            format!("{does} {} {} {}", says["_index"], says["_id"], says["status"])
        });
        assert_eq!(told.collect::<Vec<_>>().join(", "), items, "{body}");
        assert_eq!(picked.says.errors, picked.refused > 0);
    }

    #[test]
    fn documents_are_stored_with_their_index() {
        check(
            "{\"create\":{\"_index\":\"a\\u0062\",\"_id\":\"7\u{1}\"}}\n{\"m\" : 1}\r\n\n{\"index\":{\"_id\":8}}\n{\"n\":2}\n{\"index\":{\"_id\":[]}}\n{}",
            r#"{"_index":"ab","_id":"7\u0001","_source":{"m" : 1}}{"_index":"logs","_id":"8","_source":{"n":2}}{"_index":"logs","_source":{}}"#,
            r#"create "ab" "7\u0001" 201, index "logs" "8" 201, index "logs" null 201"#,
        );
    }

    #[test]
    fn what_is_not_stored_is_told_for_each_document() {
        check(
            "{\"delete\":{\"_id\":\"1\"}}\n{\"update\":{\"_id\":\"2\"}}\n{\"doc\":{}}\n{\"index\":{}}\n[1]\n{\"index\":{}}\n{\"a\":}\n{\"create\":{}}\n{}\n{\"index\":{}}",
            r#"{"_index":"logs","_source":{}}"#,
            r#"delete "logs" "1" 400, update "logs" "2" 400, index "logs" null 400, index "logs" null 400, create "logs" null 201, index "logs" null 400"#,
        );
    }

    #[test]
    fn an_answer_is_limited_too() {
        let many = "{\"delete\":{}}\n".repeat(100);
        assert_eq!(pick(many.as_bytes(), None, Chunks::new(1 << 10)).err().unwrap().fault.id(), "HTTP-022");
        let name = "x".repeat(3_000);
        assert_eq!(pick(many.as_bytes(), Some(&name), Chunks::new(1 << 20)).err().unwrap().fault.id(), "HTTP-026");
        let deep =
            |levels: usize| format!("{{\"index\":{{}}}}\n{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        let refused = |levels: usize| pick(deep(levels).as_bytes(), None, Chunks::new(1 << 10)).ok().unwrap().refused;
        assert_eq!([62, 63, 64].map(refused), [0, 1, 1]);
    }

    #[test]
    fn an_action_that_cannot_be_read_refuses_the_whole() {
        for (body, id, place) in [
            ("{\"index\":{}}\n{}\n{\"put\":{}}\n{}", "HTTP-018", "line 3"),
            ("\n{\"index\":7}\n{}", "PARSE-002", "line 2"),
            ("text", "PARSE-002", "line 1"),
            ("{\"index\":{\"a\":\"\u{fffd}\"}", "PARSE-002", "line 1"),
            (&format!("{{\"index\":{{\"_id\":\"{}\"}}}}\n{{}}", "x".repeat(3_000)), "HTTP-026", "line 1"),
            ("\n\n", "HTTP-007", ""),
        ] {
            let problem = pick(body.as_bytes(), None, Chunks::new(1 << 10)).err().unwrap();
            assert_eq!((problem.fault.id(), problem.fault.place()), (id, place), "{body}");
        }
    }
}
