//! The protocol of the HTTP event collector, which many products and all shippers speak: `/services/collector`.
//!
//! An event is stored as it came, with its envelope, which a pack opens. A channel gets acknowledgements: they are given when events are on
//! the disk, as every answer is, so any that is asked for later has been given before and holds.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use weir_event::{Fault, FaultKind, write_json_string};
use weir_parse::json::{self, JsonError};

use super::{App, Chunks, Params, Picked, Scope, allow, body, take_picked};
use crate::http::records::{check_count, check_length};
use crate::http::{Problem, Small, read_json};

/// The source of all that comes this way.
const SOURCE: &str = "hec";

/// What the protocol calls events that do not say what they are. With it every event has the member by which its envelope is known.
const KIND_UNSAID: &str = "httpevent";

/// Parameters of the address of raw lines that belong to the envelope of each.
const ENVELOPE: [&str; 4] = ["host", "source", "sourcetype", "index"];

/// `POST /services/collector/event`: objects one after the other, each with its event in `event`.
pub async fn events(State(app): State<App>, Query(params): Params, headers: HeaderMap, body: Body) -> Response {
    answer(&app, &headers, has_channel(&headers, &params), body, pick_events).await
}

/// `POST /services/collector/raw`: an event a line.
pub async fn raw(State(app): State<App>, Query(params): Params, headers: HeaderMap, body: Body) -> Response {
    answer(&app, &headers, has_channel(&headers, &params), body, |bytes, chunks| pick_lines(bytes, &params, chunks))
        .await
}

/// `GET /services/collector/health`.
pub async fn health(State(app): State<App>) -> Response {
    let (status, text, code) = match app.is_ready() {
        true => (StatusCode::OK, "HEC is healthy", 17),
        false => (StatusCode::SERVICE_UNAVAILABLE, "HEC is unhealthy, queues are full", 18),
    };
    (status, Json(json!({"text": text, "code": code}))).into_response()
}

#[derive(Deserialize)]
struct Asked {
    acks: Vec<u64>,
}

/// `POST /services/collector/ack`: what became of events that a channel got numbers for.
pub async fn acks(
    State(app): State<App>,
    Query(params): Params,
    headers: HeaderMap,
    body: Result<Small, Problem>,
) -> Response {
    let told = || {
        allow(&app, &headers, Scope::Ingest)?;
        if !has_channel(&headers, &params) {
            return Err(no_channel().into());
        }
        read_json::<Asked>(&body?.0)
    };
    match told() {
        Ok(asked) => {
            let acks: Map<String, Value> = asked.acks.iter().map(|number| (number.to_string(), true.into())).collect();
            Json(json!({"acks": acks})).into_response()
        }
        Err(problem) => Refusal { problem, number: None }.into_response(),
    }
}

fn has_channel(headers: &HeaderMap, params: &HashMap<String, String>) -> bool {
    headers.contains_key("x-splunk-request-channel") || params.contains_key("channel")
}

/// The first event of a request that is not stored.
type Bad = Option<(usize, Fault)>;

impl Picked<Bad> {
    /// Keeps a record, or what is wrong with it if it is the first. Fails when the request holds more than one may.
    fn keep(&mut self, number: usize, record: Result<&[u8], Fault>) -> Result<(), Fault> {
        match record {
            Ok(record) => self.chunks.push(record),
            Err(fault) => {
                self.says.get_or_insert((number, fault));
                self.refuse()
            }
        }
    }
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    channel: bool,
    body: Body,
    pick: impl FnOnce(&[u8], Chunks) -> Result<Picked<Bad>, Problem>,
) -> Response {
    static ACK: AtomicU64 = AtomicU64::new(0);
    let mut body = body.into_data_stream();
    match take_picked(app, headers, SOURCE, &mut body, pick).await {
        Ok(None) if channel => {
            let ack = ACK.fetch_add(1, Relaxed);
            Json(json!({"text": "Success", "code": 0, "ackId": ack})).into_response()
        }
        Ok(None) => Json(json!({"text": "Success", "code": 0})).into_response(),
        Ok(Some((number, fault))) => Refusal { problem: fault.into(), number: Some(number) }.into_response(),
        Err(problem) => body::refuse(Refusal { problem, number: None }, &mut body).await,
    }
}

fn pick_events(bytes: &[u8], chunks: Chunks) -> Result<Picked<Bad>, Problem> {
    let mut picked = Picked::<Bad>::new(chunks);
    let mut record = String::new();
    let objects = objects(bytes);
    check_count(objects.len())?;
    for (number, object) in objects.into_iter().enumerate() {
        let text = object.map(|range| std::str::from_utf8(&bytes[range]).unwrap_or_default());
        let whole = text.map_err(JsonError::to_fault).and_then(|text| envelope(text, &mut record));
        picked.keep(number, whole.map(|()| record.as_bytes()))?;
    }
    nonempty(picked)
}

/// Where the objects of a body are, which stand one after the other or in an array.
fn objects(bytes: &[u8]) -> Vec<Result<Range<usize>, JsonError>> {
    if bytes.trim_ascii_start().first() != Some(&b'[') {
        return json::split_values(bytes).into_iter().map(|value| value.map_err(|bad| bad.error)).collect();
    }
    let split = json::split_array(bytes).unwrap_or_default();
    // What is wrong with the last element is mostly that the array ends there.
    let behind = split.error.filter(|_| split.elements.last().is_none_or(Result::is_ok));
    split.elements.into_iter().map(|element| element.map_err(|bad| bad.error)).chain(behind.map(Err)).collect()
}

/// Writes an event as it is stored.
fn envelope(text: &str, record: &mut String) -> Result<(), Fault> {
    let (mut event, mut has_kind) = (None, false);
    let members = json::members(text, &mut |name, value| match &*name {
        "event" => event = Some(value),
        "sourcetype" => has_kind = true,
        _ => {}
    });
    members.map_err(JsonError::to_fault)?;
    match event {
        None | Some("null") => return Err(no_event()),
        Some(event) if event.trim_matches('"').trim().is_empty() => return Err(blank_event()),
        Some(_) => {}
    }
    record.clear();
    if has_kind {
        record.push_str(text);
    } else {
        record.push_str(text.trim_end().strip_suffix('}').unwrap_or(text));
        record.push_str(",\"sourcetype\":\"");
        record.push_str(KIND_UNSAID);
        record.push_str("\"}");
    }
    check_length(record.len())
}

fn pick_lines(bytes: &[u8], params: &HashMap<String, String>, chunks: Chunks) -> Result<Picked<Bad>, Problem> {
    let mut picked = Picked::<Bad>::new(chunks);
    let said: Vec<(&str, &str)> =
        ENVELOPE.iter().filter_map(|name| Some((*name, params.get(*name)?.as_str()))).collect();
    let mut record = String::new();
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
    for (number, line) in lines.enumerate() {
        let line = match said.is_empty() {
            true => line,
            false => {
                enveloped(line, &said, &mut record);
                record.as_bytes()
            }
        };
        picked.keep(number, check_length(line.len()).map(|()| line))?;
    }
    nonempty(picked)
}

/// A raw line with what the address says of it.
fn enveloped(line: &[u8], said: &[(&str, &str)], record: &mut String) {
    record.clear();
    record.push_str("{\"event\":");
    write_json_string(&String::from_utf8_lossy(line), record);
    let kind = Some(("sourcetype", KIND_UNSAID)).filter(|_| said.iter().all(|(name, _)| *name != "sourcetype"));
    for (name, value) in said.iter().copied().chain(kind) {
        record.push_str(",\"");
        record.push_str(name);
        record.push_str("\":");
        write_json_string(value, record);
    }
    record.push('}');
}

fn nonempty(picked: Picked<Bad>) -> Result<Picked<Bad>, Problem> {
    if picked.chunks.len() == 0 && picked.says.is_none() {
        let fault = Fault::new("HTTP-007", FaultKind::Usage, "the body holds no events");
        return Err(fault.hint("send objects with a member `event`, or lines to the raw path").into());
    }
    Ok(picked)
}

fn no_event() -> Fault {
    Fault::new("HTTP-015", FaultKind::Usage, "the object has no member `event`").hint("put the event into `event`")
}

fn blank_event() -> Fault {
    Fault::new("HTTP-016", FaultKind::Usage, "the member `event` is empty").hint("leave out events that say nothing")
}

fn no_channel() -> Fault {
    Fault::new("HTTP-017", FaultKind::Usage, "no channel is named")
        .hint("send the channel that the events were sent with, as a header or as `?channel=`")
}

/// A problem found before the request was looked at.
pub fn refusal(problem: Problem) -> Response {
    Refusal { problem, number: None }.into_response()
}

/// A problem in the words and numbers of the protocol, with those of weir beside them.
struct Refusal {
    problem: Problem,
    /// Which event of the request is meant.
    number: Option<usize>,
}

impl Refusal {
    /// Status, code and text.
    fn meaning(&self) -> (StatusCode, u32, &'static str) {
        const BUSY: (StatusCode, u32, &str) = (StatusCode::SERVICE_UNAVAILABLE, 9, "Server is busy");
        match (self.problem.fault.id(), self.problem.status) {
            ("AUTH-001", status) => (status, 2, "Token is required"),
            ("AUTH-002", _) => (StatusCode::FORBIDDEN, 4, "Invalid token"),
            (_, StatusCode::FORBIDDEN) => (StatusCode::FORBIDDEN, 1, "Token disabled"),
            ("HTTP-007", status) => (status, 5, "No data"),
            ("HTTP-015", status) => (status, 12, "Event field is required"),
            ("HTTP-016", status) => (status, 13, "Event field cannot be blank"),
            ("HTTP-017", status) => (status, 10, "Data channel is missing"),
            (_, StatusCode::NOT_FOUND) => (StatusCode::BAD_REQUEST, 7, "Incorrect index"),
            (_, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => BUSY,
            (_, StatusCode::INTERNAL_SERVER_ERROR) => (StatusCode::INTERNAL_SERVER_ERROR, 8, "Internal server error"),
            (_, StatusCode::PAYLOAD_TOO_LARGE) => (StatusCode::PAYLOAD_TOO_LARGE, 27, "Request entity too large"),
            (_, status) => (status, 6, "Invalid data format"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, text) = self.meaning();
        let problem = Problem { status, ..self.problem };
        let mut body = problem.json();
        (body["text"], body["code"]) = (text.into(), code.into());
        if let Some(number) = self.number {
            body["invalid-event-number"] = number.into();
        }
        problem.answer(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(picked: Result<Picked<Bad>, Problem>) -> String {
        let picked = match picked {
            Ok(picked) => picked,
            Err(problem) => return problem.fault.id().to_owned(),
        };
        let bad = picked.says.map(|(number, fault)| format!("!{number} {} of {}", fault.id(), picked.refused));
        let chunks = picked.chunks.done();
        let records = chunks.iter().flat_map(|chunk| {
            let starts = std::iter::once(0).chain(chunk.ends.iter().copied());
            starts
                .zip(&chunk.ends)
                .map(|(start, end)| String::from_utf8_lossy(&chunk.bytes[start as usize..*end as usize]))
        });
        records.map(Into::into).chain(bad).collect::<Vec<String>>().join(" ")
    }

    #[track_caller]
    fn check(body: &str, expect: &str) {
        assert_eq!(shown(pick_events(body.as_bytes(), Chunks::new(1 << 10))), expect, "{body}");
    }

    #[test]
    fn events_are_stored_with_their_envelopes() {
        let known = r#"{"event":"a","sourcetype":"s"}"#;
        check(known, known);
        check(&format!("{known}{known}\n{known}"), &[known; 3].join(" "));
        check(&format!(" [{known},{known}]"), &[known; 2].join(" "));
        check(r#"{"event":{"b":1},"time":1 } "#, r#"{"event":{"b":1},"time":1 ,"sourcetype":"httpevent"}"#);
    }

    #[test]
    fn what_is_no_event_is_named_and_the_rest_is_kept() {
        let good = r#"{"event":1,"sourcetype":"s"}"#;
        check(&format!("{good}{{\"time\":1}}{good}"), &format!("{good} {good} !1 HTTP-015 of 1"));
        check(&format!("{good}{{\"event\":\" \"}}{{\"event\":null}}"), &format!("{good} !1 HTTP-016 of 2"));
        check(&format!("{good}{{\"event\":}}{good}"), &format!("{good} !1 PARSE-002 of 1"));
        check(&format!("[{good},7,{good}"), &format!("{good} !1 PARSE-002 of 2"));
        check("\"text\"", "!0 PARSE-002 of 1");
        check(" \n", "HTTP-007");
    }

    #[test]
    fn raw_lines_get_an_envelope_when_something_is_said_of_them() {
        let check = |lines: &str, said: &[(&str, &str)], expect: &str| {
            let params = said.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            assert_eq!(shown(pick_lines(lines.as_bytes(), &params, Chunks::new(1 << 10))), expect, "{lines}");
        };
        let lines = "<13>one\r\n\n t\"wo\n";
        check(lines, &[("channel", "c")], "<13>one  t\"wo");
        let one = r#"{"event":"<13>one","host":"h\"1","sourcetype":"httpevent"}"#;
        let two = r#"{"event":" t\"wo","host":"h\"1","sourcetype":"httpevent"}"#;
        check(lines, &[("host", "h\"1")], &format!("{one} {two}"));
        check("x", &[("sourcetype", "s")], r#"{"event":"x","sourcetype":"s"}"#);
        check("\n", &[], "HTTP-007");
        check("a\nb\nc\n", &[("host", &"h".repeat(400))], "HTTP-022");
    }
}
