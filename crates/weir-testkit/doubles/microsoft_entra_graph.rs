//! Sign-ins, audits and risks of Graph: OAuth at another address, newest first, and links to what comes next with an opaque mark.

use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value,
};
use crate::double::{iso, json, page, read_time};
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
    grants: Grants,
}

impl Graph {
    fn new(setting: &Setting) -> Graph {
        let crowd = Shape { count: 650, over_ms: 6 * MINUTE, late_ms_max: 50 * MINUTE, ..Shape::default() };
        let risks = setting.truth(Shape { late_ms_max: 0, ..crowd });
        Graph { logs: setting.truth(crowd), risks, grants: Grants::new(3_599_000) }
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
        if asked.path() == "/t-0a/oauth2/v2.0/token" {
            if asked.form().get("scope") != Some(&format!("{}/.default", asked.origin)) {
                return Err(Answer::said(400, &json!({"error": "invalid_scope"})));
            }
            return self.grants.client_credentials(asked, "app1", "s~1", now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."));
        }
        let query = asked.query();
        match asked.path() {
            "/v1.0/auditLogs/signIns" => self.logs(asked, "createdDateTime", now),
            "/v1.0/auditLogs/directoryAudits" => self.logs(asked, "activityDateTime", now),
            "/v1.0/identityProtection/riskDetections" => {
                let (from, until) = range(&query, "lastUpdatedDateTime")?;
                listed(asked, 500, &self.risks.changed(now, from..until), |event| risk(event, now))
            }
            _ => Err(error(404, "ResourceNotFound", "")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "TooManyRequests", "Too many requests")
    }
}

impl Graph {
    fn logs(&self, asked: &Asked, time: &str, now: i64) -> Answered {
        let (from, until) = range(&asked.query(), time)?;
        let found = self.logs.between(now, from..until);
        listed(
            asked,
            999,
            &found,
            |event| json!({"id": event.uuid(), time: iso(event.time), "userPrincipalName": "mira.holt@example.com", "ipAddress": "198.51.100.24"}),
        )
    }
}

/// Newest first; the list is made anew for each page.
fn listed(asked: &Asked, top_max: i64, found: &[&Event], told: impl Fn(&Event) -> Value) -> Answered {
    let query = asked.query();
    query.only(&["$filter", "$top", "$skiptoken"]).map_err(bad)?;
    let top = query.number("$top").map_err(bad)?.unwrap_or(20);
    if !(1..=top_max).contains(&top) {
        return Err(bad(format!("Invalid page size specified: '{top}'. Must be between 1 and {top_max} inclusive.")));
    }
    let skip = match query.get("$skiptoken").map(|token| token.strip_prefix("1e6fff87_").unwrap_or("").parse::<usize>())
    {
        None => 0,
        Some(Ok(skip)) => skip,
        Some(Err(_)) => return Err(bad("Invalid skip token".to_owned())),
    };
    let newest: Vec<&Event> = found.iter().rev().copied().collect();
    let value: Vec<Value> = page(&newest, skip, top as usize).iter().map(|event| told(event)).collect();
    let mut body = json!({"@odata.context": format!("{}/v1.0/$metadata", asked.origin), "value": value});
    let next = skip + top as usize;
    if next < newest.len() {
        let filter = query.get("$filter").unwrap_or_default().replace(' ', "+");
        body["@odata.nextLink"] =
            format!("{}{}?$filter={filter}&$top={top}&$skiptoken=1e6fff87_{next}", asked.origin, asked.path()).into();
    }
    Ok(Answer::ok(&body))
}

fn range(query: &Parameters, name: &str) -> Result<(i64, i64), Answer> {
    let clauses = query.get("$filter").and_then(|filter| filter.split_once(" and "));
    let time = |clause: &str, compares: &str| read_time(clause.strip_prefix(name)?.strip_prefix(compares)?);
    let ends = clauses.and_then(|(from, until)| Some((time(from, " ge ")?, time(until, " lt ")?)));
    ends.ok_or_else(|| bad("Invalid filter clause".to_owned()))
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

fn bad(why: String) -> Answer {
    error(400, "BadRequest", &why)
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"code": code, "message": message, "innerError": {"request-id": "r1"}}}))
}
