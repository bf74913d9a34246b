//! Kibana's search for detection alerts: the language of Elasticsearch without a point in time, so changes move alerts to the end.

use crate::double::read_time;
use crate::double::{Answered, Double, Event, SECOND, Service, Shape, Source, Truth, Value, iso, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "elastic/security-alerts",
    config: r#"{"base_url": "{origin}", "space": "soc", "api_key": "a2V5", "start_time": "{start}", "page_size": 15}"#,
    services: &[Service::new("alerts", &["/_id", "/kibana.alert.workflow_status"]).page("search_after")],
    new: |setting| Box::new(Kibana { alerts: setting.truth(Shape::default()) }),
};

struct Kibana {
    alerts: Truth,
}

impl Double for Kibana {
    fn truth(&self, _: &str) -> Vec<String> {
        let alerts = self.alerts.versions().filter(|(event, _)| !is_building_block(event));
        alerts.map(|(event, version)| format!("{} {}", event.uuid(), status(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("authorization") != Some("ApiKey a2V5") {
            return Err(error(401, "[security_exception] unable to authenticate with provided credentials"));
        }
        if asked.method == "POST" && asked.header("kbn-xsrf").is_none() {
            return Err(error(400, "Request must contain a kbn-xsrf header."));
        }
        if (asked.method.as_str(), asked.path()) != ("POST", "/s/soc/api/detection_engine/signals/search") {
            return Err(error(404, "Not Found"));
        }
        self.found(&asked.json(), now)
    }

    fn too_often(&self) -> Answer {
        error(429, "Too Many Requests")
    }
}

impl Kibana {
    fn found(&self, body: &Value, now: i64) -> Answered {
        let bad = |why: &str| error(400, why);
        let size = body.get("size").and_then(Value::as_u64).filter(|size| *size <= 10_000);
        let size = size.ok_or_else(|| bad("Result window is too large"))?;
        let bound = |name: &str| {
            let pointer = format!("/query/bool/filter/0/range/@timestamp/{name}");
            body.pointer(&pointer).and_then(Value::as_str).and_then(read_time)
        };
        let (from, until) = bound("gte").zip(bound("lt")).ok_or_else(|| bad("[range] failed to parse field"))?;
        let left_out = body.pointer("/query/bool/must_not/0/exists/field").and_then(Value::as_str);
        // What was written can be found after the next refresh.
        let mut found = self.alerts.changed(now - SECOND, from..until);
        found.retain(|event| left_out != Some("kibana.alert.building_block_type") || !is_building_block(event));
        let mut keyed: Vec<(i64, String, &Event)> =
            found.into_iter().map(|event| (event.changed_at(now - SECOND), event.uuid(), event)).collect();
        keyed.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        if let Some(after) = body.get("search_after") {
            let after = after.get(0).and_then(Value::as_i64).zip(after.get(1).and_then(Value::as_str));
            let (time, id) = after.ok_or_else(|| bad("search_after has 1 value(s) but sort has 2."))?;
            keyed.retain(|(at, uuid, _)| (*at, uuid.as_str()) > (time, id));
        }
        let hits: Vec<Value> = page(&keyed, 0, size as usize).iter().map(|(at, _, event)| hit(event, *at)).collect();
        let shards = json!({"total": 1, "successful": 1, "skipped": 0, "failed": 0});
        Ok(Answer::ok(
            &json!({"took": 4, "timed_out": false, "_shards": shards, "hits": {"max_score": null, "hits": hits}}),
        ))
    }
}

/// Alerts that only other alerts are made of.
fn is_building_block(event: &Event) -> bool {
    event.random % 7 == 1
}

fn status(version: i64) -> &'static str {
    ["open", "acknowledged"][version as usize % 2]
}

fn hit(event: &Event, changed_at: i64) -> Value {
    let mut source = json!({
        "@timestamp": iso(changed_at), "kibana.alert.uuid": event.uuid(), "kibana.alert.start": iso(event.seen),
        "kibana.alert.rule.name": "DNS query to listed domain", "kibana.alert.severity": event.pick(&["low", "high"]),
        "kibana.alert.workflow_status": status((changed_at != event.seen).into()), "host": {"name": "wks-0415"}, "user.name": "mira.holt",
    });
    if changed_at != event.seen {
        source["kibana.alert.workflow_status_updated_at"] = iso(changed_at).into();
    }
    if is_building_block(event) {
        source["kibana.alert.building_block_type"] = "default".into();
    }
    let index = ".internal.alerts-security.alerts-soc-000003";
    json!({"_index": index, "_id": event.uuid(), "_score": null, "_source": source, "sort": [changed_at, event.uuid()]})
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"statusCode": status, "error": "Error", "message": message}))
}
