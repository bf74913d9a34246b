//! Access Analyzer: findings of several analyzers, last change first, with a token for the place in that order.

use crate::double::{
    Answered, AwsKeys, Double, Event, Marks, Service, Setting, Shape, Source, Truth, Value, iso, json,
};
use crate::double::{page, sigv4};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "aws/access-analyzer",
    config: r#"{"region": "eu-central-1", "access_key": "AKIDEXAMPLE", "secret_key": "secret/0123456789", "endpoint": "{origin}",
        "start_time": "{start}", "page_size": 10, "analyzers": ["arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/external",
        "arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/unused"]}"#,
    services: &[
        Service::new("findings", &["/analyzerArn", "/id", "/status"]).page("nextToken"),
        Service::new("details", &["/analyzerArn", "/id", "/status"]).page("nextToken"),
    ],
    new: |setting| Box::new(Analyzers::new(setting)),
};

const KEYS: AwsKeys =
    AwsKeys { key: "AKIDEXAMPLE", secret: "secret/0123456789", region: "eu-central-1", service: "access-analyzer" };
const ARNS: [&str; 2] = [
    "arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/external",
    "arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/unused",
];

struct Analyzers {
    findings: Truth,
    /// The analyzer that a token belongs to, and the last change and number before it.
    places: Marks<(String, (i64, i64))>,
}

impl Analyzers {
    fn new(setting: &Setting) -> Analyzers {
        Analyzers { findings: setting.truth(Shape::default()), places: Marks::new("eyJ2IjoxfQ") }
    }
}

impl Double for Analyzers {
    fn truth(&self, _: &str) -> Vec<String> {
        let told = |(event, version)| format!("{} {} {}", arn(event), event.uuid(), status(version));
        self.findings.versions().map(told).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        sigv4(asked, &KEYS, now).map_err(|code| error(403, code, "The request signature does not match."))?;
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["analyzer"]) => analyzers(asked),
            ("POST", ["findingv2"]) => self.list(&asked.json(), now),
            ("GET", ["findingv2", id]) => {
                let query = asked.query();
                let of = query.get("analyzerArn").unwrap_or_default();
                let found = self.findings.seen(now).iter().find(|event| event.uuid() == *id && arn(event) == of);
                let found = found.ok_or_else(|| error(404, "ResourceNotFoundException", "Finding does not exist"))?;
                let mut finding = told(found, now);
                finding["findingDetails"] =
                    json!([{"externalAccessDetails": {"isPublic": true, "principal": {"AWS": "*"}}}]);
                Ok(Answer::ok(&finding))
            }
            _ => Err(error(404, "ResourceNotFoundException", "")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "ThrottlingException", "Rate exceeded")
    }
}

/// One a page.
fn analyzers(asked: &Asked) -> Answered {
    let analyzer = |arn: &str| json!({"arn": arn, "type": "ACCOUNT", "status": "ACTIVE"});
    match asked.query().get("nextToken") {
        None => Ok(Answer::ok(&json!({"analyzers": [analyzer(ARNS[0])], "nextToken": "n2"}))),
        Some("n2") => Ok(Answer::ok(&json!({"analyzers": [analyzer(ARNS[1])]}))),
        Some(_) => Err(error(400, "ValidationException", "Invalid token")),
    }
}

impl Analyzers {
    fn list(&self, body: &Value, now: i64) -> Answered {
        let bad = |why: &str| error(400, "ValidationException", why);
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let of = text("analyzerArn").filter(|of| ARNS.contains(of)).ok_or_else(|| bad("no such analyzer"))?;
        let size = body.get("maxResults").map_or(Some(100), Value::as_u64).filter(|size| (1..=100).contains(size));
        let size = size.ok_or_else(|| bad("maxResults must be 1 to 100"))? as usize;
        if body.get("sort") != Some(&json!({"attributeName": "updatedAt", "orderBy": "DESC"})) {
            return Err(bad("another order is not known here"));
        }
        let before = match text("nextToken") {
            None => (i64::MAX, i64::MAX),
            Some(token) => {
                self.places.find(token).filter(|(have, _)| have == of).ok_or_else(|| bad("Invalid token"))?.1
            }
        };
        let rank = |event: &Event| (event.changed_at(now), event.id);
        let mut found = self.findings.changed(now, ..);
        found.retain(|event| arn(event) == of && rank(event) < before);
        found.reverse();
        let listed = page(&found, 0, size);
        let mut answer = json!({"findings": listed.iter().map(|event| told(event, now)).collect::<Vec<_>>()});
        if let Some(last) = listed.last().filter(|_| listed.len() < found.len()) {
            answer["nextToken"] = self.places.give((of.to_owned(), rank(last))).into();
        }
        Ok(Answer::ok(&answer))
    }
}

fn arn(event: &Event) -> &'static str {
    ARNS[(event.random % 2) as usize]
}

fn status(version: i64) -> &'static str {
    ["ACTIVE", "RESOLVED"][version as usize % 2]
}

fn told(event: &Event, now: i64) -> Value {
    json!({
        "id": event.uuid(), "resource": "arn:aws:s3:::weir-demo-exports", "resourceType": "AWS::S3::Bucket", "findingType": "ExternalAccess",
        "status": status(event.version(now)), "createdAt": iso(event.seen), "updatedAt": iso(event.changed_at(now)),
    })
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"message": message})).with("x-amzn-errortype", code)
}
