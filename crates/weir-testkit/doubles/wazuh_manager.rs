//! The API of a Wazuh manager: a token for a quarter of an hour, lists by offset.

use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Service, Setting, Shape, Source, Truth, Value, iso_seconds, json, page,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "wazuh/manager",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "p1", "page_size": 20}"#,
    services: &[
        Service::new("agents", &["/id|/key/0", "/status|/weir.change"]).page("offset"),
        Service::new("rules", &["/id|/key/2", "/level|/weir.change"]).page("offset"),
    ],
    new: |setting| Box::new(Manager::new(setting)),
};

struct Manager {
    /// Agents and rules alike.
    items: Truth,
    grants: Grants,
}

impl Manager {
    fn new(setting: &Setting) -> Manager {
        Manager { items: setting.truth(Shape::default()), grants: Grants::new(15 * MINUTE) }
    }
}

impl Double for Manager {
    fn truth(&self, stream: &str) -> Vec<String> {
        let told = |(event, version): (&Event, i64)| match stream {
            "agents" => format!("{} {}", agent_id(event), status(version)),
            _ => format!("{} {}", rule_id(event), level(version)),
        };
        self.items.versions().map(told).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if (asked.method.as_str(), asked.path()) == ("POST", "/security/user/authenticate") {
            if !asked.is_basic("weir", "p1") {
                return Err(error(401, "Unauthorized", "Invalid credentials"));
            }
            return Ok(Answer::ok(&json!({"data": {"token": self.grants.grant(now)}, "error": 0})));
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Unauthorized", "Invalid token"));
        }
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/agents") => {
                self.list(asked, &["limit", "offset", "sort", "select"], |event| agent(event, now), now)
            }
            ("GET", "/rules") => self.list(asked, &["limit", "offset", "sort"], |event| rule(event, now), now),
            _ => Err(error(404, "Not Found", "404: Not Found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        Answer::said(429, &json!({"title": "Maximum number of requests per minute reached", "error": 6001}))
    }
}

impl Manager {
    fn list(&self, asked: &Asked, known: &[&str], told: impl Fn(&Event) -> Value, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: String| error(400, "Bad Request", &why);
        query.only(known).map_err(bad)?;
        if query.get("sort") != Some("+id") {
            return Err(bad("sort".to_owned()));
        }
        let limit = query.within("limit", 1..=500, 500).map_err(bad)? as usize;
        let offset = query.within("offset", 0..=i64::MAX, 0).map_err(bad)? as usize;
        let mut found: Vec<&Event> = self.items.seen(now).iter().collect();
        found.sort_by_key(|event| agent_id(event));
        let list: Vec<Value> = page(&found, offset, limit).iter().map(|event| told(event)).collect();
        let data = json!({"affected_items": list, "total_affected_items": found.len(), "total_failed_items": 0, "failed_items": []});
        Ok(Answer::ok(&json!({"data": data, "message": "All selected items were returned", "error": 0})))
    }
}

/// New ones stand anywhere in the list.
fn agent_id(event: &Event) -> String {
    format!("{:03}{:03}", event.random % 1_000, event.id)
}

fn rule_id(event: &Event) -> String {
    agent_id(event).trim_start_matches('0').to_owned()
}

fn status(version: i64) -> &'static str {
    ["active", "disconnected"][version as usize % 2]
}

fn level(version: i64) -> i64 {
    7 + version
}

fn agent(event: &Event, now: i64) -> Value {
    json!({"id": agent_id(event), "name": "bastion-01", "ip": "192.0.2.5", "status": status(event.version(now)), "lastKeepAlive": iso_seconds(now)})
}

fn rule(event: &Event, now: i64) -> Value {
    json!({"id": rule_id(event).parse::<i64>().unwrap_or_default(), "filename": "0095-sshd_rules.xml", "relative_dirname": "ruleset/rules",
        "level": level(event.version(now)), "status": "enabled"})
}

fn error(status: u16, title: &str, detail: &str) -> Answer {
    Answer::said(status, &json!({"title": title, "detail": detail, "error": status}))
}
