//! Exabeam's cloud: searches of a range without pages, tokens that end with a text, tables by offset.

use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value,
};
use crate::double::{json, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "exabeam/new-scale",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s1", "start_time": "{start}", "context_tables": ["t1", "t2"],
        "searches": [{"id": "logins", "filter": "activity_type:\"authentication\""}]}"#,
    services: &[
        Service::new("cases", &["/caseId", "/stage"]),
        Service::new("alerts", &["/alertId"]),
        Service::new("events", &["/id"]),
        Service::new("context_tables", &["/id"]),
        Service::new("context_records", &["/table", "/zoneName"]).page("offset"),
    ],
    new: |setting| Box::new(Cloud::new(setting)),
};

struct Cloud {
    cases: Truth,
    /// To be found some minutes after they happened.
    events: Truth,
    rows: Truth,
    grants: Grants,
}

impl Cloud {
    fn new(setting: &Setting) -> Cloud {
        let truth = |count, late_ms_max| setting.truth(Shape { count, late_ms_max, ..Shape::default() });
        Cloud {
            cases: truth(90, 0),
            events: truth(200, 5 * MINUTE),
            rows: truth(40, 0),
            grants: Grants::new(14_400_000),
        }
    }
}

impl Double for Cloud {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "cases" => {
                self.cases.versions().map(|(event, version)| format!("{} {}", event.uuid(), stage(version))).collect()
            }
            "alerts" => self.cases.all().iter().map(Event::uuid).collect(),
            "events" => self.events.ids("e-"),
            "context_tables" => vec!["t1".to_owned(), "t2".to_owned()],
            _ => self.rows.all().iter().map(|event| format!("{} {}", table(event), event.uuid())).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.path() == "/auth/v1/token" {
            return self.grants.client_credentials(asked, "c1", "s1", now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(Answer::new(401, &[("content-type", "text/plain")], "Jwt is expired"));
        }
        let body = asked.json();
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/threat-center/v1/search/cases") => {
                search(&body, &self.cases, "caseCreationTimestamp ASC", now, |event| case(event, now))
            }
            ("POST", "/threat-center/v1/search/alerts") => {
                search(&body, &self.cases, "alertCreationTimestamp ASC", now, alert)
            }
            ("POST", "/search/v2/events") => search(
                &body,
                &self.events,
                "",
                now,
                |event| json!({"id": format!("e-{}", event.id), "user": "mira.holt", "approxLogTime": event.time * 1_000}),
            ),
            ("GET", "/context-management/v1/tables") => Ok(Answer::ok(&self.tables(now))),
            ("GET", "/context-management/v1/tables/t1/records") => self.records("t1", &asked.query(), now),
            ("GET", "/context-management/v1/tables/t2/records") => self.records("t2", &asked.query(), now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "Too Many Requests")
    }
}

impl Cloud {
    fn tables(&self, now: i64) -> Value {
        let total = self.rows.seen(now).len();
        let table = |id: &str| json!({"id": id, "name": "Network Zones", "contextType": "Other", "source": "Custom", "lastUpdated": now, "totalItems": total});
        json!([table("t1"), table("t2")])
    }

    fn records(&self, wanted: &str, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        let limit = query.within("limit", 1..=1_000, 100).map_err(bad)? as usize;
        let offset = query.within("offset", 0..=i64::MAX, 0).map_err(bad)? as usize;
        let rows: Vec<&Event> = self.rows.seen(now).iter().filter(|event| table(event) == wanted).collect();
        let row = |event: &&Event| json!({"zoneName": event.uuid(), "ipRange": "192.0.2.0/24"});
        let records: Vec<Value> = page(&rows, offset, limit).iter().map(row).collect();
        Ok(Answer::ok(&json!({"records": records, "paging": {"next": null}})))
    }
}

/// What was created within a range of whole seconds; at most as many as the limit, without a word about others.
fn search(body: &Value, truth: &Truth, order: &str, now: i64, told: impl Fn(&Event) -> Value) -> Answered {
    let time = |name: &str| body.get(name).and_then(Value::as_str).and_then(read_time);
    let range = time("startTime").zip(time("endTime")).filter(|(start, end)| start < end);
    let (start, end) = range.ok_or_else(|| error(400, "startTime must be before endTime"))?;
    let limit = body.get("limit").and_then(Value::as_u64).filter(|limit| (1..=3_000).contains(limit));
    let limit = limit.ok_or_else(|| error(400, "limit must be 1 to 3000"))? as usize;
    if body.pointer("/orderBy/0").and_then(Value::as_str).unwrap_or_default() != order {
        return Err(error(400, "unknown field in orderBy"));
    }
    let found = truth.between(now, start..end);
    let rows: Vec<Value> = page(&found, 0, limit).iter().map(|event| told(event)).collect();
    Ok(Answer::ok(
        &json!({"rows": rows, "totalRows": rows.len(), "startTime": body["startTime"], "endTime": body["endTime"]}),
    ))
}

fn table(event: &Event) -> &'static str {
    ["t1", "t2"][(event.random % 2) as usize]
}

fn stage(version: i64) -> &'static str {
    ["NEW", "CLOSED"][version as usize % 2]
}

/// Microseconds.
fn case(event: &Event, now: i64) -> Value {
    json!({
        "caseId": event.uuid(), "caseNumber": event.id.to_string(), "stage": stage(event.version(now)), "riskScore": 92,
        "caseCreationTimestamp": event.seen * 1_000, "lastModifiedTimestamp": event.changed_at(now) * 1_000, "users": ["mira.holt"],
    })
}

fn alert(event: &Event) -> Value {
    json!({
        "alertId": event.uuid(), "alertName": "Account takeover", "priority": event.pick(&["HIGH", "LOW"]),
        "alertCreationTimestamp": event.seen * 1_000, "lastModifiedTimestamp": event.seen * 1_000,
    })
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"message": message}))
}
