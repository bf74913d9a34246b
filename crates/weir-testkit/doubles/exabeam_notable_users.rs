//! Exabeam Advanced Analytics: who is notable now, behind a log-in whose session ends.

use crate::double::{
    Answered, Double, Event, Grants, HOUR, MINUTE, Service, Setting, Shape, Source, Truth, Value, json,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "exabeam/notable-users",
    config: r#"{"base_url": "{origin}", "method": "user", "username": "weir", "password": "p&w", "hours": 9}"#,
    services: &[Service::new("notable_users", &["/user/username", "/user/riskScore"])],
    new: |setting| Box::new(Analytics::new(setting)),
};

struct Analytics {
    /// Sessions of a user each.
    users: Truth,
    sessions: Grants,
}

impl Analytics {
    fn new(setting: &Setting) -> Analytics {
        Analytics { users: setting.truth(Shape { count: 60, ..Shape::default() }), sessions: Grants::new(30 * MINUTE) }
    }
}

impl Double for Analytics {
    fn truth(&self, _: &str) -> Vec<String> {
        self.users.versions().map(|(event, version)| format!("user{} {}", event.id, score(event, version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let session = asked.cookie("EXA_SESSION_ID");
        if asked.path() == "/api/auth/login" {
            let form = asked.form();
            if (asked.method.as_str(), form.get("username"), form.get("password"))
                != ("POST", Some("weir"), Some("p&w"))
            {
                return Err(error(401, "Unauthorized"));
            }
            let cookie = format!("EXA_SESSION_ID={}; Path=/; HttpOnly; Secure", self.sessions.grant(now));
            return Ok(Answer::ok(&json!({})).with("set-cookie", cookie));
        }
        if !self.sessions.holds(session, now) {
            return Err(error(401, "Unauthorized"));
        }
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/api/auth/logout") => {
                self.sessions.end(session.unwrap_or_default());
                Ok(Answer::ok(&json!({})))
            }
            ("GET", "/uba/api/users/notable") => self.notable(asked, now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn revoke(&self) {
        self.sessions.end_all();
    }
}

impl Analytics {
    /// Those with a session within the last hours, highest score first.
    fn notable(&self, asked: &Asked, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: String| error(400, &why);
        let count = query.needed("numberOfResults").map_err(bad)?;
        let unit = match query.get("unit") {
            Some("h") => HOUR,
            Some("d") => 24 * HOUR,
            _ => return Err(bad("unit must be d or h".to_owned())),
        };
        let since = now - query.needed("num").map_err(bad)? * unit;
        let mut users: Vec<&Event> = self.users.changed(now, since..);
        users.sort_by_key(|event| (-score(event, event.version(now)), event.id));
        users.truncate(usize::try_from(count).unwrap_or(0));
        let list: Vec<Value> = users.into_iter().map(|event| told(event, now)).collect();
        Ok(Answer::ok(&json!({"users": list})))
    }
}

fn score(event: &Event, version: i64) -> i64 {
    90 + (event.random % 50) as i64 + 60 * version
}

fn told(event: &Event, now: i64) -> Value {
    let version = event.version(now);
    let session = format!("user{}-{version}", event.id);
    let user =
        json!({"username": format!("user{}", event.id), "riskScore": score(event, version), "lastSessionId": session});
    json!({"user": user, "notableSessionIds": [session], "highestRiskScore": score(event, version)})
}

fn error(status: u16, says: &str) -> Answer {
    Answer::said(status, &json!({"_apiErrorCode": 0, "internalError": says}))
}
