//! Falcon incidents: a list of names by offset, made anew for each page, and then each incident as it is then.

use super::falcon::{self, Door, changed, error};
use crate::double::{Answered, Double, Event, Parameters, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso_seconds, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "crowdstrike/incident",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s+1/=", "start_time": "{start}", "page_size": 4}"#,
    services: &[Service::new("incidents", &["/incident_id", "/state"]).page("offset")],
    new: |setting| Box::new(Falcon::new(setting)),
};

struct Falcon {
    incidents: Truth,
    door: Door,
}

impl Falcon {
    fn new(setting: &Setting) -> Falcon {
        Falcon { incidents: setting.truth(Shape::default()), door: Door::new() }
    }
}

impl Double for Falcon {
    fn truth(&self, _: &str) -> Vec<String> {
        self.incidents.versions().map(|(event, version)| format!("{} {}", name(event), state(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if let Some(answered) = self.door.answer(asked, now) {
            return answered;
        }
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/incidents/queries/incidents/v1") => self.names(&asked.query(), now),
            ("POST", "/incidents/entities/incidents/GET/v1") => self.incidents(&asked.json(), now),
            _ => Err(falcon::unknown()),
        }
    }

    fn revoke(&self) {
        self.door.revoke();
    }

    fn too_often(&self) -> Answer {
        falcon::too_often()
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
        let (from, until) = changed(filter, "modified_timestamp").ok_or_else(|| bad("invalid filter".to_owned()))?;
        let mut found = self.incidents.changed(now, from..until);
        found.sort_by_key(|event| (event.time, event.id));
        let names: Vec<Value> =
            page(&found, offset as usize, limit as usize).iter().map(|event| name(event).into()).collect();
        let paging = json!({"offset": offset, "limit": limit, "total": found.len()});
        Ok(falcon::found(&paging, &names))
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
