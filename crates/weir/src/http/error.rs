//! Faults as HTTP answers.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use weir_event::{Fault, FaultKind};

/// A fault and the status it is answered with.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub fault: Fault,
}

/// Seconds a caller waits after a 429 or 503 that names no other time.
const RETRY_AFTER_S: u64 = 1;

impl Problem {
    pub fn new(status: StatusCode, fault: Fault) -> Self {
        Problem { status, fault }
    }

    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Fault::new("HTTP-404", FaultKind::NotFound, format!("there is no {what}")).into()
    }

    pub fn unsupported(what: impl std::fmt::Display, hint: &str) -> Self {
        let fault = Fault::new("HTTP-415", FaultKind::Usage, format!("{what} is not read here")).hint(hint);
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault)
    }
}

/// A fault as JSON: `{"id", "what", "where", "why", "hint"}`; members that are empty are there too. Those of pullers have a `class` as well,
/// which is how other collectors call their kind.
pub fn fault_json(fault: &Fault) -> Value {
    let mut shown = json!({
        "id": fault.id(), "what": fault.says(), "where": fault.place(), "why": fault.cause(), "hint": fault.fix(),
    });
    if let Some(class) = weir_collect::fault::class_of(fault.id()) {
        shown["class"] = class.into();
    }
    shown
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = match fault.kind() {
            FaultKind::Usage | FaultKind::Config => StatusCode::BAD_REQUEST,
            FaultKind::Auth if matches!(fault.id(), "AUTH-003" | "AUTH-005") => StatusCode::FORBIDDEN,
            FaultKind::Auth => StatusCode::UNAUTHORIZED,
            FaultKind::NotFound => StatusCode::NOT_FOUND,
            FaultKind::Limit => StatusCode::PAYLOAD_TOO_LARGE,
            FaultKind::Busy => StatusCode::TOO_MANY_REQUESTS,
            FaultKind::Peer => StatusCode::BAD_GATEWAY,
            FaultKind::Storage => StatusCode::SERVICE_UNAVAILABLE,
            FaultKind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Problem { status, fault }
    }
}

impl Problem {
    /// What the answer says: the fault, its status and its message.
    pub fn json(&self) -> Value {
        let mut body = json!({"error": fault_json(&self.fault)});
        body["error"]["code"] = self.status.as_u16().into();
        body["error"]["message"] = self.fault.says().into();
        body
    }

    /// An answer that says something else, or more.
    pub fn answer(&self, body: &Value) -> Response {
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            let seconds = self.fault.retry_after().map_or(RETRY_AFTER_S, |wait| wait.div_ceil(1_000).max(1));
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.answer(&self.json())
    }
}
