//! KACE's appliance: a session in cookies, lists with a place and a size in one parameter, and no list of changes.

use crate::double::strftime;
use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Service, Setting, Shape, Source, Truth, Value, json, page,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "quest/kace",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "s", "page_size": 20}"#,
    services: &[
        Service::new("machines", &["/Id", "/User"]),
        Service::new("assets", &["/Id", "/User"]),
        Service::new("users", &["/Id", "/User"]),
        Service::new("tickets", &["/Id", "/User"]),
        Service::new("software", &["/Id", "/User"]),
        Service::new("patches", &["/machine_id", "/Id", "/Status"]),
    ],
    new: |setting| Box::new(Appliance::new(setting)),
};

struct Appliance {
    things: Truth,
    sessions: Grants,
}

/// Of each machine.
const PATCHES: i64 = 2;

impl Appliance {
    fn new(setting: &Setting) -> Appliance {
        let things = setting.truth(Shape { count: 30, ..Shape::default() });
        Appliance { things, sessions: Grants::new(20 * MINUTE) }
    }
}

impl Double for Appliance {
    fn truth(&self, stream: &str) -> Vec<String> {
        let versions = self.things.versions();
        if stream != "patches" {
            return versions.map(|(event, version)| format!("{} {}", event.id, user(version))).collect();
        }
        let patches = |(event, version): (&Event, i64)| {
            let machine = event.id;
            (0..PATCHES).map(move |id| format!("{machine} {id} {}", user(version)))
        };
        versions.flat_map(patches).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-kace-api-version").is_none() {
            return Err(error(400, "x-kace-api-version is missing"));
        }
        let segments = asked.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        if path == ["ams", "shared", "api", "security", "login"] {
            return self.log_in(asked, now);
        }
        let is_known =
            self.sessions.holds(asked.cookie("kboxid"), now) && asked.cookie("x-kace-auth-jwt") == Some("eyJ");
        if !is_known {
            return Err(error(401, "Unauthorized"));
        }
        match &path[..] {
            ["api", "inventory", "machines"] => self.list(asked, "Machines", now),
            ["api", "asset", "assets"] => self.list(asked, "Assets", now),
            ["api", "users", "users"] => self.list(asked, "Users", now),
            ["api", "service_desk", "tickets"] => self.list(asked, "Tickets", now),
            ["api", "inventory", "software"] => self.list(asked, "Software", now),
            ["api", "inventory", "machines", id, "patches"] => self.patches(id, now),
            _ => Err(error(404, "Not found")),
        }
    }

    fn revoke(&self) {
        self.sessions.end_all();
    }
}

impl Appliance {
    fn log_in(&self, asked: &Asked, now: i64) -> Answered {
        let body = asked.json();
        if ["userName", "password", "organizationName"].map(|name| body[name].as_str())
            != [Some("weir"), Some("s"), Some("Default")]
        {
            return Err(error(401, "Invalid user name or password"));
        }
        let session = format!("kboxid={}; path=/; secure; HttpOnly", self.sessions.grant(now));
        let answer = Answer::ok(&json!({"userName": "weir"}));
        Ok(answer.with("set-cookie", session).with("set-cookie", "x-kace-auth-jwt=eyJ; path=/; secure"))
    }

    /// Sorted by number; the list is made anew for each page.
    fn list(&self, asked: &Asked, name: &str, now: i64) -> Answered {
        let (query, bad) = (asked.query(), |why: String| error(400, &why));
        query.only(&["shaping", "paging", "sorting", "filtering"]).map_err(bad)?;
        let words: Vec<&str> = query.get("paging").unwrap_or("limit 50 offset 0").split(' ').collect();
        let ["limit", limit, "offset", offset] = words[..] else { return Err(error(400, "paging")) };
        let number = |text: &str| text.parse::<usize>().map_err(|_| error(400, "paging"));
        if query.get("sorting") != Some("id asc") {
            return Err(error(400, "sorting"));
        }
        let seen = self.things.seen(now);
        let rows: Value = page(seen, number(offset)?, number(limit)?).iter().map(|event| told(event, now)).collect();
        Ok(Answer::ok(&json!({"Count": seen.len(), "Warnings": {}, name: rows})))
    }

    fn patches(&self, machine: &str, now: i64) -> Answered {
        let of = self.things.seen(now).iter().find(|event| event.id.to_string() == machine);
        let of = of.ok_or_else(|| error(404, "Not found"))?;
        let patches: Value = (0..PATCHES).map(|id| json!({"Id": id, "Status": user(of.version(now))})).collect();
        Ok(Answer::ok(&json!({"Count": PATCHES, "Warnings": {}, "Patches": patches})))
    }
}

fn user(version: i64) -> &'static str {
    if version == 0 { "mira.holt" } else { "o.neil" }
}

/// The time of the last contact differs each time.
fn told(event: &Event, now: i64) -> Value {
    let sync = strftime(now, "%Y-%m-%d %H:%M:%S");
    json!({"Id": event.id, "Name": format!("WKS-{:04}", event.id), "User": user(event.version(now)), "Ram_total": "16.00 GB", "Last_sync": sync})
}

fn error(status: u16, description: &str) -> Answer {
    Answer::said(status, &json!({"errorCode": -1, "errorDescription": description}))
}
