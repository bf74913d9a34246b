//! Sentry: links in both directions on every page, of which an attribute says whether anything stands behind them; paths end with a slash.

use crate::double::{
    Answered, Double, Event, MINUTE, Service, Setting, Shape, Source, Truth, Value, iso, json, page, strptime,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "sentry/issues",
    config: r#"{"base_url": "{origin}/api/0", "organization": "acme", "token": "sntrys_1", "projects": ["shop-api", "shop-web"], "start_time": "{start}"}"#,
    services: &[
        Service::new("issues", &["/id", "/count"]).page("cursor"),
        Service::new("events", &["/project", "/eventID"]).page("cursor"),
        Service::new("audit", &["/id"]).page("cursor"),
    ],
    new: |setting| Box::new(Sentry::new(setting)),
};

const PROJECTS: [&str; 2] = ["shop-api", "shop-web"];

struct Sentry {
    /// What clients report arrives minutes after it happened, by their clocks.
    things: Truth,
}

impl Sentry {
    fn new(setting: &Setting) -> Sentry {
        Sentry { things: setting.truth(Shape { count: 240, late_ms_max: 6 * MINUTE, ..Shape::default() }) }
    }
}

impl Double for Sentry {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "issues" => {
                self.things.versions().map(|(event, version)| format!("{} {}", event.id, version + 1)).collect()
            }
            "events" => {
                self.things.all().iter().map(|event| format!("{} {}", project(event), event_id(event))).collect()
            }
            _ => self.things.ids(""),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.bearer() != Some("sntrys_1") {
            return Err(error(401, "Invalid token"));
        }
        if !asked.path().ends_with('/') {
            return Err(Answer::new(301, &[("location", &format!("{}/", asked.path()))], ""));
        }
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["api", "0", "organizations", "acme", "issues"] => {
                let list: Vec<Value> = self.issues(asked, now)?.into_iter().map(|event| issue(event, now)).collect();
                linked(asked, &list, |page| json!(page))
            }
            ["api", "0", "projects", "acme", name, "events"] if PROJECTS.contains(&name) => {
                // By the clock of the client.
                let found = self.things.between(now, ..).into_iter().rev().filter(|event| project(event) == name);
                let list: Vec<Value> = found.map(occurrence).collect();
                linked(asked, &list, |page| json!(page))
            }
            ["api", "0", "organizations", "acme", "audit-logs"] => {
                let row = |event: &Event| json!({"id": event.id.to_string(), "event": "member.add", "dateCreated": iso(event.seen), "actor": {"name": "ana"}});
                let list: Vec<Value> = self.things.seen(now).iter().rev().map(row).collect();
                linked(asked, &list, |page| json!({"rows": page, "options": ["member.add"]}))
            }
            _ => Err(error(404, "The requested resource does not exist")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "You are attempting to use this endpoint too frequently. Limit is 40 requests in 1 seconds")
    }
}

impl Sentry {
    /// Those that something happened to within a range, last seen first.
    fn issues(&self, asked: &Asked, now: i64) -> Result<Vec<&Event>, Answer> {
        let query = asked.query();
        let time = |name: &str| {
            let time = query.get(name).and_then(|text| strptime(text, "%Y-%m-%dT%H:%M:%S"));
            time.ok_or_else(|| error(400, &format!("{name} is not valid")))
        };
        let range = time("start")?..=time("end")?;
        if query.get("sort") != Some("date")
            || query.get("query") != Some("is:unresolved")
            || query.get("statsPeriod").is_some()
        {
            return Err(error(400, "only what was seen last of the unresolved is known here"));
        }
        let mut found = self.things.touched(now, ..);
        found.retain(|event| range.contains(&event.time) || range.contains(&event.touched_at(now)));
        found.reverse();
        Ok(found)
    }
}

/// A limit that is too high is cut without a word; so it is here, at fewer.
fn linked(asked: &Asked, list: &[Value], body: impl Fn(&[Value]) -> Value) -> Answered {
    let query = asked.query();
    let size = query.within("limit", 1..=i64::MAX, 100).map_err(|why| error(400, &why))?.min(25) as usize;
    let place = |cursor: &str| cursor.strip_prefix("0:")?.strip_suffix(":0")?.parse::<usize>().ok();
    let from = query.get("cursor").map_or(Some(0), place).ok_or_else(|| error(400, "Invalid cursor parameter."))?;
    let others: String = query
        .iter()
        .filter(|(name, _)| *name != "cursor")
        .map(|(name, value)| format!("{name}={}&", value.replace(' ', "%20")))
        .collect();
    let link = |rel: &str, at: usize, has: bool| {
        let url = format!("{}{}?{others}cursor=0:{at}:0", asked.origin, asked.path());
        format!("<{url}>; rel=\"{rel}\"; results=\"{has}\"; cursor=\"0:{at}:0\"")
    };
    let links =
        [link("previous", from.saturating_sub(size), from > 0), link("next", from + size, from + size < list.len())];
    Ok(Answer::ok(&body(page(list, from, size))).with("link", links.join(", ")))
}

fn project(event: &Event) -> &'static str {
    PROJECTS[(event.random % 2) as usize]
}

fn event_id(event: &Event) -> String {
    event.uuid().replace('-', "")
}

fn issue(event: &Event, now: i64) -> Value {
    json!({"id": event.id.to_string(), "shortId": format!("SHOP-{}", event.id), "title": "PermissionError", "level": "error", "status": "unresolved",
        "project": {"slug": project(event)}, "count": (event.version(now) + 1).to_string(), "firstSeen": iso(event.time), "lastSeen": iso(event.touched_at(now))})
}

fn occurrence(event: &Event) -> Value {
    json!({"eventID": event_id(event), "groupID": "51", "dateCreated": iso(event.time), "dateReceived": iso(event.seen), "message": "token audience mismatch"})
}

fn error(status: u16, detail: &str) -> Answer {
    Answer::said(status, &json!({"detail": detail}))
}
