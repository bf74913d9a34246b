//! Fastly's Next-Gen WAF: a feed of whole minutes that is complete behind five of them, events that end, and logs of changes.

use crate::double::{Answered, Double, Event, HOUR, MINUTE, Marks, Parameters, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, iso_seconds, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "fastly/signal-sciences",
    config: r#"{"base_url": "{origin}/api/v0", "user": "ana@example.com", "token": "t0", "corp": "acme", "sites": ["shop", "api"],
        "start_time": "{start}"}"#,
    services: &[
        Service::new("requests", &["/site", "/id"]).page("cursor"),
        Service::new("events", &["/site", "/id", "/expiredBy"]).page("page"),
        Service::new("activity", &["/id"]).page("page"),
        Service::new("site_activity", &["/site", "/id"]).page("page"),
        Service::new("sites", &["/name"]).page("page"),
    ],
    new: |setting| Box::new(Waf::new(setting)),
};

const SITES: [&str; 2] = ["shop", "api"];

struct Waf {
    /// A flood: more within some minutes than fit on a page. In the feed five minutes after they happened.
    requests: Truth,
    events: Truth,
    activity: Truth,
    /// What of a feed comes next: its site, range and place; a link lives for a minute.
    cursors: Marks<(String, i64, i64, usize, i64)>,
}

impl Waf {
    fn new(setting: &Setting) -> Waf {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        let flood = Shape { count: 1_600, over_ms: 9 * MINUTE, late_ms_max: 5 * MINUTE, ..Shape::default() };
        Waf { requests: setting.truth(flood), events: truth(60), activity: truth(120), cursors: Marks::new("Zm9v") }
    }
}

impl Double for Waf {
    fn truth(&self, stream: &str) -> Vec<String> {
        let of_site = |event: &Event| format!("{} {}", site(event), event.id);
        match stream {
            "requests" => self.requests.all().iter().map(of_site).collect(),
            "events" => {
                let told = |(event, version): (&Event, i64)| format!("{} {}", of_site(event), expired_by(version));
                self.events.versions().map(told).collect()
            }
            "site_activity" => self.activity.all().iter().map(of_site).collect(),
            "activity" => self.activity.ids(""),
            _ => SITES.map(str::to_owned).to_vec(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if (asked.header("x-api-user"), asked.header("x-api-token")) != (Some("ana@example.com"), Some("t0")) {
            return Err(error(401, "Unauthorized"));
        }
        let (path, query) = (asked.segments(), asked.query());
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["api", "v0", "corps", "acme", rest @ ..] = path.as_slice() else { return Err(error(404, "Not found")) };
        match (asked.method.as_str(), rest) {
            ("GET", ["sites"]) => {
                let sites = SITES.map(|name| json!({"name": name, "displayName": name, "agentLevel": "block"}));
                paged(&query, &sites, 100, Value::clone)
            }
            ("GET", ["activity"]) => paged(&query, &newest_first(self.activity.seen(now), None), 1_000, change),
            ("GET", ["sites", site, rest @ ..]) if SITES.contains(site) => self.site(site, rest, &query, now),
            _ => Err(error(404, "Site not found")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Rate limit exceeded")
    }
}

impl Waf {
    fn site(&self, site: &str, rest: &[&str], query: &Parameters, now: i64) -> Answered {
        match rest {
            ["feed", "requests"] => self.feed(site, query, now),
            ["events"] => self.events(site, query, now),
            ["activity"] => paged(query, &newest_first(self.activity.seen(now), Some(site)), 1_000, change),
            _ => Err(error(404, "Not found")),
        }
    }

    fn feed(&self, wanted: &str, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        let limit = query.within("limit", 1..=1_000, 1_000).map_err(bad)? as usize;
        let (from, until, place) = match query.get("cursor").map(|cursor| self.cursors.find(cursor)) {
            Some(Some((of, from, until, place, given))) if of == wanted && now < given + MINUTE => (from, until, place),
            Some(_) => return Err(bad("Invalid cursor".to_owned())),
            None => {
                let (from, until) =
                    (query.needed("from").map_err(bad)? * 1_000, query.needed("until").map_err(bad)? * 1_000);
                (from, until, 0)
            }
        };
        if from % MINUTE != 0 || until % MINUTE != 0 || from >= until {
            return Err(bad("from and until must fall on a minute, from before until".to_owned()));
        }
        if place == 0 && (until > now - 5 * MINUTE || from < now - 24 * HOUR - 5 * MINUTE) {
            return Err(bad("Range: until at most five minutes ago, from at least 24h5m ago".to_owned()));
        }
        let mut found = self.requests.between(now, from..until);
        found.retain(|event| site(event) == wanted);
        let data: Vec<Value> = page(&found, place, limit).iter().map(|event| request(event)).collect();
        let mut uri = String::new();
        if place + limit < found.len() {
            let cursor = self.cursors.give((wanted.to_owned(), from, until, place + limit, now));
            uri = format!("/api/v0/corps/acme/sites/{wanted}/feed/requests?cursor={cursor}&limit={limit}");
        }
        Ok(Answer::ok(&json!({"next": {"uri": uri}, "data": data})))
    }

    /// By the time at which an address was flagged, however it changed later.
    fn events(&self, wanted: &str, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        let (from, until) = (query.needed("from").map_err(bad)? * 1_000, query.needed("until").map_err(bad)? * 1_000);
        if query.get("sort") != Some("asc") || from < now - 30 * 24 * HOUR {
            return Err(bad("only oldest first, of thirty days, is known here".to_owned()));
        }
        let (limit, number) = (
            query.within("limit", 1..=1_000, 100).map_err(bad)?.min(20),
            query.within("page", 1..=i64::MAX, 1).map_err(bad)?,
        );
        let mut found = self.events.between(now, from..=until);
        found.retain(|event| site(event) == wanted);
        let skip = ((number - 1).saturating_mul(limit)) as usize;
        let data: Vec<Value> = page(&found, skip, limit as usize).iter().map(|event| flagged(event, now)).collect();
        let mut uri = String::new();
        if skip + data.len() < found.len() {
            let range = format!("from={}&until={}", from / 1_000, until / 1_000);
            uri =
                format!("/api/v0/corps/acme/sites/{wanted}/events?{range}&sort=asc&limit={limit}&page={}", number + 1);
        }
        Ok(Answer::ok(&json!({"totalCount": found.len(), "next": {"uri": uri}, "data": data})))
    }
}

fn newest_first(events: &[Event], wanted: Option<&str>) -> Vec<Event> {
    events.iter().rev().filter(|event| wanted.is_none_or(|wanted| site(event) == wanted)).copied().collect()
}

/// The list is made anew for each page.
fn paged<T>(query: &Parameters, list: &[T], limit_max: i64, told: impl Fn(&T) -> Value) -> Answered {
    let bad = |why: String| error(400, &why);
    let limit = query.within("limit", 1..=limit_max, 100).map_err(bad)?;
    let number = query.within("page", 1..=i64::MAX, 1).map_err(bad)?;
    let skip = ((number - 1).saturating_mul(limit)) as usize;
    let data: Vec<Value> = page(list, skip, limit as usize).iter().map(told).collect();
    Ok(Answer::ok(&json!({"totalCount": list.len(), "data": data})))
}

/// Most of what happens happens at the first one.
fn site(event: &Event) -> &'static str {
    SITES[usize::from(event.random.is_multiple_of(8))]
}

/// Somebody ends the flag of an address.
fn expired_by(version: i64) -> &'static str {
    ["", "ana@example.com"][version as usize % 2]
}

fn request(event: &Event) -> Value {
    json!({
        "id": event.id.to_string(), "serverHostname": "edge-3", "remoteIP": "198.51.100.23", "timestamp": iso_seconds(event.time),
        "method": event.pick(&["GET", "POST"]), "serverName": "shop.example.com", "uri": "/search", "responseCode": 406, "tags": [{"type": "SQLI"}],
    })
}

fn flagged(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id.to_string(), "timestamp": iso_seconds(event.time), "source": "198.51.100.23", "action": "flagged", "type": "attack",
        "requestCount": 58, "window": 60, "expires": iso_seconds(event.time + 24 * HOUR), "expiredBy": expired_by(event.version(now)),
    })
}

fn change(event: &Event) -> Value {
    json!({"id": event.id.to_string(), "eventType": "newRule", "message": "Ana made a rule", "created": iso_seconds(event.time)})
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"message": message}))
}
