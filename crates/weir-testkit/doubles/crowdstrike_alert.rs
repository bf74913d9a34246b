//! Falcon alerts: OAuth, selected by the last change and walked by creation, with a token for what comes after.

use super::falcon::{self, Door, changed, error};
use crate::double::{Answered, Double, Event, MINUTE, Marks, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso_seconds, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "crowdstrike/alert",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s+1/=", "start_time": "{start}", "page_size": 15}"#,
    services: &[Service::new("alerts", &["/composite_id", "/status"]).page("after")],
    new: |setting| Box::new(Falcon::new(setting)),
};

struct Falcon {
    alerts: Truth,
    door: Door,
    /// The filter and sort that a token belongs to, and the last alert before it.
    places: Marks<(String, i64)>,
}

impl Falcon {
    fn new(setting: &Setting) -> Falcon {
        Falcon { alerts: setting.truth(Shape::default()), door: Door::new(), places: Marks::new("eyJ2") }
    }
}

impl Double for Falcon {
    fn truth(&self, _: &str) -> Vec<String> {
        self.alerts.versions().map(|(event, version)| format!("9a1c:ind:{} {}", event.id, status(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if let Some(answered) = self.door.answer(asked, now) {
            return answered;
        }
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/alerts/combined/alerts/v1") => self.alerts(&asked.json(), now),
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
    fn alerts(&self, body: &Value, now: i64) -> Answered {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let (filter, sort) = (text("filter"), text("sort"));
        if sort != "created_timestamp|asc" {
            return Err(error(400, "invalid sort"));
        }
        let limit = body.get("limit").map_or(Some(100), Value::as_u64).filter(|limit| (1..=1_000).contains(limit));
        let limit = limit.ok_or_else(|| error(400, "limit must be 1 to 1000"))? as usize;
        let (from, until) = changed(filter, "updated_timestamp").ok_or_else(|| error(400, "invalid filter"))?;
        let list = format!("{filter} {sort}");
        let after = match text("after") {
            "" => 0,
            token => {
                let place = self.places.find(token).filter(|(of, _)| *of == list);
                place.ok_or_else(|| error(400, "invalid after token"))?.1
            }
        };
        // An alert is made when it comes in sight, so ids follow creation.
        let mut found = self.alerts.changed(now, from..until);
        found.sort_by_key(|event| event.id);
        let (total, left) = (found.len(), found.into_iter().filter(|event| event.id > after).collect::<Vec<_>>());
        let page = page(&left, 0, limit);
        let mut paging = json!({"limit": limit, "total": total});
        if let Some(last) = page.last().filter(|_| page.len() < left.len()) {
            paging["after"] = self.places.give((list, last.id)).into();
        }
        let resources: Vec<Value> = page.iter().map(|event| told(event, now)).collect();
        Ok(falcon::found(&paging, &resources))
    }
}

fn status(version: i64) -> &'static str {
    ["new", "closed"][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "composite_id": format!("9a1c:ind:{}", event.id), "cid": "9a1c", "product": event.pick(&["epp", "idp"]), "severity": 70,
        "status": status(event.version(now)), "timestamp": iso_seconds(event.time - MINUTE),
        "created_timestamp": iso_seconds(event.seen), "updated_timestamp": iso_seconds(event.changed_at(now)),
        "device": {"device_id": "7c80", "hostname": "FIN-LT-0931", "local_ip": "192.0.2.31"},
    })
}
