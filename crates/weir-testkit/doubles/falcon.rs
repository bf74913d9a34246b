//! What the doubles of Falcon's APIs have in common: the log-in, filters by the last change, and the envelope.

use crate::double::{Answered, Grants, Value, json, read_time};
use crate::{Answer, Asked};

pub struct Door(Grants);

impl Door {
    pub fn new() -> Door {
        Door(Grants::new(1_799_000))
    }

    /// The answer to a log-in, and to whoever shows no token that holds; none to everyone else.
    pub fn answer(&self, asked: &Asked, now: i64) -> Option<Answered> {
        if (asked.method.as_str(), asked.path()) == ("POST", "/oauth2/token") {
            let granted = self.0.client_credentials(asked, "c1", "s+1/=", now);
            return Some(granted.map(|answer| Answer { status: 201, ..answer }));
        }
        (!self.0.holds(asked.bearer(), now)).then(|| Err(error(401, "access denied, invalid bearer token")))
    }

    pub fn revoke(&self) {
        self.0.end_all();
    }
}

/// From when until when something has changed that a filter lets through: clauses joined by `+`, times in single quotes, the second one
/// not needed.
pub fn changed(filter: &str, name: &str) -> Option<(i64, i64)> {
    let time = |clause: &str, compares: &str| {
        read_time(clause.strip_prefix(name)?.strip_prefix(compares)?.strip_suffix('\'')?)
    };
    match filter.split_once('+') {
        Some((from, until)) => Some((time(from, ":>='")?, time(until, ":<'")?)),
        None => Some((time(filter, ":>='")?, i64::MAX)),
    }
}

pub fn found(paging: &Value, resources: &[Value]) -> Answer {
    Answer::ok(&json!({"meta": {"pagination": paging, "trace_id": "7f"}, "errors": [], "resources": resources}))
}

pub fn unknown() -> Answer {
    error(404, "Not Found")
}

pub fn too_often() -> Answer {
    error(429, "API rate limit exceeded.")
}

pub fn error(status: u16, message: &str) -> Answer {
    let body = json!({"meta": {"trace_id": "7f"}, "errors": [{"code": status, "message": message}], "resources": []});
    Answer::said(status, &body)
}
