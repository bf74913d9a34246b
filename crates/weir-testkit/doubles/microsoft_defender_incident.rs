//! Alerts and incidents of Graph security: OAuth at another address, a filter by the last change, newest first, and links to what comes
//! next that carry all parameters.

use super::graph::{self, Door, Paging, listed, range};
use crate::double::{Answered, Double, Event, Service, Setting, Shape, Source, Truth, Value, iso, json};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "microsoft/defender-incident",
    config: r#"{"base_url": "{origin}", "login_url": "{origin}", "tenant": "t-0a", "client_id": "app1", "client_secret": "s~1",
        "start_time": "{start}", "page_size": 25}"#,
    services: &[
        Service::new("alerts", &["/id", "/status"]).page("$skip"),
        Service::new("incidents", &["/id", "/status"]).page("$skip"),
    ],
    new: |setting| Box::new(Graph::new(setting)),
};

struct Graph {
    alerts: Truth,
    incidents: Truth,
    door: Door,
}

impl Graph {
    fn new(setting: &Setting) -> Graph {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        Graph { alerts: truth(120), incidents: truth(90), door: Door::new() }
    }
}

impl Double for Graph {
    fn truth(&self, stream: &str) -> Vec<String> {
        let truth = if stream == "alerts" { &self.alerts } else { &self.incidents };
        truth.versions().map(|(event, version)| format!("da{} {}", event.id, status(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if let Some(answered) = self.door.answer(asked, now) {
            return answered;
        }
        match asked.path() {
            "/v1.0/security/alerts_v2" => list(asked, &self.alerts, 2_000, now),
            "/v1.0/security/incidents" => list(asked, &self.incidents, 50, now),
            _ => Err(graph::unknown()),
        }
    }

    fn revoke(&self) {
        self.door.revoke();
    }

    fn too_often(&self) -> Answer {
        graph::too_often()
    }
}

fn list(asked: &Asked, truth: &Truth, size_max: i64, now: i64) -> Answered {
    let (from, until) = range(&asked.query(), "lastUpdateDateTime")?;
    let paging = Paging { place: "$skip", mark: "", size: 50, size_max };
    listed(asked, &paging, &truth.changed(now, from..until), |event| told(event, now))
}

fn status(version: i64) -> &'static str {
    ["new", "resolved"][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "id": format!("da{}", event.id), "title": "Suspicious PowerShell command line", "severity": event.pick(&["high", "low"]),
        "status": status(event.version(now)), "createdDateTime": iso(event.seen), "lastUpdateDateTime": iso(event.changed_at(now)),
        "firstActivityDateTime": iso(event.time), "evidence": [],
    })
}
