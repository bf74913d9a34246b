//! Shodan: searches in numbered pages of a hundred, banners of single addresses, names of domains, monitors.

use crate::double::{
    Answered, Double, Event, Parameters, Service, Setting, Shape, Source, Truth, Value, json, page, strftime,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "shodan/banners",
    config: r#"{"api_key": "k0", "queries": ["net:203.0.113.0/24"], "addresses": ["203.0.113.20", "203.0.113.21", "203.0.113.22"],
        "domains": ["example.com"]}"#,
    services: &[
        Service::new("search", &["/_shodan/id"]).page("page"),
        Service::new("hosts", &["/_shodan/id"]),
        Service::new("monitors", &["/id", "/name"]),
        Service::new("names", &["/subdomain", "/weir.change"]).page("page"),
    ],
    new: |setting| Box::new(Shodan::new(setting)),
};

/// Nothing is known of the last address.
const ADDRESSES: [&str; 2] = ["203.0.113.20", "203.0.113.21"];
const PAGE: usize = 100;

struct Shodan {
    /// What is crawled again is known by its last crawl only.
    banners: Truth,
}

impl Shodan {
    fn new(setting: &Setting) -> Shodan {
        Shodan { banners: setting.truth(Shape { count: 240, ..Shape::default() }) }
    }
}

impl Double for Shodan {
    fn truth(&self, stream: &str) -> Vec<String> {
        let versions = self.banners.versions();
        match stream {
            "names" => self.banners.all().iter().map(|event| format!("{} added", subdomain(event))).collect(),
            "monitors" => versions.map(|(event, version)| format!("A{} own-{version}", event.id)).collect(),
            _ => versions.map(|(event, version)| crawl(event, version)).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let (path, query) = (asked.segments(), asked.query());
        if asked.origin != "https://api.shodan.io" || query.get("key") != Some("k0") {
            return Err(error(401, "Please provide a valid API key"));
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["shodan", "host", "search"] if query.get("query") == Some("net:203.0.113.0/24") => {
                // In no order of time.
                let mut found: Vec<&Event> = self.banners.seen(now).iter().collect();
                found.sort_by_key(|event| event.random);
                let matches: Vec<Value> = numbered(&query, &found)?.iter().map(|event| banner(event, now)).collect();
                Ok(Answer::ok(&json!({"matches": matches, "total": found.len()})))
            }
            ["shodan", "host", address] => {
                let found = self.banners.seen(now).iter().filter(|event| of(event) == address);
                let data: Vec<Value> = found.map(|event| banner(event, now)).collect();
                // That nothing is known is no mistake of who asks.
                let unknown = || error(404, "No information available for that IP.");
                Ok(if data.is_empty() {
                    unknown()
                } else {
                    Answer::ok(&json!({"ip_str": address, "ports": [443], "data": data}))
                })
            }
            ["shodan", "alert", "info"] => {
                let told = |event: &Event| json!({"id": format!("A{}", event.id), "name": format!("own-{}", event.version(now)), "filters": {"ip": ["203.0.113.0/24"]}});
                Ok(Answer::ok(&self.banners.seen(now).iter().map(told).collect()))
            }
            ["dns", "domain", "example.com"] => {
                let mut found: Vec<&Event> = self.banners.seen(now).iter().collect();
                found.sort_by_key(|event| event.random);
                let list = numbered(&query, &found)?;
                let name = |event: &&Event| json!({"subdomain": subdomain(event), "type": "A", "value": "203.0.113.20", "last_seen": strftime(now, "%Y-%m-%dT%H:%M:%S.%6f")});
                let has_more = list.last().map(|event| event.id) != found.last().map(|event| event.id);
                let data: Vec<Value> = list.iter().map(name).collect();
                Ok(Answer::ok(
                    &json!({"domain": "example.com", "tags": [], "data": data, "more": has_more && !data.is_empty()}),
                ))
            }
            _ => Err(error(404, "Invalid resource")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Request rate limit reached (1/ second). Please read the documentation.")
    }
}

fn numbered<'e>(query: &Parameters, found: &'e [&'e Event]) -> Result<&'e [&'e Event], Answer> {
    let number = query.within("page", 1..=i64::MAX, 1).map_err(|why| error(400, &why))? as usize;
    Ok(page(found, (number - 1).saturating_mul(PAGE), PAGE))
}

fn of(event: &Event) -> &'static str {
    ADDRESSES[(event.random % 2) as usize]
}

fn subdomain(event: &Event) -> String {
    format!("www{}", event.id)
}

fn crawl(event: &Event, version: i64) -> String {
    format!("{}-{version}", event.uuid())
}

/// Times come with microseconds and without a zone.
fn banner(event: &Event, now: i64) -> Value {
    json!({"ip_str": of(event), "port": event.id, "transport": "tcp", "timestamp": strftime(event.changed_at(now), "%Y-%m-%dT%H:%M:%S.%6f"),
        "product": "FortiGate", "hash": -553_166_942, "_shodan": {"id": crawl(event, event.version(now)), "module": "https"}})
}

fn error(status: u16, text: &str) -> Answer {
    Answer::said(status, &json!({"error": text}))
}
