//! InsightVM in the Insight cloud: assets with what is new and what has gone since a time of comparison; pages behind cursors.

use crate::double::{
    Answered, Double, Event, Marks, Parameters, Service, Setting, Shape, Source, Truth, Value, iso, json,
};
use crate::double::{page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "rapid7/insightvm",
    config: r#"{"base_url": "{origin}/vm/v4/integration", "api_key": "k1", "page_size": 9, "start_time": "{start}"}"#,
    services: &[
        Service::new("assets", &["/id", "/risk_score"]).page("cursor"),
        Service::new("findings", &["/id"]).page("cursor"),
        // Told when the time of comparison, six hours back, is behind the first sight of a finding.
        Service::new("remediated", &["/id"]).page("cursor").hours(14),
        Service::new("vulnerabilities", &["/id", "/risk_score"]).page("cursor"),
    ],
    new: |setting| Box::new(Cloud::new(setting)),
};

struct Cloud {
    /// Assets with a finding each, which goes when the asset changes.
    assets: Truth,
    /// The list that a cursor belongs to, and the last asset before it.
    cursors: Marks<(String, i64)>,
    asked_from: i64,
}

impl Cloud {
    fn new(setting: &Setting) -> Cloud {
        Cloud {
            assets: setting.truth(Shape { count: 90, ..Shape::default() }),
            cursors: Marks::new("1542252837:::_S:::"),
            asked_from: setting.asked_from,
        }
    }
}

impl Double for Cloud {
    fn truth(&self, stream: &str) -> Vec<String> {
        let versions = self.assets.versions();
        // What went before anybody asked is in no comparison.
        let goes = |event: &Event| event.changes_at().is_some_and(|at| at > self.asked_from);
        match stream {
            "findings" => versions.filter(|(_, version)| *version == 0).map(|(event, _)| id(event)).collect(),
            "remediated" => self.assets.all().iter().filter(|event| goes(event)).map(id).collect(),
            _ => versions.map(|(event, version)| format!("{} {version}", id(event))).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-api-key") != Some("k1") {
            return Err(error(401, "Unauthorized"));
        }
        let query = asked.query();
        let bad = |why: String| error(400, &why);
        query.only(&["size", "includeSame", "comparisonTime", "cursor"]).map_err(bad)?;
        let compared =
            query.get("comparisonTime").map(|time| read_time(time).ok_or_else(|| bad("comparisonTime".to_owned())));
        let compared = compared.transpose()?;
        let since = assessed_since(&asked.json()).ok_or_else(|| bad("Search criteria is not valid".to_owned()))?;
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/vm/v4/integration/assets") => {
                self.list(asked, &query, now, since, |event| asset(event, compared.unwrap_or(now), now))
            }
            ("POST", "/vm/v4/integration/vulnerabilities") => self.list(
                asked,
                &query,
                now,
                since,
                |event| json!({"id": id(event), "risk_score": event.version(now), "severity": "severe"}),
            ),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Too Many Requests")
    }
}

impl Cloud {
    fn list(
        &self,
        asked: &Asked,
        query: &Parameters,
        now: i64,
        since: i64,
        told: impl Fn(&Event) -> Value,
    ) -> Answered {
        let size = query.within("size", 1..=500, 10).map_err(|why| error(400, &why))? as usize;
        let list = format!("{} {:?} {}", asked.path(), query.get("comparisonTime"), asked.json());
        let after = match query.get("cursor").map(|cursor| self.cursors.find(cursor)) {
            None => 0,
            Some(Some((of, after))) if of == list => after,
            Some(_) => return Err(error(400, "The cursor is not valid.")),
        };
        let mut found = self.assets.changed(now, since..);
        found.sort_by_key(|event| event.id);
        let left: Vec<&Event> = found.iter().copied().filter(|event| event.id > after).collect();
        let page = page(&left, 0, size);
        let mut metadata =
            json!({"size": page.len(), "totalResources": found.len(), "totalPages": found.len().div_ceil(size)});
        if let Some(last) = page.last().filter(|_| page.len() < left.len()) {
            metadata["cursor"] = self.cursors.give((list, last.id)).into();
        }
        let data: Vec<Value> = page.iter().map(|event| told(event)).collect();
        Ok(Answer::ok(&json!({"data": data, "metadata": metadata, "links": []})))
    }
}

/// All assets where nothing is searched for.
fn assessed_since(body: &Value) -> Option<i64> {
    match body.get("asset").map(Value::as_str) {
        None => Some(0),
        Some(text) => read_time(text?.strip_prefix("last_assessed_for_vulnerabilities >= '")?.strip_suffix('\'')?),
    }
}

fn id(event: &Event) -> String {
    format!("452534235-25a7-40a3-9321-28ce0b5cc90e-default-asset-{}", event.id)
}

/// What is there now against what was there at a time.
fn asset(event: &Event, compared: i64, now: i64) -> Value {
    let finding = json!([{"vulnerability_id": "ssh-openssh-cve-2026-10077", "port": 22, "protocol": "TCP", "key": "", "nic": null,
        "status": "VULNERABLE_VERS", "first_found": iso(event.seen), "last_found": iso(event.seen), "reintroduced": null}]);
    let (was, is) = (event.seen < compared, event.version(now) == 0);
    let told = |tells: bool| if tells { finding.clone() } else { json!([]) };
    json!({"id": id(event), "ip": "192.0.2.41", "host_name": "hr-app-02", "risk_score": event.version(now),
        "last_assessed_for_vulnerabilities": iso(event.changed_at(now)), "new": told(!was && is), "remediated": told(was && !is), "same": []})
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"message": message, "localized_message": message}))
}
