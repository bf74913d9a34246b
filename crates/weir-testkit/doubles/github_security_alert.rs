//! Alerts of GitHub: lists with the newest change first, by numbers of pages or by cursors, and a list of a repository over GraphQL.

use super::github::{admit, crowd, error, invalid, numbered, repository, state, to, too_often};
use crate::double::{Answered, Double, Event, Service, Source, Truth, Value, iso_seconds, json, page};
use crate::{Answer, Asked};

const ID: &[&str] = &["/repository/full_name", "/number", "/state"];

pub const SOURCE: Source = Source {
    pack: "github/security-alert",
    config: r#"{"base_url": "{origin}", "org": "weir-demo", "token": "ghp_x", "start_time": "{start}",
        "repositories": ["payroll", "shop"], "graphql_url": "{origin}/graphql"}"#,
    services: &[
        Service::new("code_scanning", ID).page("page"),
        Service::new("secret_scanning", ID).page("page"),
        Service::new("dependabot", ID).page("after"),
        Service::new("vulnerability_alerts", &["/repository/nameWithOwner", "/number", "/state"]),
    ],
    new: |setting| Box::new(Alerts { truth: crowd(setting) }),
};

struct Alerts {
    truth: Truth,
}

impl Double for Alerts {
    fn truth(&self, _: &str) -> Vec<String> {
        let name = |(event, version)| format!("{} {} {}", repository(event), event.id, state(version));
        self.truth.versions().map(name).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        admit(asked)?;
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/graphql") => Ok(self.graphql(&asked.json(), now)),
            ("GET", "/orgs/weir-demo/code-scanning/alerts") => numbered(asked, &self.newest(asked, now)?, told(now)),
            ("GET", "/orgs/weir-demo/secret-scanning/alerts") => {
                let is_hidden = asked.query().get("hide_secret") == Some("true");
                let secret = if is_hidden { Value::Null } else { json!("AKIDEXAMPLE") };
                numbered(asked, &self.newest(asked, now)?, |event| {
                    let mut alert = told(now)(event);
                    alert["secret"] = secret.clone();
                    alert
                })
            }
            ("GET", "/orgs/weir-demo/dependabot/alerts") => self.dependabot(asked, now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        too_often()
    }
}

impl Alerts {
    fn newest(&self, asked: &Asked, now: i64) -> Result<Vec<&Event>, Answer> {
        let query = asked.query();
        query.only(&["sort", "direction", "per_page", "page", "after", "hide_secret"]).map_err(invalid)?;
        if (query.get("sort"), query.get("direction")) != (Some("updated"), Some("desc")) {
            return Err(invalid("only the newest change first is known here".to_owned()));
        }
        let mut found = self.truth.changed(now, ..);
        found.reverse();
        Ok(found)
    }

    /// Pages by a cursor, which stands for the last alert that was shown.
    fn dependabot(&self, asked: &Asked, now: i64) -> Answered {
        let (mut found, query) = (self.newest(asked, now)?, asked.query());
        if query.get("page").is_some() {
            return Err(error(400, "Pagination using the `page` parameter is not supported."));
        }
        let size = query.within("per_page", 1..=100, 30).map_err(invalid)? as usize;
        if let Some(after) = query.get("after") {
            found.retain(|event| place(event, now).as_str() < after);
        }
        let shown = page(&found, 0, size);
        let answer = Answer::ok(&shown.iter().map(told(now)).collect());
        let last = shown.last().filter(|_| shown.len() < found.len());
        Ok(last.map_or(answer.clone(), |last| answer.with("link", to(asked, &query, "after", &place(last, now)))))
    }

    /// Refusals come with status 200.
    fn graphql(&self, body: &Value, now: i64) -> Answer {
        let text = |name: &str| body["variables"][name].as_str().unwrap_or_default();
        let name = format!("{}/{}", text("owner"), text("name"));
        let after = text("after").strip_prefix("Y3Vyc29y").and_then(|id| id.parse().ok()).unwrap_or(0);
        let of: Vec<&Event> = self.truth.seen(now).iter().filter(|event| repository(event) == name).collect();
        if name != "weir-demo/payroll" && name != "weir-demo/shop" {
            let message = format!("Could not resolve to a Repository with the name '{name}'.");
            return Answer::ok(
                &json!({"data": {"repository": null}, "errors": [{"type": "NOT_FOUND", "message": message}]}),
            );
        }
        let left: Vec<&Event> = of.into_iter().filter(|event| event.id > after).collect();
        let shown = page(&left, 0, 100);
        let info = json!({
            "endCursor": shown.last().map(|event| format!("Y3Vyc29y{}", event.id)), "hasNextPage": shown.len() < left.len(),
        });
        let node = |event: &&Event| {
            json!({
                "number": event.id, "state": state(event.version(now)), "createdAt": iso_seconds(event.seen),
                "repository": {"name": text("name"), "nameWithOwner": name}, "securityAdvisory": {"ghsaId": "GHSA-1", "severity": "HIGH"},
            })
        };
        let nodes: Value = shown.iter().map(node).collect();
        Answer::ok(&json!({"data": {"repository": {"vulnerabilityAlerts": {"pageInfo": info, "nodes": nodes}}}}))
    }
}

fn place(event: &Event, now: i64) -> String {
    format!("{}_{:06}", event.changed_at(now), event.id)
}

/// Times have whole seconds.
fn told(now: i64) -> impl Fn(&&Event) -> Value {
    move |event| {
        json!({
            "number": event.id, "state": state(event.version(now)), "created_at": iso_seconds(event.seen),
            "updated_at": iso_seconds(event.changed_at(now)), "rule": {"id": event.pick(&["js/xss", "js/sqli"])},
            "repository": {"id": 3_000_001, "full_name": repository(event), "private": true},
        })
    }
}
