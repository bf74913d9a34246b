//! Zscaler Internet Access: one audit report at a time for the whole account, lists of the policy, sandbox reports; by OAuth, or by a
//! session whose key is mixed with the time.

use std::sync::{Mutex, PoisonError};

use crate::double::{
    Answered, Double, Event, Grants, HOUR, MINUTE, Marks, SECOND, Service, Setting, Shape, Source, Truth,
};
use crate::double::{Value, csv, json, strftime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "zscaler/audit",
    config: r#"{"base_url": "{origin}/zia/api/v1", "login_url": "{origin}", "client_id": "c1", "client_secret": "s+1", "start_time": "{start}",
        "files": ["44d88612fea8a8f36de82e1278abb001", "44d88612fea8a8f36de82e1278abb002", "44d88612fea8a8f36de82e1278abb003"]}"#,
    services: &[
        Service::new("audit", &["/Resource"]),
        Service::new("url_categories", &["/id", "/description"]),
        Service::new("ip_groups", &["/id", "/description"]),
        Service::new("blocked_urls", &["/url"]),
        Service::new("sandbox_reports", &["/md5"]),
    ],
    new: |setting| Box::new(Account::new(setting)),
};

/// The same for older tenants.
pub const LEGACY: Source = Source {
    pack: "zscaler/audit",
    config: r#"{"base_url": "{origin}/api/v1", "method": "legacy", "api_key": "aB3dE5fG7hJ9kL1m", "username": "weir@example.com", "password": "p1",
        "start_time": "{start}"}"#,
    services: &[Service::new("audit", &["/Resource"])],
    new: |setting| Box::new(Account::new(setting)),
};

const KEY: &[u8] = b"aB3dE5fG7hJ9kL1m";
const NAMES: [&str; 7] = ["Time", "User", "Action", "Result", "Category", "Resource", "Post Action"];
/// How long a report takes.
const TAKES: i64 = 4 * SECOND;
/// A session ends when nothing is asked for so long.
const IDLE: i64 = 5 * MINUTE;

struct Account {
    /// A change can be reported minutes after it was made.
    changes: Truth,
    grants: Grants,
    /// When something was asked last, of those that were not ended.
    sessions: Marks<Option<i64>>,
    /// When the last report was ordered, and what it holds.
    report: Mutex<Option<(i64, String)>>,
}

impl Account {
    fn new(setting: &Setting) -> Account {
        let changes = setting.truth(Shape { late_ms_max: 10 * MINUTE, ..Shape::default() });
        Account { changes, grants: Grants::new(HOUR), sessions: Marks::new("S"), report: Mutex::default() }
    }
}

impl Double for Account {
    fn truth(&self, stream: &str) -> Vec<String> {
        let text = |(event, version): (&Event, i64)| format!("{} {version}", event.id);
        match stream {
            "audit" => self.changes.all().iter().map(resource).collect(),
            "blocked_urls" => self.changes.all().iter().map(blocked).collect(),
            "sandbox_reports" => (1..=3).map(file).collect(),
            _ => self.changes.versions().map(text).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let path = asked.path();
        let (path, is_legacy) = match path.strip_prefix("/zia/api/v1") {
            Some(rest) => (rest, false),
            None => (path.strip_prefix("/api/v1").unwrap_or(path), true),
        };
        match (asked.method.as_str(), path) {
            ("POST", "/oauth2/v1/token") if asked.form().get("audience") == Some("https://api.zscaler.com") => {
                return self.grants.client_credentials(asked, "c1", "s+1", now);
            }
            ("POST", "/authenticatedSession") => return self.session(&asked.json(), now),
            _ if is_legacy => self.renew(asked, now)?,
            _ if !self.grants.holds(asked.bearer(), now) => return Err(unsigned()),
            _ => {}
        }
        match (asked.method.as_str(), path) {
            (_, "/auditlogEntryReport" | "/auditlogEntryReport/download") => self.audit(asked, path, now),
            ("GET", "/urlCategories" | "/ipDestinationGroups") => {
                let told = |event: &Event| json!({"id": event.id, "configuredName": "own", "description": event.version(now).to_string()});
                Ok(Answer::ok(&self.changes.seen(now).iter().map(told).collect()))
            }
            ("GET", "/security/advanced") => {
                let urls: Vec<String> = self.changes.seen(now).iter().map(blocked).collect();
                Ok(Answer::ok(&json!({"blacklistUrls": urls})))
            }
            ("GET", path) => {
                let md5 = path.strip_prefix("/sandbox/report/").ok_or_else(|| error(404, "RESOURCE_NOT_FOUND", ""))?;
                self.sandbox(md5, now)
            }
            _ => Err(error(404, "RESOURCE_NOT_FOUND", "")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
        self.sessions.names().iter().for_each(|name| self.sessions.put(name, None));
    }

    fn too_often(&self) -> Answer {
        Answer::said(429, &json!({"message": "Rate Limit (1/SECOND) exceeded", "Retry-After": "0 seconds"}))
    }
}

impl Account {
    /// The key is the secret, mixed with the time of the request.
    fn session(&self, body: &Value, now: i64) -> Answered {
        let time = body["timestamp"].as_str().unwrap_or_default();
        let is_now = time.parse::<i64>().is_ok_and(|time| (time - now).abs() < 5 * MINUTE);
        let is_right =
            body["username"] == "weir@example.com" && body["password"] == "p1" && body["apiKey"] == mixed(time);
        if !is_now || !is_right {
            return Err(error(401, "AUTHENTICATION_FAILED", "AUTHENTICATION_FAILED"));
        }
        let name = self.sessions.give(Some(now));
        let cookie = format!("JSESSIONID={name}; Path=/; Secure; HttpOnly");
        Ok(Answer::ok(&json!({"authType": "ADMIN_LOGIN", "obfuscateApiKey": true})).with("set-cookie", cookie))
    }

    fn renew(&self, asked: &Asked, now: i64) -> Result<(), Answer> {
        let name = asked.cookie("JSESSIONID").unwrap_or_default();
        let asked_at = self.sessions.find(name).flatten().filter(|at| now - at < IDLE);
        asked_at.ok_or_else(unsigned)?;
        self.sessions.put(name, Some(now));
        Ok(())
    }

    fn audit(&self, asked: &Asked, path: &str, now: i64) -> Answered {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let is_made = report.as_ref().map(|(at, _)| now - at >= TAKES);
        match (asked.method.as_str(), path, is_made) {
            // That another one is being made is no mistake of who asks.
            ("POST", "/auditlogEntryReport", Some(false)) => {
                Ok(error(409, "EDIT_LOCK_NOT_AVAILABLE", "A report is being made."))
            }
            ("POST", "/auditlogEntryReport", _) => {
                *report = Some((now, self.rows(&asked.json(), now)?));
                Ok(Answer::new(204, &[], ""))
            }
            ("GET", "/auditlogEntryReport", None) => Ok(Answer::ok(&json!({"status": "INIT"}))),
            ("GET", "/auditlogEntryReport", Some(is_made)) => Ok(Answer::ok(
                &json!({"status": if is_made { "COMPLETE" } else { "EXECUTING" }, "progressItemsComplete": 0}),
            )),
            ("GET", _, Some(true)) => {
                let text = report.as_ref().map_or("", |(_, text)| text);
                Ok(Answer::new(200, &[("content-type", "text/csv")], text))
            }
            _ => Err(error(400, "INVALID_OPERATION", "There is no report.")),
        }
    }

    /// Both ends belong to the range. Lines about the report stand before the names of the columns.
    fn rows(&self, body: &Value, now: i64) -> Result<String, Answer> {
        let time = |name: &str| body[name].as_i64().ok_or_else(|| error(400, "INVALID_INPUT_ARGUMENT", name));
        let (start, end) = (time("startTime")?, time("endTime")?);
        if start >= end {
            return Err(error(400, "INVALID_INPUT_ARGUMENT", "startTime"));
        }
        let at = |ms: i64| strftime(ms, "%d %b %Y %H:%M:%S, GMT");
        let row = |event: &&Event| {
            [
                &at(event.time),
                "ana@example.com",
                event.pick(&["Update", "Sign In"]),
                "Successful",
                "Login",
                &resource(event),
                "",
            ]
            .map(str::to_owned)
            .to_vec()
        };
        let rows: Vec<Vec<String>> = self.changes.between(now, start..=end).iter().map(row).collect();
        Ok(format!("Administrator,ana@example.com\r\nReport Created,\"{}\"\r\n{}", at(now), csv(&NAMES, &rows)))
    }

    /// A sentence stands where the report of a file would be that is not analysed yet.
    fn sandbox(&self, md5: &str, now: i64) -> Answered {
        let number =
            (1..=3).find(|number| file(*number) == md5).ok_or_else(|| error(404, "RESOURCE_NOT_FOUND", md5))?;
        let is_ready = self.changes.seen(now).iter().any(|event| event.id == number * 30);
        let details = json!({"Summary": {"Status": "COMPLETED", "Category": "EXECUTABLE_FILE"}, "Classification": {"Type": "MALICIOUS", "Score": 86}});
        let unknown = json!(format!("{md5} is unknown or analysis has yet not been completed"));
        Ok(Answer::ok(&json!({"Full Details": if is_ready { details } else { unknown }})))
    }
}

/// By the last six digits of a time in milliseconds: a letter for each of them, and one for each digit of their half, two further on.
fn mixed(time: &str) -> String {
    let last = &time[time.len().saturating_sub(6)..];
    let half = format!("{:06}", last.parse::<u32>().unwrap_or_default() >> 1);
    let letter = |digit: u8, further: usize| {
        KEY.get(usize::from(digit.wrapping_sub(b'0')) + further).map(|byte| char::from(*byte))
    };
    let letters = last.bytes().map(|digit| letter(digit, 0)).chain(half.bytes().map(|digit| letter(digit, 2)));
    letters.flatten().collect()
}

fn resource(event: &Event) -> String {
    format!("Block_SMB_{}", event.id)
}

fn blocked(event: &Event) -> String {
    format!("bad{}.example.com", event.id)
}

fn file(number: i64) -> String {
    format!("44d88612fea8a8f36de82e1278abb{number:03}")
}

fn unsigned() -> Answer {
    error(401, "SESSION_NOT_VALID", "The session is not valid.")
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"code": code, "message": message}))
}
