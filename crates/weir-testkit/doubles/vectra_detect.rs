//! Vectra's Quadrant UX, the brain in one's own rooms: lists with links to the next page, times by the minute.

use crate::double::{
    Answered, Double, Event, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value, iso_seconds,
};
use crate::double::{json, page, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "vectra/detect",
    config: r#"{"base_url": "{origin}/api/v2.5", "token": "t0", "start_time": "{start}"}"#,
    services: &[
        Service::new("detections", &["/id", "/threat"]).page("page"),
        Service::new("hosts", &["/id", "/threat"]).page("page"),
        Service::new("accounts", &["/id", "/threat"]).page("page"),
    ],
    new: |setting| Box::new(Brain::new(setting)),
};

struct Brain {
    /// A detection comes some minutes after what it was seen by.
    things: Truth,
}

impl Brain {
    fn new(setting: &Setting) -> Brain {
        Brain { things: setting.truth(Shape { late_ms_max: 5 * MINUTE, ..Shape::default() }) }
    }
}

impl Double for Brain {
    fn truth(&self, _: &str) -> Vec<String> {
        self.things.versions().map(|(event, version)| format!("{} {}", event.id, threat(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("authorization") != Some("Token t0") {
            return Err(error(401, "Invalid token."));
        }
        let query = asked.query();
        let list = match asked.path() {
            "/api/v2.5/detections" => self.detections(&query, now)?,
            "/api/v2.5/hosts" | "/api/v2.5/accounts" if query.get("ordering") == Some("id") => {
                self.things.seen(now).iter().collect()
            }
            "/api/v2.5/hosts" | "/api/v2.5/accounts" => return Err(error(422, "Invalid ordering.")),
            _ => return Err(error(404, "Not found.")),
        };
        numbered(asked, &list, now)
    }

    fn too_often(&self) -> Answer {
        error(429, "Request was throttled.")
    }
}

impl Brain {
    /// Newest first, from a minute on.
    fn detections(&self, query: &Parameters, now: i64) -> Result<Vec<&Event>, Answer> {
        let since = query.get("last_timestamp_gte").and_then(|time| strptime(time, "%Y-%m-%dT%H%M"));
        let since = since.ok_or_else(|| error(422, "Invalid last_timestamp_gte."))?;
        if query.get("ordering") != Some("-last_timestamp") {
            return Err(error(422, "Invalid ordering."));
        }
        let mut found = self.things.touched(now, since..);
        found.reverse();
        Ok(found)
    }
}

/// A list is made anew for each page; a page is never larger than the brain allows, whatever is asked for.
fn numbered(asked: &Asked, list: &[&Event], now: i64) -> Answered {
    let query = asked.query();
    let bad = |why: String| error(422, &why);
    let size = query.within("page_size", 1..=5_000, 50).map_err(bad)?.min(25) as usize;
    let number = query.within("page", 1..=i64::MAX, 1).map_err(bad)? as usize;
    let from = (number - 1).saturating_mul(size);
    if from > 0 && from >= list.len() {
        return Err(error(404, "Invalid page."));
    }
    let others: String =
        query.iter().filter(|(name, _)| *name != "page").map(|(name, value)| format!("&{name}={value}")).collect();
    let link = format!("{}{}?page={}{others}", asked.origin, asked.path(), number + 1);
    let next = if from + size < list.len() { link.into() } else { Value::Null };
    let results: Vec<Value> = page(list, from, size).iter().map(|event| told(event, now)).collect();
    Ok(Answer::ok(&json!({"count": list.len(), "next": next, "previous": null, "results": results})))
}

fn threat(version: i64) -> i64 {
    [40, 70][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({"id": event.id, "detection_type": "Hidden HTTPS Tunnel", "name": "wks-0415", "threat": threat(event.version(now)), "certainty": 50,
        "state": "active", "is_triaged": false, "last_timestamp": iso_seconds(event.touched_at(now))})
}

fn error(status: u16, detail: &str) -> Answer {
    Answer::said(status, &json!({"detail": detail}))
}
