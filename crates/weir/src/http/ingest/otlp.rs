//! Log records by OTLP/HTTP: `POST /v1/logs`, as protocol buffers or JSON.
//!
//! A record is stored as an object of plain members, with the attributes of its resource, which a pack reads.

mod binary;
mod log;
mod text;
mod wire;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use weir_event::{Fault, FaultKind};

use super::{App, Chunks, Picked, body, take_picked};
use crate::http::Problem;
use crate::http::records::check_length;

/// The source of all that comes this way.
const SOURCE: &str = "otlp";

/// How a request is written; its answer is written the same way.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Binary,
    Json,
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Format::Binary => "application/x-protobuf",
            Format::Json => "application/json",
        }
    }

    fn of(headers: &HeaderMap) -> Result<Format, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/x-protobuf" => Ok(Format::Binary),
            "application/json" => Ok(Format::Json),
            other => Err(Problem::unsupported(
                format!("content type `{}`", other.escape_default()),
                "send application/x-protobuf or application/json",
            )),
        }
    }
}

/// What takes the records of a request, one after the other.
type Sink<'s> = dyn FnMut(Option<&log::Log>, &log::Group) -> Result<(), Fault> + 's;

/// Why records of a request are not stored, the first of them.
type Refused = Option<(usize, Fault)>;

/// `POST /v1/logs`.
pub async fn logs(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let mut body = body.into_data_stream();
    let format = Format::of(&headers);
    let shown = *format.as_ref().unwrap_or(&Format::Json);
    let taken = match format {
        Ok(format) => take_picked(&app, &headers, SOURCE, &mut body, |bytes, chunks| pick(bytes, format, chunks)).await,
        Err(problem) => Err(problem),
    };
    match taken {
        Ok(refused) => answer(shown, refused.as_ref()),
        Err(problem) => body::refuse(Refusal(shown, problem), &mut body).await,
    }
}

fn pick(bytes: &[u8], format: Format, chunks: Chunks) -> Result<Picked<Refused>, Problem> {
    let mut picked = Picked::<Refused>::new(chunks);
    let mut record = String::new();
    let sink = &mut |log: Option<&log::Log>, group: &log::Group| {
        // Nothing is written that is too long: what a group has in common may be as long as the body, and its records many.
        let fits = check_length(log.map_or(usize::MAX, |log| log.bytes(group))).and_then(|()| {
            log.unwrap_or(&log::Log::default()).write(group, &mut record);
            check_length(record.len())
        });
        match fits {
            Ok(()) => picked.chunks.push(record.as_bytes())?,
            Err(fault) => {
                picked.refuse()?;
                picked.says.get_or_insert((0, fault)).0 += 1;
            }
        }
        Ok(())
    };
    match format {
        Format::Binary => binary::read(bytes, sink)?,
        Format::Json => text::read(std::str::from_utf8(bytes).map_err(|_| no_text())?, sink)?,
    }
    Ok(picked)
}

fn answer(format: Format, refused: Option<&(usize, Fault)>) -> Response {
    let body = match (format, refused) {
        (Format::Binary, None) => Vec::new(),
        (Format::Json, None) => b"{}".to_vec(),
        (Format::Binary, Some((count, fault))) => {
            let mut partial = Vec::new();
            wire::put_number(1, *count as u64, &mut partial);
            wire::put_bytes(2, fault.says().as_bytes(), &mut partial);
            let mut body = Vec::new();
            wire::put_bytes(1, &partial, &mut body);
            body
        }
        (Format::Json, Some((count, fault))) => {
            let partial = json!({"rejectedLogRecords": count.to_string(), "errorMessage": fault.says()});
            json!({"partialSuccess": partial}).to_string().into_bytes()
        }
    };
    ([(header::CONTENT_TYPE, format.media_type())], body).into_response()
}

fn no_text() -> Fault {
    Fault::new("HTTP-025", FaultKind::Usage, "the body is not UTF-8").hint("send JSON, or application/x-protobuf")
}

/// A problem found before the request was looked at.
pub fn refusal(problem: Problem) -> Response {
    Refusal(Format::Json, problem).into_response()
}

/// A problem as a status of the protocol.
struct Refusal(Format, Problem);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal(format, mut problem) = self;
        if problem.status == StatusCode::REQUEST_TIMEOUT {
            // The protocol has senders give up what is answered with 408.
            problem.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        // Numbers of the status codes of gRPC.
        let code = match problem.status {
            StatusCode::UNAUTHORIZED => 16,
            StatusCode::FORBIDDEN => 7,
            StatusCode::NOT_FOUND => 5,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::TOO_MANY_REQUESTS => 8,
            StatusCode::SERVICE_UNAVAILABLE => 14,
            StatusCode::INTERNAL_SERVER_ERROR => 13,
            _ => 3,
        };
        let mut body = problem.json();
        (body["code"], body["message"]) = (code.into(), problem.fault.says().into());
        let mut response = problem.answer(&body);
        if format == Format::Binary {
            let mut status = Vec::new();
            wire::put_number(1, code, &mut status);
            wire::put_bytes(2, problem.fault.to_string().as_bytes(), &mut status);
            let length = status.len();
            *response.body_mut() = Body::from(status);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(format.media_type()));
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        response
    }
}

#[cfg(test)]
mod tests;
