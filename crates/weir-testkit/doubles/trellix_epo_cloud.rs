//! Trellix ePO as a service: OAuth beside a key, JSON:API, a filter by the time of arrival.

use crate::double::{
    Answered, Double, Event, Grants, HOUR, MINUTE, Service, Setting, Shape, Source, Truth, Value, iso, json,
};
use crate::double::{page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "trellix/epo-cloud",
    config: r#"{"base_url": "{origin}", "login_url": "{origin}", "client_id": "c1", "client_secret": "s/1", "api_key": "k1", "page_size": 20,
        "start_time": "{start}"}"#,
    services: &[Service::new("events", &["/id"])],
    new: |setting| Box::new(Tenant::new(setting)),
};

struct Tenant {
    /// Events can be asked for some minutes after they have arrived.
    events: Truth,
    grants: Grants,
}

impl Tenant {
    fn new(setting: &Setting) -> Tenant {
        let events = setting.truth(Shape { late_ms_max: 4 * MINUTE, ..Shape::default() });
        Tenant { events, grants: Grants::new(HOUR) }
    }
}

impl Double for Tenant {
    fn truth(&self, _: &str) -> Vec<String> {
        self.events.all().iter().map(Event::uuid).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.path() == "/iam/v1.1/token" {
            return match asked.form().get("scope") {
                Some("epo.evt.r") => self.grants.client_credentials(asked, "c1", "s/1", now),
                _ => Err(Answer::said(400, &json!({"error": "invalid_scope"}))),
            };
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Unauthorized"));
        }
        if asked.header("x-api-key") != Some("k1") {
            return Err(error(403, "Forbidden"));
        }
        if asked.header("content-type") != Some("application/vnd.api+json") {
            return Err(error(415, "Unsupported Media Type"));
        }
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/epo/v2/events") => self.list(asked, now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "Too Many Requests")
    }
}

impl Tenant {
    fn list(&self, asked: &Asked, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: String| error(400, &why);
        query.only(&["sort", "filter", "page[limit]"]).map_err(bad)?;
        let limit = query.within("page[limit]", 1..=1_000, 10).map_err(bad)? as usize;
        let filter: Value = serde_json::from_str(query.get("filter").unwrap_or_default()).unwrap_or_default();
        let after = filter["GT"]["timestamp"].as_str().and_then(read_time).ok_or_else(|| bad("filter".to_owned()))?;
        if query.get("sort") != Some("timestamp") {
            return Err(bad("sort".to_owned()));
        }
        let found = self.events.between(now, after + 1..);
        let data: Vec<Value> = page(&found, 0, limit).iter().map(|event| told(event)).collect();
        Ok(Answer::ok(&json!({"data": data, "links": {"next": null}, "meta": {"totalResourceCount": found.len()}})))
    }
}

fn told(event: &Event) -> Value {
    let attributes = json!({"timestamp": iso(event.time), "autoguid": event.uuid(), "receivedutc": event.time.to_string(), "threatseverity": "2",
        "threatname": "Demo-Loader!9F86D081", "threathandled": true, "analyzeripv6": "/0:0:0:0:0:ffff:a14:10f", "analyzermac": "00005E005323"});
    json!({"type": "MVEvents", "id": event.uuid(), "attributes": attributes, "links": {"self": format!("/epo/v2/events/{}", event.uuid())}})
}

fn error(status: u16, title: &str) -> Answer {
    Answer::said(status, &json!({"errors": [{"status": status.to_string(), "title": title}]}))
}
