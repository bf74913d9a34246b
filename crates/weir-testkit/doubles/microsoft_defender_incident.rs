//! Alerts and incidents of Graph security: OAuth at another address, a filter by the last change, newest first, and links to what comes
//! next that carry all parameters.

use crate::double::{
    Answered, Double, Event, Grants, Parameters, Service, Setting, Shape, Source, Truth, Value, iso, json,
};
use crate::double::{page, read_time};
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
    grants: Grants,
}

impl Graph {
    fn new(setting: &Setting) -> Graph {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        Graph { alerts: truth(120), incidents: truth(90), grants: Grants::new(3_599_000) }
    }
}

impl Double for Graph {
    fn truth(&self, stream: &str) -> Vec<String> {
        let truth = if stream == "alerts" { &self.alerts } else { &self.incidents };
        truth.versions().map(|(event, version)| format!("da{} {}", event.id, status(version))).collect()
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
        match asked.path() {
            "/v1.0/security/alerts_v2" => list(asked, &self.alerts, 2_000, now),
            "/v1.0/security/incidents" => list(asked, &self.incidents, 50, now),
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

/// The list is made anew for each page.
fn list(asked: &Asked, truth: &Truth, top_max: i64, now: i64) -> Answered {
    let query = asked.query();
    let bad = |why: String| error(400, "BadRequest", &why);
    query.only(&["$filter", "$top", "$skip"]).map_err(bad)?;
    if query.all("$filter").len() > 1 {
        return Err(bad("Query parameter '$filter' was specified more than once.".to_owned()));
    }
    let top = query.within("$top", 1..=top_max, 50.min(top_max)).map_err(bad)?;
    let skip = query.within("$skip", 0..=i64::MAX, 0).map_err(bad)?;
    let (from, until) = range(&query).ok_or_else(|| bad("Invalid filter clause".to_owned()))?;
    let mut found = truth.changed(now, from..until);
    found.reverse();
    let value: Vec<Value> = page(&found, skip as usize, top as usize).iter().map(|event| told(event, now)).collect();
    let mut body = json!({"@odata.context": format!("{}/v1.0/$metadata", asked.origin), "value": value});
    if ((skip + top) as usize) < found.len() {
        let filter = query.get("$filter").unwrap_or_default().replace(' ', "%20");
        let link = format!("{}{}?$filter={filter}&$top={top}&$skip={}", asked.origin, asked.path(), skip + top);
        body["@odata.nextLink"] = link.into();
    }
    Ok(Answer::ok(&body))
}

fn range(query: &Parameters) -> Option<(i64, i64)> {
    let (from, until) = query.get("$filter")?.split_once(" and ")?;
    let time = |clause: &str, begin: &str| read_time(clause.strip_prefix(begin)?);
    Some((time(from, "lastUpdateDateTime ge ")?, time(until, "lastUpdateDateTime lt ")?))
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

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"code": code, "message": message, "innerError": {"request-id": "r1"}}}))
}
