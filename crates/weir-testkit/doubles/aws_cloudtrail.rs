//! CloudTrail's LookupEvents: signed requests, newest first, fifty to a page, two requests a second for each Region.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::double::{Answered, AwsKeys, Double, Event, MINUTE, Marks, SECOND, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, iso_seconds, json, page, sigv4};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "aws/cloudtrail",
    config: r#"{"regions": ["eu-central-1", "us-east-1"], "access_key": "AKIDEXAMPLE", "secret_key": "secret/0123456789",
        "endpoint": "{origin}/{region}", "start_time": "{start}"}"#,
    services: &[
        Service::new("management", &["/eventID"]).page("NextToken"),
        Service::new("insights", &["/eventID"]).page("NextToken"),
    ],
    new: |setting| Box::new(Trail::new(setting)),
};

const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

struct Trail {
    /// To be looked up some minutes after they happened, typically up to fifteen.
    events: Truth,
    /// What a next page belongs to, all of its request, and where it begins.
    tokens: Marks<(Value, usize)>,
    /// When the last two requests of a Region came.
    asked: Mutex<HashMap<String, [i64; 2]>>,
}

impl Trail {
    fn new(setting: &Setting) -> Trail {
        let shape = Shape { count: 300, late_ms_max: 15 * MINUTE, ..Shape::default() };
        Trail { events: setting.truth(shape), tokens: Marks::new("kOZ"), asked: Mutex::default() }
    }

    fn too_fast(&self, region: &str, now: i64) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let last = asked.entry(region.to_owned()).or_insert([0; 2]);
        let is_too_fast = now - last[0] < SECOND;
        if !is_too_fast {
            *last = [last[1], now];
        }
        is_too_fast
    }
}

impl Double for Trail {
    fn truth(&self, stream: &str) -> Vec<String> {
        let is_insight = stream == "insights";
        self.events.all().iter().filter(|event| is_of(event, is_insight)).map(Event::uuid).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let region = asked.segments().into_iter().next().unwrap_or_default();
        let region = REGIONS.into_iter().find(|have| *have == region).ok_or_else(|| Answer::new(404, &[], ""))?;
        let keys = AwsKeys { key: "AKIDEXAMPLE", secret: "secret/0123456789", region, service: "cloudtrail" };
        sigv4(asked, &keys, now).map_err(|code| error(code, "The request signature does not match."))?;
        if asked.header("x-amz-target") != Some(TARGET) {
            return Err(error("UnknownOperationException", ""));
        }
        if self.too_fast(region, now) {
            return Err(error("ThrottlingException", "Rate exceeded"));
        }
        let mut body = asked.json();
        let token = body.as_object_mut().and_then(|members| members.remove("NextToken"));
        let found = self.found(&body, region, now)?;
        let size = match body.get("MaxResults").map(Value::as_u64) {
            None => 50,
            Some(Some(size @ 1..=50)) => size as usize,
            Some(_) => return Err(error("InvalidMaxResultsException", "1 to 50")),
        };
        let from = match token.as_ref().map(|token| self.tokens.find(token.as_str().unwrap_or_default())) {
            None => 0,
            Some(Some((of, from))) if of == body => from,
            Some(_) => return Err(error("InvalidNextTokenException", "Invalid or expired token")),
        };
        let events: Vec<Value> = page(&found, from, size).iter().map(|event| told(event, region)).collect();
        let mut answer = json!({"Events": events});
        if from + size < found.len() {
            answer["NextToken"] = self.tokens.give((body, from + size)).into();
        }
        Ok(Answer::ok(&answer))
    }

    fn too_often(&self) -> Answer {
        error("ThrottlingException", "Rate exceeded")
    }
}

impl Trail {
    /// Both ends of the range belong to it.
    fn found(&self, body: &Value, region: &str, now: i64) -> Result<Vec<&Event>, Answer> {
        let time = |name: &str| body.get(name).and_then(Value::as_f64).map(|seconds| (seconds * 1_000.0) as i64);
        let (Some(start), Some(end)) = (time("StartTime"), time("EndTime")) else {
            return Err(error("InvalidTimeRangeException", "times are needed here"));
        };
        if start > end {
            return Err(error("InvalidTimeRangeException", "the start is after the end"));
        }
        let is_insight = match body.get("EventCategory").map(Value::as_str) {
            None => false,
            Some(Some("insight")) => true,
            Some(_) => return Err(error("InvalidEventCategoryException", "only insight")),
        };
        let mut found = self.events.between(now, start..=end);
        found.retain(|event| is_of(event, is_insight) && region_of(event) == region);
        found.reverse();
        Ok(found)
    }
}

/// Few events are insights.
fn is_of(event: &Event, is_insight: bool) -> bool {
    (event.id % 6 == 0) == is_insight
}

fn region_of(event: &Event) -> &'static str {
    REGIONS[(event.random % 2) as usize]
}

fn told(event: &Event, region: &str) -> Value {
    let name = event.pick(&["ConsoleLogin", "CreateAccessKey"]);
    let inner =
        json!({"eventID": event.uuid(), "eventTime": iso_seconds(event.time), "eventName": name, "awsRegion": region});
    json!({"EventId": event.uuid(), "EventName": name, "EventTime": event.time as f64 / 1_000.0, "CloudTrailEvent": inner.to_string()})
}

fn error(code: &str, message: &str) -> Answer {
    Answer::said(400, &json!({"__type": code, "message": message}))
}
