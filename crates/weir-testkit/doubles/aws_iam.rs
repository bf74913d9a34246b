//! IAM: signed forms, answers in XML, a report that is made on demand and kept for four hours, states that change.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::double::{
    Answered, AwsKeys, Double, Event, HOUR, Kept, MINUTE, Marks, Parameters, SECOND, Service, Setting,
};
use crate::double::{Shape, Source, Truth, base64, csv, element, iso_seconds, json, leaf, page, sigv4};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "aws/iam",
    config: r#"{"access_key": "AKIDEXAMPLE", "secret_key": "secret/0123456789", "endpoint": "{origin}"}"#,
    services: &[
        Service::new("credential_report", &["/arn", "/mfa_active"]).hours(14),
        Service::new("password_policy", &["/MinimumPasswordLength|/key/0", "/weir.change"]),
        Service::new("account_summary", &["/key", "/value"]).kept(Kept::Samples),
        Service::new("users", &["/UserId|/key/0", "/UserName|/weir.change"]).page("Marker"),
    ],
    new: |setting| Box::new(Iam::new(setting)),
};

const KEYS: AwsKeys = AwsKeys { key: "AKIDEXAMPLE", secret: "secret/0123456789", region: "us-east-1", service: "iam" };
const LIFE: i64 = 4 * HOUR;

struct Iam {
    start: i64,
    asked_from: i64,
    /// How long a report takes.
    report_ms: i64,
    users: Truth,
    told: Mutex<Told>,
    /// The last name before what comes next.
    markers: Marks<i64>,
}

/// What was given out that depends on when it was asked for.
#[derive(Default)]
struct Told {
    /// When the last report was begun, what is in it, and what was in all.
    report: Option<(i64, Vec<Vec<String>>)>,
    rows: BTreeSet<String>,
    figures: BTreeSet<String>,
}

impl Iam {
    fn new(setting: &Setting) -> Iam {
        let users = setting.truth(Shape { count: 30, ..Shape::default() });
        Iam {
            start: setting.start,
            asked_from: setting.asked_from,
            report_ms: setting.takes(10 * SECOND),
            users,
            told: Mutex::default(),
            markers: Marks::new("AAEL"),
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Double for Iam {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "credential_report" => self.told().rows.iter().cloned().collect(),
            "password_policy" if self.asked_from > self.start => Vec::new(),
            "password_policy" => {
                let text = |length: u8| json!({"MinimumPasswordLength": length.to_string(), "RequireSymbols": "false", "ExpirePasswords": "false"});
                [8, 14]
                    .iter()
                    .flat_map(|length| [format!("{length} added"), format!("{} removed", text(*length))])
                    .collect()
            }
            "account_summary" => self.told().figures.iter().cloned().collect(),
            _ => self.users.all().iter().flat_map(|user| self.changes(user)).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        sigv4(asked, &KEYS, now).map_err(unsigned)?;
        let form = asked.form();
        if asked.method != "POST" || form.get("Version") != Some("2010-05-08") {
            return Err(error(400, "InvalidAction", "Could not find operation for this version"));
        }
        match form.get("Action").unwrap_or_default() {
            "GenerateCredentialReport" => Ok(self.generate(now)),
            "GetCredentialReport" => self.report(now),
            "GetAccountPasswordPolicy" => self.policy(now),
            "GetAccountSummary" => Ok(self.summary(now)),
            "ListUsers" => self.list(&form, now),
            _ => Err(error(400, "InvalidAction", "Could not find operation")),
        }
    }

    fn too_often(&self) -> Answer {
        error(400, "Throttling", "Rate exceeded")
    }
}

impl Iam {
    /// What somebody is told who asks from a time on.
    fn changes(&self, user: &Event) -> Vec<String> {
        let (first, second) = (format!("{} {}", id(user), name(user)), format!("{} {}-2", id(user), name(user)));
        let is_past = |at: i64| at <= self.asked_from;
        match (user.changes_at(), gone_at(user)) {
            (_, Some(at)) if is_past(at) => Vec::new(),
            (_, Some(_)) => vec![first, format!("{} removed", id(user))],
            (Some(at), None) if is_past(at) => vec![second],
            (Some(_), None) => vec![first, second],
            (None, None) => vec![first],
        }
    }

    /// A report is ready after some seconds; a young one is kept.
    fn generate(&self, now: i64) -> Answer {
        let mut told = self.told();
        let begun = told.report.as_ref().map(|(begun, _)| *begun).filter(|begun| now - begun < LIFE);
        let state = match begun {
            None => {
                let rows = self.rows(now);
                told.rows.extend(rows.iter().map(|row| format!("{} {}", row[1], row[3])));
                told.report = Some((now, rows));
                "STARTED"
            }
            Some(begun) if now - begun < self.report_ms => "INPROGRESS",
            Some(_) => "COMPLETE",
        };
        answered("GenerateCredentialReport", &leaf("State", state))
    }

    fn report(&self, now: i64) -> Answered {
        let told = self.told();
        let (begun, rows) = told.report.as_ref().ok_or_else(|| error(410, "ReportNotPresent", "No report present."))?;
        match now - begun {
            age if age < self.report_ms => {
                return Err(error(404, "CredentialReportNotReady", "Credential report is not ready."));
            }
            LIFE.. => return Err(error(410, "ReportExpired", "Report has expired.")),
            _ => {}
        }
        let names = ["user", "arn", "user_creation_time", "mfa_active", "access_key_1_active"];
        let content = base64(csv(&names, rows).as_bytes());
        let inner =
            leaf("Content", content) + &leaf("ReportFormat", "text/csv") + &leaf("GeneratedTime", iso_seconds(*begun));
        Ok(answered("GetCredentialReport", &inner))
    }

    fn rows(&self, now: i64) -> Vec<Vec<String>> {
        let row = |name: &str, arn: &str, created: i64, mfa: bool| {
            vec![name.to_owned(), arn_of(arn), iso_seconds(created), mfa.to_string(), "true".to_owned()]
        };
        let root = row("<root_account>", "root", self.start, false);
        let users = self.users.seen(now).iter();
        let users = users.map(|user| row(&name(user), &format!("user/{}", user.id), user.seen, user.version(now) == 1));
        [root].into_iter().chain(users).collect()
    }

    /// None at first, then one, then a stricter one, then none again.
    fn policy(&self, now: i64) -> Answered {
        let length = match now - self.start {
            HOUR..7_200_000 => 8,
            7_200_000..14_400_000 => 14,
            _ => {
                return Ok(error(
                    404,
                    "NoSuchEntity",
                    "The Password Policy with domain name 111122223333 cannot be found.",
                ));
            }
        };
        let inner =
            leaf("MinimumPasswordLength", length) + &leaf("RequireSymbols", false) + &leaf("ExpirePasswords", false);
        Ok(answered("GetAccountPasswordPolicy", &element("PasswordPolicy", inner)))
    }

    fn summary(&self, now: i64) -> Answer {
        let figures = [("Users", self.users.seen(now).len()), ("AccountMFAEnabled", 0)];
        self.told().figures.extend(figures.map(|(key, value)| format!("{key} {value}")));
        let entry = |(key, value)| element("entry", leaf("key", key) + &leaf("value", value));
        answered("GetAccountSummary", &element("SummaryMap", figures.map(entry).concat()))
    }

    /// Fewer than asked for may come.
    fn list(&self, form: &Parameters, now: i64) -> Answered {
        let bad = |why: &str| error(400, "ValidationError", why);
        let limit = form.within("MaxItems", 1..=1_000, 100).map_err(|why| bad(&why))?.min(7) as usize;
        let after = match form.get("Marker") {
            None => 0,
            Some(marker) => self.markers.find(marker).ok_or_else(|| bad("Invalid Marker."))?,
        };
        let is_listed = |user: &&Event| user.id > after && gone_at(user).is_none_or(|at| now < at);
        let found: Vec<&Event> = self.users.seen(now).iter().filter(is_listed).collect();
        let listed = page(&found, 0, limit);
        let mut inner = element("Users", listed.iter().map(|user| member(user, now)).collect::<String>());
        inner += &leaf("IsTruncated", listed.len() < found.len());
        if let Some(last) = listed.last().filter(|_| listed.len() < found.len()) {
            inner += &leaf("Marker", self.markers.give(last.id));
        }
        Ok(answered("ListUsers", &inner))
    }
}

/// Some that do not change are deleted.
fn gone_at(user: &Event) -> Option<i64> {
    (user.random % 6 == 1).then_some(user.seen + 90 * MINUTE)
}

fn id(user: &Event) -> String {
    format!("AIDAEXAMPLE{:09}", user.id)
}

fn name(user: &Event) -> String {
    format!("{}-{}", user.pick(&["mira", "deploy"]), user.id)
}

fn arn_of(what: &str) -> String {
    format!("arn:aws:iam::111122223333:{what}")
}

fn member(user: &Event, now: i64) -> String {
    let name = if user.version(now) == 1 { format!("{}-2", name(user)) } else { name(user) };
    let inner = leaf("UserId", id(user)) + &leaf("UserName", &name) + &leaf("Arn", arn_of(&format!("user/{name}")));
    element("member", leaf("Path", "/") + &inner + &leaf("CreateDate", iso_seconds(user.seen)))
}

fn answered(action: &str, inner: &str) -> Answer {
    let result = element(&format!("{action}Result"), inner) + &element("ResponseMetadata", leaf("RequestId", "r1"));
    let root = format!(r#"{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/""#);
    Answer::xml(200, &element(&root, result))
}

fn unsigned(code: &str) -> Answer {
    match code {
        "UnrecognizedClientException" => error(403, "InvalidClientTokenId", "The security token is invalid."),
        "MissingAuthenticationToken" => error(403, code, "Request is missing Authentication Token"),
        _ => error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let inner = element("Error", leaf("Type", "Sender") + &leaf("Code", code) + &leaf("Message", message));
    Answer::xml(status, &element("ErrorResponse", inner + &leaf("RequestId", "r1")))
}
