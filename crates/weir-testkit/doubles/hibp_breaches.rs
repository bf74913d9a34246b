//! Have I Been Pwned: each answer is all there is, 404 means none.

use crate::double::{Answered, Double, Event, HOUR, Service, Setting, Shape, Source, Truth, Value, iso_seconds, json};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "hibp/breaches",
    config: r#"{"base_url": "{origin}", "api_key": "0123", "accounts": ["mira.holt@example.com"],
        "stealer_domains": ["example.com"], "stealer_accounts": ["mira.holt@example.com"], "stealer_websites": ["shop.example.com"]}"#,
    services: &[
        Service::new("domains", &["/email", "/breach", "/domain"]),
        Service::new("accounts", &["/email", "/Name", "/IsVerified"]),
        Service::new("pastes", &["/email", "/Source", "/Id"]),
        Service::new("stealer_logs", &["/email", "/website"]),
        Service::new("stealer_accounts", &["/email", "/website"]),
        Service::new("stealer_websites", &["/website", "/email"]),
        Service::new("breaches", &["/Name", "/IsVerified"]).open(),
    ],
    new: |setting| Box::new(Catalogue::new(setting)),
};

struct Catalogue {
    /// A breach is added, and may be verified later.
    breaches: Truth,
    /// The one that is added when no other changes any more: who waits for additions sees the changes with the next of them.
    last: Event,
}

impl Catalogue {
    fn new(setting: &Setting) -> Catalogue {
        let at = setting.start + 5 * HOUR;
        let last = Event { id: COUNT + 1, time: at, seen: at, random: 1 };
        Catalogue { breaches: setting.truth(Shape { count: COUNT, ..Shape::default() }), last }
    }

    fn seen(&self, now: i64) -> Vec<Event> {
        let last = Some(self.last).filter(|last| last.seen <= now);
        self.breaches.seen(now).iter().copied().chain(last).collect()
    }

    fn versions(&self) -> impl Iterator<Item = (&Event, i64)> {
        self.breaches.versions().chain([(&self.last, 0)])
    }
}

const COUNT: i64 = 60;
const MIRA: &str = "mira.holt@example.com";

impl Double for Catalogue {
    fn truth(&self, stream: &str) -> Vec<String> {
        let all = || self.breaches.all().iter().chain([&self.last]);
        let version = |(event, version)| format!("{} {}", name(event), version == 1);
        match stream {
            "domains" => {
                all().map(|event| format!("{}@example.com {} example.com", alias(event), name(event))).collect()
            }
            "accounts" => self.versions().map(|both| format!("{MIRA} {}", version(both))).collect(),
            "pastes" => all().map(|event| format!("{MIRA} Pastebin {}", event.id)).collect(),
            "stealer_logs" => all().map(|event| format!("{}@example.com {}", alias(event), site(event))).collect(),
            "stealer_accounts" => all().map(|event| format!("{MIRA} {}", site(event))).collect(),
            "stealer_websites" => all().map(|event| format!("shop.example.com {}@example.com", name(event))).collect(),
            _ => self.versions().map(version).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("user-agent").is_none() {
            return Err(error(403, "Access denied due to missing user agent."));
        }
        let segments = asked.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["api", "v3", rest @ ..] = &path[..] else { return Err(error(404, "")) };
        let is_open = matches!(rest, ["breaches" | "latestbreach"]);
        if !is_open && asked.header("hibp-api-key") != Some("0123") {
            return Err(error(401, "Access denied due to invalid hibp-api-key."));
        }
        let seen = &self.seen(now)[..];
        let all = |told: &dyn Fn(&Event) -> Value| found(seen.iter().map(told).collect());
        match rest {
            ["subscribeddomains"] => Ok(Answer::ok(&json!([
                {"DomainName": "example.com", "PwnCount": 2, "NextSubscriptionRenewal": "2026-09-01T00:00:00"},
                {"DomainName": "example.net", "PwnCount": null, "NextSubscriptionRenewal": null},
            ]))),
            ["breacheddomain", "example.com"] => found(aliases(seen, name)),
            ["breacheddomain", "example.net"] => found(json!([])),
            ["breachedaccount", MIRA] if asked.query().get("truncateResponse") == Some("false") => {
                all(&|event| breach(event, now))
            }
            ["breachedaccount", MIRA] => all(&|event| json!({"Name": name(event)})),
            ["pasteaccount", MIRA] => all(
                &|event| json!({"Source": "Pastebin", "Id": event.id.to_string(), "Title": null, "Date": iso_seconds(event.time), "EmailCount": 139}),
            ),
            ["stealerlogsbyemaildomain", "example.com"] => found(aliases(seen, site)),
            ["stealerlogsbyemail", MIRA] => all(&|event| site(event).into()),
            ["stealerlogsbywebsitedomain", "shop.example.com"] => {
                all(&|event| format!("{}@example.com", name(event)).into())
            }
            ["latestbreach"] => {
                Ok(seen.last().map_or(Answer::new(404, &[], ""), |event| Answer::ok(&breach(event, now))))
            }
            ["breaches"] => Ok(Answer::ok(&seen.iter().map(|event| breach(event, now)).collect())),
            _ => Err(error(400, "The domain or the account is not valid.")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Rate limit is exceeded. Try again in 2 seconds.")
    }
}

/// Nothing is told by a status.
fn found(body: Value) -> Answered {
    let is_empty = body.as_array().is_some_and(Vec::is_empty) || body.as_object().is_some_and(|map| map.is_empty());
    Ok(if is_empty { Answer::new(404, &[], "") } else { Answer::ok(&body) })
}

/// Local parts of addresses, each with a list.
fn aliases(seen: &[Event], what: impl Fn(&Event) -> String) -> Value {
    let mut map = serde_json::Map::new();
    for event in seen {
        if let Some(list) = map.entry(alias(event)).or_insert_with(|| json!([])).as_array_mut() {
            list.push(what(event).into());
        }
    }
    map.into()
}

fn alias(event: &Event) -> String {
    event.pick(&["mira.holt", "info", "o'neil+news", "a\"b", "$"]).to_owned()
}

fn name(event: &Event) -> String {
    format!("ShopLeak{}", event.id)
}

fn site(event: &Event) -> String {
    format!("shop-{}.example", event.id)
}

fn breach(event: &Event, now: i64) -> Value {
    json!({
        "Name": name(event), "Title": "Shop Leak", "Domain": "shop.example", "BreachDate": "2024-11-02", "AddedDate": iso_seconds(event.seen),
        "ModifiedDate": iso_seconds(event.changed_at(now)), "PwnCount": 812_345 + event.version(now), "IsVerified": event.version(now) == 1,
    })
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"statusCode": status, "message": message}))
}
