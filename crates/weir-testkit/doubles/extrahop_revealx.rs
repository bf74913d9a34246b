//! RevealX: what changed since a time, lists by offset that are made anew for each page, searches of records with and without a cursor.

use std::sync::{Mutex, PoisonError};

use crate::double::{Answered, Double, Event, Grants, MINUTE, Marks, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "extrahop/revealx",
    config: r#"{"base_url": "{origin}/api/v1", "client_id": "c1", "client_secret": "s1", "start_time": "{start}", "page_size": 15,
        "record_types": ["~dns_request"], "cloud_record_types": ["~login"]}"#,
    services: &[
        Service::new("detections", &["/id", "/mod_time"]).page("offset"),
        Service::new("audit", &["/id"]).page("offset"),
        Service::new("devices", &["/id", "/display_name"]).page("offset"),
        Service::new("records", &["/_id"]),
        Service::new("cloud_records", &["/_id"]).page("offset"),
    ],
    new: |setting| Box::new(Console::new(setting)),
};

struct Console {
    detections: Truth,
    /// Written soon after it happened.
    audit: Truth,
    devices: Truth,
    records: Truth,
    grants: Grants,
    /// What of a search was not given out yet, and until when it is kept.
    cursors: Marks<(Vec<Event>, i64)>,
    /// One request of a cursor after the other.
    reading: Mutex<()>,
}

impl Console {
    fn new(setting: &Setting) -> Console {
        let truth = |count, late_ms_max| setting.truth(Shape { count, late_ms_max, ..Shape::default() });
        Console {
            detections: truth(120, 0),
            audit: truth(120, MINUTE),
            devices: truth(60, 0),
            records: truth(300, MINUTE),
            grants: Grants::new(600_000),
            cursors: Marks::new("c-"),
            reading: Mutex::default(),
        }
    }
}

impl Double for Console {
    fn truth(&self, stream: &str) -> Vec<String> {
        let changed =
            |event: &Event, version| if version == 1 { event.changes_at() } else { None }.unwrap_or(event.seen);
        match stream {
            "detections" => {
                let told = |(event, version): (&Event, i64)| format!("{} {}", event.id, changed(event, version));
                self.detections.versions().map(told).collect()
            }
            "devices" => self
                .devices
                .versions()
                .map(|(event, version)| format!("{} {}", event.id, host(event, version)))
                .collect(),
            "audit" => self.audit.ids(""),
            _ => self.records.all().iter().map(Event::uuid).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.path() == "/oauth2/token" {
            return self.grants.client_credentials(asked, "c1", "s1", now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(Answer::said(401, &json!({"message": "Unauthorized"})));
        }
        let body = asked.json();
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/api/v1/detections/search") => self.detections(&body, now),
            ("GET", "/api/v1/auditlog") => self.audit(asked, now),
            ("POST", "/api/v1/devices/search") => {
                let (limit, offset) = bounds(&body)?;
                let list = page(self.devices.seen(now), offset, limit);
                Ok(Answer::ok(&list.iter().map(|event| device(event, now)).collect()))
            }
            ("POST", "/api/v1/records/search") => self.records(&body, now),
            ("POST", "/api/v1/records/cursor") => self.more(&body, now),
            _ => Err(error(404, "Not found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }
}

impl Console {
    /// Changed at or after a time, last change first.
    fn detections(&self, body: &Value, now: i64) -> Answered {
        let since = body.get("mod_time").and_then(Value::as_i64).ok_or_else(|| error(422, "mod_time is no number"))?;
        let sort = json!([{"field": "mod_time", "direction": "desc"}, {"field": "id", "direction": "desc"}]);
        if body.get("sort") != Some(&sort) {
            return Err(error(422, "another order is not known here"));
        }
        let (limit, offset) = bounds(body)?;
        let mut found = self.detections.changed(now, since..);
        found.reverse();
        Ok(Answer::ok(&page(&found, offset, limit).iter().map(|event| detection(event, now)).collect()))
    }

    /// Last written first.
    fn audit(&self, asked: &Asked, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: String| error(400, &why);
        query.only(&["limit", "offset"]).map_err(bad)?;
        let limit = query.within("limit", 1..=1_000, 100).map_err(bad)? as usize;
        let offset = query.within("offset", 0..=i64::MAX, 0).map_err(bad)? as usize;
        let mut found = self.audit.seen(now).to_vec();
        found.reverse();
        let told = |event: &Event| json!({"id": event.id, "occur_time": event.time, "time": event.seen, "body": {"operation": "login", "user": "ana"}});
        Ok(Answer::ok(&page(&found, offset, limit).iter().map(told).collect()))
    }

    /// With a time to keep it, the rest of a search waits behind a cursor; without, there are pages.
    fn records(&self, body: &Value, now: i64) -> Answered {
        let time = |name: &str| body.get(name).and_then(Value::as_i64);
        let (from, until) = time("from").zip(time("until")).ok_or_else(|| error(422, "a range is needed here"))?;
        let kind =
            body.pointer("/types/0").and_then(Value::as_str).filter(|kind| matches!(*kind, "~dns_request" | "~login"));
        let kind = kind.ok_or_else(|| error(422, "unknown type"))?;
        let (limit, offset) = bounds(body)?;
        let found: Vec<Event> = self.records.between(now, from..until).into_iter().copied().collect();
        let total = found.len();
        let Some(life) = time("context_ttl").filter(|_| kind == "~dns_request") else {
            let records: Vec<Value> = page(&found, offset, limit).iter().map(|event| record(event, kind)).collect();
            return Ok(Answer::ok(&json!({"total": total, "records": records})));
        };
        // A batch may be smaller than the limit.
        let (listed, left) = found.split_at(found.len().min(limit).min(10));
        let records: Vec<Value> = listed.iter().map(|event| record(event, kind)).collect();
        let cursor = self.cursors.give((left.to_vec(), now + life));
        Ok(Answer::ok(&json!({"total": total, "cursor": cursor, "records": records})))
    }

    /// What is given out once is not given out again.
    fn more(&self, body: &Value, now: i64) -> Answered {
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let name = body.get("cursor").and_then(Value::as_str).unwrap_or_default();
        let found = self.cursors.find(name).filter(|(_, until)| now < *until);
        let (mut left, _) = found.ok_or_else(|| error(404, "The cursor does not exist or has expired"))?;
        let later = left.split_off(left.len().min(10));
        self.cursors.put(name, (later, now + 2 * MINUTE));
        let records: Vec<Value> = left.iter().map(|event| record(event, "~dns_request")).collect();
        Ok(Answer::ok(&json!({"total": records.len(), "records": records})))
    }
}

fn bounds(body: &Value) -> Result<(usize, usize), Answer> {
    let number = |name: &str, default: u64| body.get(name).map_or(Some(default), Value::as_u64);
    let (limit, offset) = (number("limit", 100).filter(|limit| *limit <= 1_000), number("offset", 0));
    let bounds = limit.zip(offset).map(|(limit, offset)| (limit as usize, offset as usize));
    bounds.ok_or_else(|| error(422, "limit or offset out of range"))
}

fn detection(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id, "start_time": event.time, "create_time": event.seen, "mod_time": event.changed_at(now),
        "title": "Suspicious SMB file reads", "type": "smb_file_read_spike", "risk_score": 71, "participants": [],
        "status": if event.version(now) == 1 { "closed" } else { "new" },
    })
}

fn host(event: &Event, version: i64) -> String {
    format!("wks-{}-{version}", event.id)
}

fn device(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id, "display_name": host(event, event.version(now)), "ipaddr4": "192.0.2.15", "role": event.pick(&["pc", "other"]),
        "mod_time": now, "last_seen_time": now,
    })
}

fn record(event: &Event, kind: &str) -> Value {
    json!({"_id": event.uuid(), "_type": kind, "_source": {"timestamp": event.time, "qname": "www.example.net"}})
}

fn error(status: u16, says: &str) -> Answer {
    Answer::said(status, &json!({"error_message": says, "type": "error"}))
}
