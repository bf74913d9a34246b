//! ClearPass: filters in JSON within the address, links to what comes next, lists that are made anew for each page.

use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value,
};
use crate::double::{escaped, iso, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "aruba/clearpass-api",
    config: r#"{"base_url": "{origin}/api", "client_id": "c1", "client_secret": "s1", "start_time": "{start}"}"#,
    services: &[
        Service::new("sessions", &["/id", "/session_event"]).page("offset"),
        Service::new("session_ends", &["/id", "/session_event"]).page("offset"),
        Service::new("system_events", &["/id"]).page("offset"),
        Service::new("endpoints", &["/id", "/status"]).page("offset"),
        Service::new("guests", &["/id|/key/0", "/enabled|/weir.change"]).page("offset"),
        Service::new("devices", &["/id|/key/0", "/enabled|/weir.change"]).page("offset"),
    ],
    new: |setting| Box::new(Policy::new(setting)),
};

struct Policy {
    /// Switches tell of sessions some minutes late.
    sessions: Truth,
    /// More within some minutes than fit on a page.
    system: Truth,
    things: Truth,
    asked_from: i64,
    grants: Grants,
}

impl Policy {
    fn new(setting: &Setting) -> Policy {
        let shape = Shape::default();
        Policy {
            sessions: setting.truth(Shape { count: 120, late_ms_max: 10 * MINUTE, ..shape }),
            system: setting.truth(Shape { count: 1_300, over_ms: 9 * MINUTE, ..shape }),
            things: setting.truth(Shape { count: 30, ..shape }),
            asked_from: setting.asked_from,
            grants: Grants::new(28_800_000),
        }
    }
}

impl Double for Policy {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "sessions" => self.sessions.all().iter().map(|event| format!("{} start", event.id)).collect(),
            "session_ends" => {
                let ended = self.sessions.all().iter().filter(|event| event.changes_at().is_some());
                ended.map(|event| format!("{} end", event.id)).collect()
            }
            "system_events" => self.system.ids(""),
            "endpoints" => {
                self.things.versions().map(|(event, version)| format!("{} {}", event.id, status(version))).collect()
            }
            _ => self.things.all().iter().flat_map(|event| self.changes(event)).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if (asked.method.as_str(), asked.path()) == ("POST", "/api/oauth") {
            let given = json!({"grant_type": "client_credentials", "client_id": "c1", "client_secret": "s1"});
            let wrong = || error(400, "invalid_client", "The client credentials are invalid");
            return if asked.json() == given { Ok(self.grants.bearer(now)) } else { Err(wrong()) };
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Unauthorized", "The access token provided has expired"));
        }
        let seen = self.things.seen(now).iter();
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/api/session") => {
                let all = self.sessions.seen(now).iter().map(|event| session(event, now)).collect();
                listed(asked, all)
            }
            ("GET", "/api/system-event") => {
                let told = |event: &Event| json!({"id": event.id, "source": "Admin UI", "level": "WARN", "timestamp": iso(event.time)});
                listed(asked, self.system.seen(now).iter().map(told).collect())
            }
            ("GET", "/api/endpoint") => {
                let told = |event: &Event| json!({"id": event.id, "mac_address": "02005e005323", "status": status(event.version(now))});
                listed(asked, seen.map(told).collect())
            }
            ("GET", "/api/guest" | "/api/device") => {
                let told = |event: &Event| json!({"id": event.id, "username": format!("guest-{}", event.id), "password": now.to_string(), "enabled": event.version(now) == 0});
                listed(asked, seen.filter(|event| gone_at(event).is_none_or(|at| now < at)).map(told).collect())
            }
            _ => Err(error(404, "Not Found", "Page not found.")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }
}

impl Policy {
    /// What somebody is told who asks from a time on.
    fn changes(&self, event: &Event) -> Vec<String> {
        let told = |words: &[&str]| words.iter().map(|word| format!("{} {word}", event.id)).collect();
        let is_past = |at: i64| at <= self.asked_from;
        match (event.changes_at(), gone_at(event)) {
            (_, Some(at)) if is_past(at) => Vec::new(),
            (_, Some(_)) => told(&["true", "removed"]),
            (Some(at), None) if is_past(at) => told(&["false"]),
            (Some(_), None) => told(&["true", "false"]),
            (None, None) => told(&["true"]),
        }
    }
}

/// A list that is filtered, sorted and cut as the address says.
fn listed(asked: &Asked, mut items: Vec<Value>) -> Answered {
    let query = asked.query();
    let bad = |why: String| error(422, "Unprocessable Entity", &why);
    query.only(&["filter", "sort", "offset", "limit", "calculate_count"]).map_err(bad)?;
    let limit = query.within("limit", 1..=1_000, 25).map_err(bad)?;
    let offset = query.within("offset", 0..=i64::MAX, 0).map_err(bad)?;
    if let Some((name, sign, bound)) = filter(&query).map_err(bad)? {
        items.retain(|item| {
            let value = number(item, &name);
            if sign == "$gt" { value > Some(bound) } else { value >= Some(bound) }
        });
    }
    let sort = query.get("sort").unwrap_or("-id");
    let name = sort.get(1..).unwrap_or_default();
    items.sort_by_key(|item| number(item, name));
    match sort.as_bytes().first() {
        Some(b'+') => {}
        Some(b'-') => items.reverse(),
        _ => return Err(bad(format!("sort: {sort}"))),
    }
    let cut = page(&items, offset as usize, limit as usize);
    let link = |offset: i64| {
        let filter = query.get("filter").map_or(String::new(), |filter| format!("filter={}&", escaped(filter)));
        json!({"href": format!("{}{}?{filter}sort={}&offset={offset}&limit={limit}", asked.origin, asked.path(), escaped(sort))})
    };
    let mut links = json!({"self": link(offset), "first": link(0)});
    if offset as usize + cut.len() < items.len() {
        links["next"] = link(offset.saturating_add(limit));
    }
    Ok(Answer::ok(&json!({"_links": links, "_embedded": {"items": cut}})))
}

/// One condition on one member.
fn filter(query: &Parameters) -> Result<Option<(String, String, i64)>, String> {
    let Some(text) = query.get("filter") else { return Ok(None) };
    let filter: Value = serde_json::from_str(text).map_err(|error| format!("filter: {error}"))?;
    let one = |value: &Value| {
        let (name, value) = value.as_object().filter(|members| members.len() == 1)?.iter().next()?;
        Some((name.clone(), value.clone()))
    };
    let condition = one(&filter).and_then(|(name, inner)| {
        let (sign, bound) = one(&inner)?;
        matches!(sign.as_str(), "$gt" | "$gte").then_some((name, sign, bound.as_i64()?))
    });
    condition.map(Some).ok_or_else(|| format!("filter: {text} is not known here"))
}

/// Times are numbers in texts; nothing is below every number.
fn number(item: &Value, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
}

/// Some that do not change are deleted.
fn gone_at(event: &Event) -> Option<i64> {
    (event.random % 6 == 1).then_some(event.seen + 90 * MINUTE)
}

fn status(version: i64) -> &'static str {
    ["Known", "Disabled"][version as usize % 2]
}

/// It ends when it changes.
fn session(event: &Event, now: i64) -> Value {
    let end = event.changes_at().filter(|at| *at <= now).map(|at| (at / 1_000).to_string());
    json!({
        "id": event.id, "acctsessionid": event.uuid(), "username": "mira.holt", "state": if end.is_some() { "closed" } else { "active" },
        "acctstarttime": (event.time / 1_000).to_string(), "acctstoptime": end, "nasipaddress": "192.0.2.1",
    })
}

fn error(status: u16, title: &str, detail: &str) -> Answer {
    let kind = "http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html";
    Answer::said(status, &json!({"type": kind, "title": title, "status": status, "detail": detail}))
}
