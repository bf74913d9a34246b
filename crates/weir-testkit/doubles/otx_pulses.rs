//! OTX: pulses with their indicators, newest change first, with absolute links to what comes next.

use crate::double::{Answered, Double, Event, MINUTE, Parameters, SECOND, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, json, page, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "otx/pulses",
    config: r#"{"base_url": "{origin}", "api_key": "0123", "page_size": 10, "indicator_types": ["IPv4", "domain"],
        "watched": ["67d3"], "start_time": "{start}"}"#,
    services: &[
        Service::new("pulses", &["/id", "/revision", "/indicator/id"]).page("page"),
        Service::new("changes", &["/id"]).page("page"),
        Service::new("indicators", &["/id", "/title"]).page("page"),
        Service::new("expired", &["/id"]).page("page"),
    ],
    new: |setting| Box::new(Exchange::new(setting)),
};

struct Exchange {
    /// Each has two indicators.
    pulses: Truth,
    changes: Truth,
}

impl Exchange {
    fn new(setting: &Setting) -> Exchange {
        let truth = |count| setting.truth(Shape { count, step_ms: SECOND / 4, ..Shape::default() });
        Exchange { pulses: truth(100), changes: truth(60) }
    }
}

impl Double for Exchange {
    fn truth(&self, stream: &str) -> Vec<String> {
        let indicators = |event: &Event| [event.id * 10, event.id * 10 + 1];
        match stream {
            "pulses" => {
                let all = self.pulses.versions().flat_map(|(event, version)| {
                    indicators(event).map(|id| format!("{} {} {id}", name(event), version + 1))
                });
                all.collect()
            }
            "indicators" => {
                let all = self
                    .pulses
                    .versions()
                    .flat_map(|(event, version)| indicators(event).map(|id| format!("{id} revision {}", version + 1)));
                all.collect()
            }
            "expired" => self
                .pulses
                .all()
                .iter()
                .filter(|event| event.changes_at().is_some())
                .map(|event| event.id.to_string())
                .collect(),
            _ => self.changes.ids(""),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-otx-api-key") != Some("0123") {
            return Err(error(403, "Authentication required"));
        }
        let query = asked.query();
        match asked.path() {
            "/api/v1/pulses/subscribed" => {
                let mut found = self.changed(&query, now)?;
                found.reverse();
                listed(asked, 50, found.into_iter().map(|event| pulse(event, now)).collect())
            }
            "/api/v1/pulses/events" => {
                let mut found = self.changes.between(now, time(query.get("since"))?..);
                found.reverse();
                listed(asked, 100, found.into_iter().map(change).collect())
            }
            "/api/v1/indicators/export" => {
                let wanted: Vec<&str> = query.get("types").unwrap_or_default().split(',').collect();
                let all = self.changed(&query, now)?.into_iter().flat_map(|event| indicators(event, now));
                listed(asked, 1_000, all.filter(|one| wanted.iter().any(|kind| one["type"] == *kind)).collect())
            }
            "/api/v1/pulses/67d3/indicators" => {
                let one = |event: &Event| json!({"id": event.id, "type": "IPv4", "is_active": 1 - event.version(now)});
                listed(asked, 1_000, self.pulses.seen(now).iter().map(one).collect())
            }
            _ => Err(error(404, "Not found.")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Request was throttled.")
    }
}

impl Exchange {
    /// Modified at a time or later; an author's change modifies the pulse.
    fn changed(&self, query: &Parameters, now: i64) -> Result<Vec<&Event>, Answer> {
        Ok(self.pulses.changed(now, time(query.get("modified_since"))?..))
    }
}

/// In UTC, which is not said.
fn time(text: Option<&str>) -> Result<i64, Answer> {
    let read = |text| strptime(text, "%Y-%m-%dT%H:%M:%S").or_else(|| strptime(text, "%Y-%m-%dT%H:%M:%S%.f"));
    text.and_then(read).ok_or_else(|| error(400, "Invalid date"))
}

fn told(ms: i64) -> String {
    strftime(ms, "%Y-%m-%dT%H:%M:%S.%3f000")
}

/// A numbered page of a list that is made anew for each of them.
fn listed(asked: &Asked, limit_max: i64, list: Vec<Value>) -> Answered {
    let (query, bad) = (asked.query(), |why: String| error(400, &why));
    query.only(&["limit", "page", "modified_since", "since", "types", "include_inactive"]).map_err(bad)?;
    let limit = query.within("limit", 1..=limit_max, 10).map_err(bad)?;
    let number = query.within("page", 1..=i64::from(u32::MAX), 1).map_err(bad)?;
    let others: String =
        query.iter().filter(|(name, _)| *name != "page").map(|(name, value)| format!("{name}={value}&")).collect();
    let link = |number: i64| format!("{}{}?{others}page={number}", asked.origin, asked.path());
    let next = (limit * number < list.len() as i64).then(|| link(number + 1));
    let shown = page(&list, (limit * (number - 1)) as usize, limit as usize);
    let previous = (number > 1).then(|| link(number - 1));
    Ok(Answer::ok(&json!({"results": shown, "count": list.len(), "t": 0.0071, "previous": previous, "next": next})))
}

fn name(event: &Event) -> String {
    format!("67d3f0a1{:016x}", event.id)
}

fn indicators(event: &Event, now: i64) -> [Value; 2] {
    [("IPv4", "203.0.113.66"), ("domain", "cdn.demo-loader.example")].map(|(kind, value)| {
        let id = event.id * 10 + i64::from(kind == "domain");
        json!({"id": id, "indicator": format!("{value}-{}", event.id), "type": kind, "title": format!("revision {}", event.version(now) + 1), "is_active": 1})
    })
}

fn pulse(event: &Event, now: i64) -> Value {
    json!({
        "id": name(event), "name": "Loader delivered by fake invoice mails", "TLP": event.pick(&["white", "green"]),
        "created": told(event.seen - MINUTE), "modified": told(event.changed_at(now)), "revision": event.version(now) + 1,
        "indicators": indicators(event, now),
    })
}

fn change(event: &Event) -> Value {
    json!({"id": event.id, "action": event.pick(&["delete", "unsubscribe"]), "object_id": name(event), "object_type": "pulse", "created": told(event.time)})
}

fn error(status: u16, detail: &str) -> Answer {
    Answer::said(status, &json!({"detail": detail}))
}
