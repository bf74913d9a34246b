//! Okta's System Log: polled without `until`, in the order of storage; the link to what comes next is always there.

use crate::double::{Answered, Double, Event, Marks, Service, Setting, Shape, Source, Truth, Value, iso, json};
use crate::double::{MINUTE, next_link, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "okta/system-log",
    config: r#"{"base_url": "{origin}", "token": "00secret", "start_time": "{start}", "page_size": 20}"#,
    services: &[Service::new("events", &["/uuid"]).page("after")],
    new: |setting| Box::new(Log::new(setting)),
};

struct Log {
    events: Truth,
    /// Places in the order of storage.
    places: Marks<usize>,
}

impl Log {
    fn new(setting: &Setting) -> Log {
        let shape = Shape { late_ms_max: 50 * MINUTE, ..Shape::default() };
        Log { events: setting.truth(shape), places: Marks::new("1767225600000_") }
    }
}

impl Double for Log {
    fn truth(&self, _: &str) -> Vec<String> {
        self.events.all().iter().map(Event::uuid).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("authorization") != Some("SSWS 00secret") {
            return Err(error(401, "E0000011", "Invalid token provided"));
        }
        if asked.path() != "/api/v1/logs" {
            return Err(error(404, "E0000022", "The endpoint does not support the provided HTTP method"));
        }
        let (query, stored) = (asked.query(), self.events.seen(now));
        let limit = query.within("limit", 0..=1000, 100).map_err(invalid)?;
        if !matches!(query.get("sortOrder"), None | Some("ASCENDING")) || query.get("until").is_some() {
            return Err(invalid("sortOrder: only polling is known here".to_owned()));
        }
        let from = match (query.get("after"), query.get("since")) {
            (Some(after), _) => self.places.find(after).ok_or_else(|| invalid("after: Invalid cursor".to_owned()))?,
            (None, since) => {
                let since = since.map_or(Some(0), read_time).ok_or_else(|| invalid("since: no time".to_owned()))?;
                stored.partition_point(|event| event.seen < since)
            }
        };
        let page = page(stored, from, limit as usize);
        let next = self.places.give(from + page.len());
        let url = format!("{}/api/v1/logs?after={next}&limit={limit}&sortOrder=ASCENDING", asked.origin);
        let list: Vec<Value> = page.iter().map(told).collect();
        Ok(Answer::ok(&json!(list)).with("link", next_link(&url)))
    }

    fn too_often(&self) -> Answer {
        error(429, "E0000047", "API call exceeded rate limit due to too many requests.")
    }
}

fn told(event: &Event) -> Value {
    json!({
        "uuid": event.uuid(), "published": iso(event.time), "version": "0", "severity": "INFO",
        "eventType": event.pick(&["user.session.start", "group.user_membership.add"]),
        "actor": {"id": format!("00u{}", event.id), "type": "User", "alternateId": "mira.holt@example.com"},
        "outcome": {"result": event.pick(&["SUCCESS", "FAILURE"]), "reason": null}, "target": null,
    })
}

fn error(status: u16, code: &str, summary: &str) -> Answer {
    Answer::said(
        status,
        &json!({"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}),
    )
}

fn invalid(cause: String) -> Answer {
    let body = json!({"errorCode": "E0000001", "errorSummary": format!("Api validation failed: {cause}"), "errorCauses": [{"errorSummary": cause}]});
    Answer::said(400, &body)
}
