//! Falcon incidents: a list of names by offset, made anew for each page, and then each incident as it is then.

use crate::double::{Answered, Double, Event, Grants, Parameters, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso_seconds, json, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "crowdstrike/incident",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s1", "start_time": "{start}", "page_size": 4}"#,
    services: &[Service::new("incidents", &["/incident_id", "/state"]).page("offset")],
    new: |setting| Box::new(Falcon::new(setting)),
};

struct Falcon {
    incidents: Truth,
    grants: Grants,
}

impl Falcon {
    fn new(setting: &Setting) -> Falcon {
        Falcon { incidents: setting.truth(Shape::default()), grants: Grants::new(1_799_000) }
    }
}

impl Double for Falcon {
    fn truth(&self, _: &str) -> Vec<String> {
        self.incidents.versions().map(|(event, version)| format!("{} {}", name(event), state(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/oauth2/token") => {
                let granted = self.grants.client_credentials(asked, "c1", "s1", now)?;
                Ok(Answer { status: 201, ..granted })
            }
            _ if !self.grants.holds(asked.bearer(), now) => Err(error(401, "access denied, invalid bearer token")),
            ("GET", "/incidents/queries/incidents/v1") => self.names(&asked.query(), now),
            ("POST", "/incidents/entities/incidents/GET/v1") => self.incidents(&asked.json(), now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "API rate limit exceeded.")
    }
}

impl Falcon {
    fn names(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        query.only(&["filter", "sort", "limit", "offset"]).map_err(bad)?;
        if query.get("sort") != Some("start.asc") {
            return Err(bad("invalid sort".to_owned()));
        }
        let limit = query.within("limit", 1..=500, 100).map_err(bad)?;
        let offset = query.within("offset", 0..=i64::MAX, 0).map_err(bad)?;
        let filter = query.get("filter").unwrap_or_default();
        let (from, until) = range(filter).ok_or_else(|| bad("invalid filter".to_owned()))?;
        let mut found = self.incidents.changed(now, from..until);
        found.sort_by_key(|event| (event.time, event.id));
        let names: Vec<String> =
            page(&found, offset as usize, limit as usize).iter().map(|event| name(event)).collect();
        let paging = json!({"offset": offset, "limit": limit, "total": found.len()});
        Ok(Answer::ok(&json!({"meta": {"pagination": paging, "trace_id": "7f"}, "errors": [], "resources": names})))
    }

    fn incidents(&self, body: &Value, now: i64) -> Answered {
        let ids = body.get("ids").and_then(Value::as_array).filter(|ids| (1..=500).contains(&ids.len()));
        let ids = ids.ok_or_else(|| error(400, "Invalid number of ids"))?;
        let is_wanted = |event: &&Event| ids.iter().any(|id| *id == name(event));
        let found: Vec<Value> =
            self.incidents.seen(now).iter().filter(is_wanted).map(|event| told(event, now)).collect();
        Ok(Answer::ok(&json!({"meta": {"trace_id": "7f"}, "errors": [], "resources": found})))
    }
}

/// Clauses joined by `+`, times in single quotes; the second one is not needed.
fn range(filter: &str) -> Option<(i64, i64)> {
    let time = |clause: &str, begin: &str| read_time(clause.strip_prefix(begin)?.strip_suffix('\'')?);
    let (from, until) = match filter.split_once('+') {
        Some((from, until)) => (from, time(until, "modified_timestamp:<'")?),
        None => (filter, i64::MAX),
    };
    Some((time(from, "modified_timestamp:>='")?, until))
}

fn name(event: &Event) -> String {
    format!("inc:9a1c:{}", event.id)
}

fn state(version: i64) -> &'static str {
    ["open", "closed"][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "incident_id": name(event), "cid": "9a1c", "state": state(event.version(now)), "status": 20, "fine_score": 52,
        "start": iso_seconds(event.time), "created": iso_seconds(event.seen), "modified_timestamp": iso_seconds(event.changed_at(now)),
        "hosts": [{"device_id": "7c80", "hostname": "FIN-LT-0931"}],
    })
}

fn error(status: u16, message: &str) -> Answer {
    let body = json!({"meta": {"trace_id": "7f"}, "errors": [{"code": status, "message": message}], "resources": []});
    Answer::said(status, &body)
}
