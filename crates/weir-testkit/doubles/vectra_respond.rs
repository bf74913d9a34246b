//! Vectra's Respond UX: events that the service numbers, each page with the number to go on from; states as they are.

use crate::double::{
    Answered, Double, Event, Grants, HOUR, Kept, Marks, Parameters, Service, Setting, Shape, Source, Truth,
};
use crate::double::{Value, iso_seconds, json, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "vectra/respond",
    config: r#"{"base_url": "{origin}/api/v3.3", "client_id": "c1", "client_secret": "s/1", "start_time": "{start}"}"#,
    services: &[
        Service::new("detections", &["/id"]).page("from"),
        Service::new("entity_scores", &["/id"]).page("from"),
        Service::new("audits", &["/id"]).page("from"),
        Service::new("lockdowns", &["/id|/key/1", "/weir.change"]),
        Service::new("health", &["/sample"]).kept(Kept::Samples),
    ],
    new: |setting| Box::new(Tenant::new(setting)),
};

struct Tenant {
    events: Truth,
    lockdowns: Truth,
    grants: Grants,
    states: Marks<()>,
    asked_from: i64,
}

impl Tenant {
    fn new(setting: &Setting) -> Tenant {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        Tenant {
            events: truth(150),
            lockdowns: truth(40),
            grants: Grants::new(HOUR),
            states: Marks::new("h"),
            asked_from: setting.asked_from,
        }
    }
}

impl Double for Tenant {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "health" => self.states.names(),
            "lockdowns" => {
                // A lockdown that was over before anybody asked was never told.
                let is_told = |event: &&Event| event.changes_at().is_none_or(|at| at > self.asked_from);
                let told = |event: &Event| {
                    let ends = event.changes_at().map(|_| format!("{} removed", event.id));
                    [Some(format!("{} added", event.id)), ends].into_iter().flatten()
                };
                self.lockdowns.all().iter().filter(is_told).flat_map(told).collect()
            }
            _ => self.events.ids(""),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.path() == "/oauth2/token" {
            return match asked.basic() {
                Some(_) => self.grants.client_credentials(asked, "c1", "s/1", now),
                None => Err(error(401, "Authentication credentials were not provided.")),
            };
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Token is invalid or expired"));
        }
        let query = asked.query();
        match asked.path() {
            "/api/v3.3/events/detections" => self.events(&query, &["include_triaged"], now),
            "/api/v3.3/events/entity_scoring" if query.get("type").is_none() => Err(error(422, "type is required")),
            "/api/v3.3/events/entity_scoring" => self.events(&query, &["type"], now),
            "/api/v3.3/events/audits" => self.events(&query, &[], now),
            "/api/v3.3/lockdown" => {
                let held = self.lockdowns.seen(now).iter().filter(|event| event.version(now) == 0);
                Ok(Answer::ok(&held.map(lockdown).collect()))
            }
            "/api/v3.3/health" => Ok(Answer::ok(
                &json!({"sample": self.states.give(()), "sensors": [{"id": 3, "status": "paired"}], "event_timestamp": iso_seconds(now)}),
            )),
            _ => Err(error(404, "Not found.")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "Request was throttled.")
    }
}

impl Tenant {
    /// From a number on, or the first time from a time on; never by both.
    fn events(&self, query: &Parameters, others: &[&str], now: i64) -> Answered {
        let bad = |why: String| error(422, &why);
        query.only(&[&["from", "limit", "event_timestamp_gte"], others].concat()).map_err(bad)?;
        let limit = query.within("limit", 1..=1_000, 500).map_err(bad)?;
        let since = match (query.number("from").map_err(bad)?, query.get("event_timestamp_gte")) {
            (Some(_), Some(_)) => return Err(bad("from and event_timestamp_gte exclude each other".to_owned())),
            (from, None) => (from.unwrap_or(0), 0),
            (None, Some(time)) => (0, read_time(time).ok_or_else(|| bad("event_timestamp_gte: no time".to_owned()))?),
        };
        let is_wanted = |event: &&Event| {
            event.id >= since.0
                && event.time >= since.1
                && query.get("type").is_none_or(|wanted| wanted == kind(event))
                && (query.get("include_triaged") != Some("false") || !is_triaged(event))
        };
        let left: Vec<&Event> = self.events.seen(now).iter().filter(is_wanted).collect();
        // Fewer than asked for where they are large.
        let list = page(&left, 0, limit.min(25) as usize);
        let next = list.last().map_or(since.0, |last| last.id + 1);
        let events: Vec<Value> = list.iter().map(|event| told(event)).collect();
        Ok(Answer::ok(&json!({"events": events, "remaining_count": left.len() - list.len(), "next_checkpoint": next})))
    }
}

fn kind(event: &Event) -> &'static str {
    event.pick(&["host", "account"])
}

fn is_triaged(event: &Event) -> bool {
    event.random.is_multiple_of(5)
}

fn told(event: &Event) -> Value {
    json!({"id": event.id, "event_timestamp": iso_seconds(event.time), "detection_id": 6000 + event.id / 3, "type": kind(event),
        "entity_uid": "VA-h-1201", "threat": 70, "certainty": 82, "triaged": is_triaged(event), "d_type_vname": "Hidden HTTPS Tunnel"})
}

fn lockdown(event: &Event) -> Value {
    json!({"id": event.id, "type": "host", "entity_id": 1184, "entity_name": "win10-jump", "locked_by": "ana", "lock_event_timestamp": iso_seconds(event.time)})
}

fn error(status: u16, detail: &str) -> Answer {
    Answer::said(status, &json!({"detail": detail}))
}
