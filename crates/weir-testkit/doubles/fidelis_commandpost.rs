//! Fidelis CommandPost: sessions that are counted, pages by number, times of the appliance's own zone.

use crate::double::{Answered, Double, Event, Grants, HOUR, MINUTE, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{json, page, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "fidelis/commandpost",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "pw", "time_zone": "Africa/Lagos", "start_time": "{start}",
        "page_size": 15}"#,
    services: &[Service::new("alerts", &["/UUID"]).page("pagination")],
    new: |setting| Box::new(CommandPost::new(setting)),
};

const FORM: &str = "%Y-%m-%d %H:%M:%S";
/// What its zone is ahead of UTC, the whole year.
const AHEAD: i64 = HOUR;

struct CommandPost {
    /// Sensors deliver some minutes late.
    alerts: Truth,
    sessions: Grants,
}

impl CommandPost {
    fn new(setting: &Setting) -> CommandPost {
        let shape = Shape { late_ms_max: 5 * MINUTE, ..Shape::default() };
        CommandPost { alerts: setting.truth(shape), sessions: Grants::new(15 * MINUTE) }
    }
}

impl Double for CommandPost {
    fn truth(&self, _: &str) -> Vec<String> {
        self.alerts.all().iter().map(Event::uuid).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let body = asked.json();
        if (asked.method.as_str(), asked.path()) == ("POST", "/j/rest/v1/access/login/json/") {
            if body != json!({"user": "weir", "password": "pw"}) {
                return Err(Answer::ok(&json!({"uid": null, "error": "Invalid user name or password"})));
            }
            return Ok(Answer::ok(&json!({"uid": self.sessions.grant(now), "error": null})));
        }
        let session = asked.header("x-uid");
        if !self.sessions.holds(session, now) {
            return Err(Answer::new(401, &[], "Unauthorized"));
        }
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/j/rest/v1/alert/search/") => self.found(&body, now),
            ("GET", path) if path.starts_with("/j/rest/v1/access/logout/") => {
                self.sessions.end(session.unwrap_or_default());
                Ok(Answer::ok(&json!({})))
            }
            _ => Err(Answer::new(404, &[], "")),
        }
    }

    fn revoke(&self) {
        self.sessions.end_all();
    }
}

impl CommandPost {
    /// The list is made anew for each page; both ends of the range belong to it.
    fn found(&self, body: &Value, now: i64) -> Answered {
        let time = |name: &str| {
            let text = body.pointer("/timeSettings")?.get(name)?.as_str()?;
            strptime(text, FORM).map(|at| at - AHEAD)
        };
        let (from, to) = time("from").zip(time("to")).ok_or_else(|| error("Cannot parse the time"))?;
        if body.get("order") != Some(&json!([{"column": "ALERT_TIME", "direction": "ASC"}])) {
            return Err(error("another order is not known here"));
        }
        let number = |name: &str| body.pointer("/pagination")?.get(name)?.as_u64().filter(|number| *number > 0);
        let (number, size) = number("page").zip(number("size")).ok_or_else(|| error("Invalid pagination"))?;
        let found = self.alerts.between(now, from..=to);
        let from = (number - 1).saturating_mul(size) as usize;
        let list: Vec<Value> = page(&found, from, size as usize).iter().map(|event| told(event)).collect();
        Ok(Answer::ok(&json!({"aaData": list, "total": found.len()})))
    }
}

fn told(event: &Event) -> Value {
    json!({
        "ALERT_ID": event.id.to_string(), "UUID": event.uuid(), "DISTRIBUTED_ALERT_ID": format!("Console-{}", event.id),
        "ALERT_TIME": strftime(event.time + AHEAD, FORM), "SUMMARY": "Beacon like DNS traffic", "SEVERITY": event.pick(&["High", "Low"]),
        "SRC_IP": "203.0.113.66", "DEST_IP": "192.0.2.15", "FIDELIS_SCORE": "87", "MD5": "",
    })
}

fn error(message: &str) -> Answer {
    Answer::said(500, &json!({"detailMessage": message}))
}
