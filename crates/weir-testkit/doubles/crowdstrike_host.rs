//! Falcon hosts: whole records by a token that stands for the last host before what comes next.

use super::falcon::{self, Door, changed, error};
use crate::double::{Answered, Double, Event, Marks, Parameters, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso_seconds, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "crowdstrike/host",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s+1/=", "start_time": "{start}", "page_size": 4}"#,
    services: &[Service::new("hosts", &["/device_id", "/status"]).page("offset")],
    new: |setting| Box::new(Falcon::new(setting)),
};

struct Falcon {
    hosts: Truth,
    door: Door,
    /// The filter that a token belongs to, and the last name and number before it.
    places: Marks<(String, (String, i64))>,
}

impl Falcon {
    fn new(setting: &Setting) -> Falcon {
        Falcon { hosts: setting.truth(Shape::default()), door: Door::new(), places: Marks::new("FGluY2x1ZGVf") }
    }
}

impl Double for Falcon {
    fn truth(&self, _: &str) -> Vec<String> {
        self.hosts.versions().map(|(event, version)| format!("{} {}", event.uuid(), status(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if let Some(answered) = self.door.answer(asked, now) {
            return answered;
        }
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/devices/combined/devices/v1") => self.hosts(&asked.query(), now),
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
    fn hosts(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        query.only(&["filter", "sort", "limit", "offset"]).map_err(bad)?;
        let limit = query.within("limit", 1..=10_000, 100).map_err(bad)? as usize;
        let filter = query.get("filter").unwrap_or_default();
        let (from, until) = changed(filter, "modified_timestamp").ok_or_else(|| bad("invalid filter".to_owned()))?;
        if query.get("sort") != Some("hostname.asc") {
            return Err(bad("invalid sort".to_owned()));
        }
        let after = match query.get("offset") {
            None => (String::new(), 0),
            Some(token) => {
                let place = self.places.find(token).filter(|(of, _)| of == filter);
                place.ok_or_else(|| bad("invalid offset".to_owned()))?.1
            }
        };
        let found = self.hosts.changed(now, from..until);
        let total = found.len();
        let mut found: Vec<_> = found.into_iter().map(|event| ((hostname(event), event.id), event)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.retain(|(rank, _)| *rank > after);
        let listed = page(&found, 0, limit);
        let mut paging = json!({"limit": limit, "total": total, "next": ""});
        if let Some((last, _)) = listed.last().filter(|_| listed.len() < found.len()) {
            paging["next"] = self.places.give((filter.to_owned(), last.clone())).into();
        }
        let resources: Vec<Value> = listed.iter().map(|(_, event)| told(event, now)).collect();
        Ok(falcon::found(&paging, &resources))
    }
}

/// Several may have the same.
fn hostname(event: &Event) -> String {
    format!("FIN-LT-{:04}", event.random % 50)
}

fn status(version: i64) -> &'static str {
    ["normal", "contained"][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "device_id": event.uuid(), "cid": "9a1c", "hostname": hostname(event), "local_ip": "192.0.2.31", "platform_name": "Windows",
        "status": status(event.version(now)), "first_seen": iso_seconds(event.seen), "modified_timestamp": iso_seconds(event.changed_at(now)),
    })
}
