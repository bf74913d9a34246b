//! Sign-ins, audits and risks of Graph: OAuth at another address, newest first, and links to what comes next with an opaque mark.

use super::graph::{self, Door, Paging, listed, range};
use crate::double::{Answered, Double, Event, MINUTE, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso, json};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "microsoft/entra-graph",
    config: r#"{"base_url": "{origin}", "login_url": "{origin}", "tenant": "t-0a", "client_id": "app1", "client_secret": "s~1",
        "start_time": "{start}"}"#,
    services: &[
        Service::new("sign_ins", &["/id"]).page("$skiptoken"),
        Service::new("directory_audits", &["/id"]).page("$skiptoken"),
        Service::new("risk_detections", &["/id", "/riskState"]).page("$skiptoken"),
    ],
    new: |setting| Box::new(Graph::new(setting)),
};

struct Graph {
    /// Found by a time from which they may be an hour late.
    logs: Truth,
    risks: Truth,
    door: Door,
}

impl Graph {
    fn new(setting: &Setting) -> Graph {
        let crowd = Shape { count: 650, over_ms: 6 * MINUTE, late_ms_max: 50 * MINUTE, ..Shape::default() };
        let risks = setting.truth(Shape { late_ms_max: 0, ..crowd });
        Graph { logs: setting.truth(crowd), risks, door: Door::new() }
    }
}

impl Double for Graph {
    fn truth(&self, stream: &str) -> Vec<String> {
        if stream != "risk_detections" {
            return self.logs.all().iter().map(Event::uuid).collect();
        }
        self.risks.versions().map(|(event, version)| format!("{} {}", event.uuid(), state(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if let Some(answered) = self.door.answer(asked, now) {
            return answered;
        }
        match asked.path() {
            "/v1.0/auditLogs/signIns" => self.logs(asked, "createdDateTime", now),
            "/v1.0/auditLogs/directoryAudits" => self.logs(asked, "activityDateTime", now),
            "/v1.0/identityProtection/riskDetections" => {
                let (from, until) = range(&asked.query(), "lastUpdatedDateTime")?;
                listed(asked, &paging(500), &self.risks.changed(now, from..until), |event| risk(event, now))
            }
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

impl Graph {
    fn logs(&self, asked: &Asked, time: &str, now: i64) -> Answered {
        let (from, until) = range(&asked.query(), time)?;
        let found = self.logs.between(now, from..until);
        listed(
            asked,
            &paging(999),
            &found,
            |event| json!({"id": event.uuid(), time: iso(event.time), "userPrincipalName": "mira.holt@example.com", "ipAddress": "198.51.100.24"}),
        )
    }
}

fn paging(size_max: i64) -> Paging {
    Paging { place: "$skiptoken", mark: "1e6fff87_", size: 20, size_max }
}

fn state(version: i64) -> &'static str {
    if version == 0 { "atRisk" } else { "remediated" }
}

fn risk(event: &Event, now: i64) -> Value {
    json!({
        "id": event.uuid(), "riskEventType": event.pick(&["unfamiliarFeatures", "anonymizedIPAddress"]), "riskState": state(event.version(now)),
        "detectedDateTime": iso(event.time), "activityDateTime": iso(event.time - MINUTE), "lastUpdatedDateTime": iso(event.changed_at(now)),
    })
}
