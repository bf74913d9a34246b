//! ThreatQ: searches by the time of the last change, in whole seconds of the appliance's own zone, and the details of each event.

use crate::double::{Answered, Double, Event, Grants, HOUR, Parameters, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{json, page, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "threatq/platform",
    config: r#"{"base_url": "{origin}", "client_id": "c1", "client_secret": "s1", "start_time": "{start}", "page_size": 15,
        "time_zone": "Africa/Lagos"}"#,
    services: &[
        Service::new("events", &["/id", "/updated_at"]).page("offset"),
        Service::new("indicators", &["/id", "/updated_at"]).page("offset"),
    ],
    new: |setting| Box::new(Platform::new(setting)),
};

const FORM: &str = "%Y-%m-%d %H:%M:%S";
/// What its zone is ahead of UTC, the whole year.
const AHEAD: i64 = HOUR;

struct Platform {
    events: Truth,
    indicators: Truth,
    grants: Grants,
}

impl Platform {
    fn new(setting: &Setting) -> Platform {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        Platform { events: truth(90), indicators: truth(150), grants: Grants::new(3_599_000) }
    }
}

impl Double for Platform {
    fn truth(&self, stream: &str) -> Vec<String> {
        let truth = if stream == "events" { &self.events } else { &self.indicators };
        let changed =
            |event: &Event, version| if version == 1 { event.changes_at() } else { None }.unwrap_or(event.seen);
        truth.versions().map(|(event, version)| format!("{} {}", event.id, local(changed(event, version)))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if path == ["api", "token"] {
            return self.grants.client_credentials(asked, "c1", "s1", now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Unauthenticated."));
        }
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["api", "event", "types"]) => Ok(Answer::ok(
                &json!({"total": 2, "data": [{"id": 1, "name": "Spearphish"}, {"id": 2, "name": "Malware"}]}),
            )),
            ("POST", ["api", "events", "query"]) => found(asked, &self.events, now),
            ("POST", ["api", "indicators", "query"]) => found(asked, &self.indicators, now),
            ("GET", ["api", "events", id]) => {
                let event = self.events.seen(now).iter().find(|event| event.id.to_string() == *id);
                let mut data = told(event.ok_or_else(|| error(404, "The resource was not found."))?, now);
                data["attributes"] = json!([]);
                data["sources"] = json!([{"name": "Phishing mailbox", "tlp_id": 3}]);
                Ok(Answer::ok(&json!({"data": data})))
            }
            _ => Err(error(404, "The resource was not found.")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }
}

/// The list is made anew for each page.
fn found(asked: &Asked, truth: &Truth, now: i64) -> Answered {
    let (query, body) = (asked.query(), asked.json());
    let (limit, offset) = bounds(&query).map_err(|why| error(400, &why))?;
    let (after, until) = range(&body).ok_or_else(|| error(400, "updated_at is not a date"))?;
    let mut found = truth.changed(now, ..=until);
    found.retain(|event| event.changed_at(now) > after);
    let data: Vec<Value> = page(&found, offset, limit).iter().map(|event| told(event, now)).collect();
    Ok(Answer::ok(&json!({"total": found.len(), "limit": limit, "offset": offset, "data": data})))
}

fn bounds(query: &Parameters) -> Result<(usize, usize), String> {
    query.only(&["limit", "offset", "sort", "with"])?;
    if query.get("sort") != Some("updated_at") {
        return Err("another order is not known here".to_owned());
    }
    Ok((query.within("limit", 1..=1_000, 1_000)? as usize, query.within("offset", 0..=i64::MAX, 0)? as usize))
}

/// Two conditions: later than the one, and not later than the other.
fn range(body: &Value) -> Option<(i64, i64)> {
    let conditions = body.pointer("/filters/+and")?.as_array().filter(|conditions| conditions.len() == 2)?;
    let time = |index: usize, sign: &str| {
        let text = conditions[index].get("updated_at")?.get(sign)?.as_str()?;
        strptime(text, FORM).map(|at| at - AHEAD)
    };
    Some((time(0, "+gt")?, time(1, "+lte")?))
}

fn local(at: i64) -> String {
    strftime(at + AHEAD, FORM)
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id, "type_id": 1 + event.random % 2, "title": "Spearphish against finance", "happened_at": local(event.time),
        "created_at": local(event.seen), "updated_at": local(event.changed_at(now)),
    })
}

fn error(status: u16, says: &str) -> Answer {
    Answer::said(status, &json!({"errors": [says]}))
}
