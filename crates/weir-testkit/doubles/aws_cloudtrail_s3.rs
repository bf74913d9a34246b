//! A bucket that trails are delivered to: lists by name, a day a folder, and files that come some minutes after what is in them.

use crate::double::{Answered, AwsKeys, Double, Event, HOUR, MINUTE, Marks, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, element, gzip, iso, iso_seconds, json, leaf, page, sigv4, strftime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "aws/cloudtrail-s3",
    config: r#"{"bucket": "example-trail", "region": "eu-central-1", "endpoint": "{origin}", "access_key": "AKIDEXAMPLE",
        "secret_key": "secret/0123456789", "start_time": "{start}",
        "prefixes": ["AWSLogs/111122223333/CloudTrail/eu-central-1/", "AWSLogs/111122223333/CloudTrail/us-east-1/"]}"#,
    services: &[Service::new("files", &["/eventID"]).hours(27).page("continuation-token")],
    new: |setting| Box::new(Bucket::new(setting)),
};

const KEYS: AwsKeys =
    AwsKeys { key: "AKIDEXAMPLE", secret: "secret/0123456789", region: "eu-central-1", service: "s3" };
/// A list may hold fewer names than were asked for.
const NAMES_MAX: usize = 15;

struct Bucket {
    /// Named by their time, and there when they are seen.
    files: Truth,
    /// The last name before what comes next.
    tokens: Marks<String>,
}

impl Bucket {
    fn new(setting: &Setting) -> Bucket {
        // Past a midnight; to one who comes later all of it has happened.
        let over_ms = if setting.asked_from > setting.start { 6 * HOUR } else { 25 * HOUR };
        let shape = Shape { count: 40, over_ms, late_ms_max: 15 * MINUTE, ..Shape::default() };
        Bucket { files: setting.truth(shape), tokens: Marks::new("1ueGcxLPRx1Tr/") }
    }
}

impl Double for Bucket {
    fn truth(&self, _: &str) -> Vec<String> {
        self.files.all().iter().flat_map(|file| (0..count(file)).map(|number| record_id(file, number))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        sigv4(asked, &KEYS, now).map_err(unsigned)?;
        if asked.header("x-amz-content-sha256").is_none() {
            return Err(error(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"));
        }
        if asked.method != "GET" {
            return Err(error(405, "MethodNotAllowed", "The specified method is not allowed against this resource."));
        }
        if asked.path() == "/" {
            return self.list(asked, now);
        }
        let file = self.files.seen(now).iter().find(|file| asked.path().strip_prefix('/') == Some(&name(file)));
        let file = file.ok_or_else(|| error(404, "NoSuchKey", "The specified key does not exist."))?;
        Ok(Answer::new(200, &[("content-type", "application/json")], gzip(self.content(file).to_string().as_bytes())))
    }

    fn too_often(&self) -> Answer {
        error(503, "SlowDown", "Please reduce your request rate.")
    }
}

impl Bucket {
    /// By name; the token says where to go on, and then no name to start after counts.
    fn list(&self, asked: &Asked, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: &str| error(400, "InvalidArgument", why);
        if query.get("list-type") != Some("2") {
            return Err(bad("only lists of the second kind are known here"));
        }
        let after = match query.get("continuation-token") {
            Some(token) => {
                self.tokens.find(token).ok_or_else(|| bad("The continuation token provided is incorrect"))?
            }
            None => query.get("start-after").unwrap_or_default().to_owned(),
        };
        let prefix = query.get("prefix").unwrap_or_default();
        let mut found: Vec<(String, &Event)> = self.files.seen(now).iter().map(|file| (name(file), file)).collect();
        found.retain(|(name, _)| name.starts_with(prefix) && *name > after);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let listed = page(&found, 0, NAMES_MAX);
        let mut inner = leaf("Name", "example-trail") + &leaf("Prefix", prefix) + &leaf("KeyCount", listed.len());
        inner += &leaf("IsTruncated", listed.len() < found.len());
        if let Some((last, _)) = listed.last().filter(|_| listed.len() < found.len()) {
            inner += &leaf("NextContinuationToken", self.tokens.give(last.clone()));
        }
        inner += &listed.iter().map(contents).collect::<String>();
        Ok(Answer::xml(200, &element(r#"ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/""#, inner)))
    }

    /// Now and then a record is delivered a second time, with the next file of its Region.
    fn content(&self, file: &Event) -> Value {
        let mut records: Vec<Value> = (0..count(file)).map(|number| record(file, number)).collect();
        let is_before = |before: &&Event| before.id < file.id && region(before) == region(file);
        let before = self.files.all().iter().rev().find(is_before).filter(|_| file.random.is_multiple_of(3));
        records.extend(before.map(|before| record(before, 0)));
        json!({"Records": records})
    }
}

fn contents((name, file): &(String, &Event)) -> String {
    let tag = format!("\"{:032x}\"", file.random);
    element(
        "Contents",
        leaf("Key", name) + &leaf("LastModified", iso(file.seen)) + &leaf("ETag", tag) + &leaf("Size", 812),
    )
}

fn name(file: &Event) -> String {
    let (region, day) = (region(file), strftime(file.time, "%Y/%m/%d"));
    let time = strftime(file.time, "%Y%m%dT%H%MZ");
    let folder = format!("AWSLogs/111122223333/CloudTrail/{region}/{day}");
    format!("{folder}/111122223333_CloudTrail_{region}_{time}_{:016x}.json.gz", file.random)
}

fn region(file: &Event) -> &'static str {
    ["eu-central-1", "us-east-1"][(file.random % 2) as usize]
}

fn count(file: &Event) -> u64 {
    1 + file.random % 5
}

fn record_id(file: &Event, number: u64) -> String {
    format!("{}-{number}", file.uuid())
}

fn record(file: &Event, number: u64) -> Value {
    json!({
        "eventVersion": "1.09", "eventID": record_id(file, number), "eventTime": iso_seconds(file.time), "eventName": "ConsoleLogin",
        "awsRegion": region(file), "sourceIPAddress": "203.0.113.24",
    })
}

fn unsigned(code: &str) -> Answer {
    match code {
        "MissingAuthenticationToken" => error(403, "AccessDenied", "Access Denied"),
        "UnrecognizedClientException" => error(403, "InvalidAccessKeyId", "The Access Key Id does not exist."),
        _ => error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::xml(status, &element("Error", leaf("Code", code) + &leaf("Message", message)))
}
