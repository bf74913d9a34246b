//! Sumo Logic's search jobs: made, asked about, read by offset, ended; bound to the node that a cookie names, and gone when nobody asks.

use crate::double::{Answered, Double, Event, MINUTE, Marks, SECOND, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{iso_seconds, json, page, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "sumologic/messages",
    config: r#"{"base_url": "{origin}/api/v1", "access_id": "id1", "access_key": "k+1", "query": "_sourceCategory=prod/fw", "window": "2h", "start_time": "{start}"}"#,
    services: &[Service::new("messages", &["/_messageid"]).page("offset")],
    new: |setting| Box::new(Searches::new(setting)),
};

/// The same with a query that aggregates.
pub const RECORDS: Source = Source {
    pack: "sumologic/messages",
    config: r#"{"base_url": "{origin}/api/v1", "access_id": "id1", "access_key": "k+1", "query": "* | count by _sourcehost", "start_time": "{start}"}"#,
    services: &[Service::new("records", &["/window_start", "/_sourcehost", "/_count"]).page("offset")],
    new: |setting| Box::new(Searches::new(setting)),
};

/// A search for messages stops behind so many: a hundred thousand there, few here.
const MESSAGES_MAX: usize = 40;
const GATHERS: i64 = SECOND;
/// A job that is not asked about for so long is cancelled.
const IDLE: i64 = 30 * SECOND;
const HOSTS: [&str; 3] = ["fw-edge-1", "fw-edge-2", "fw-core"];
/// What the manifest makes rows for.
const QUARTER: i64 = 15 * MINUTE;

struct Searches {
    /// By the time of receipt; a message can be searched for within two minutes of it.
    messages: Truth,
    start: i64,
    jobs: Marks<Option<Job>>,
}

#[derive(Clone)]
struct Job {
    node: String,
    is_aggregate: bool,
    made: i64,
    asked: i64,
    rows: Vec<Value>,
}

impl Searches {
    fn new(setting: &Setting) -> Searches {
        let shape = Shape { count: 300, late_ms_max: 110 * SECOND, ..Shape::default() };
        Searches { messages: setting.truth(shape), start: setting.start / 1_000 * 1_000, jobs: Marks::new("1A2B") }
    }
}

impl Double for Searches {
    fn truth(&self, stream: &str) -> Vec<String> {
        if stream == "messages" {
            return self.messages.all().iter().map(message_id).collect();
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let windows = (0..12).map(|number| self.start + number * QUARTER);
        let rows = windows.flat_map(|from| {
            let rows = counted(&self.messages.between(i64::MAX, from..from + QUARTER));
            rows.into_iter()
                .map(move |row| format!("{} {} {}", iso_seconds(from), text(&row["_sourcehost"]), text(&row["_count"])))
        });
        rows.collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("id1", "k+1") {
            return Err(error(401, "unauthorized", "Credential could not be verified."));
        }
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("POST", ["api", "v1", "search", "jobs"]) => self.create(&asked.json(), now),
            ("GET", ["api", "v1", "search", "jobs", id]) => Ok(Answer::ok(&self.job(id, asked, now)?.status(now))),
            ("GET", ["api", "v1", "search", "jobs", id, of]) => rows(&self.job(id, asked, now)?, of, asked),
            ("DELETE", ["api", "v1", "search", "jobs", id]) => {
                self.job(id, asked, now)?;
                self.jobs.put(id, None);
                Ok(Answer::ok(&json!({"id": id})))
            }
            _ => Err(error(404, "not.found", "HTTP 404 Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "rate.limit.exceeded", "The request rate limit was exceeded.")
    }
}

impl Searches {
    /// From the first time on, up to the second one without it.
    fn create(&self, body: &Value, now: i64) -> Answered {
        let time = |name: &str| body[name].as_str().and_then(|text| strptime(text, "%Y-%m-%dT%H:%M:%S"));
        let from = time("from").ok_or_else(|| error(400, "invalid.timestamp.from", "from"))?;
        let to = time("to").ok_or_else(|| error(400, "invalid.timestamp.to", "to"))?;
        if to <= from {
            return Err(error(400, "to.smaller.than.from", "to"));
        }
        if body["timeZone"] != "UTC" || body["byReceiptTime"] != true {
            return Err(error(400, "unknown.timezone", "only UTC and times of receipt are known here"));
        }
        let is_aggregate = body["query"].as_str().is_some_and(|query| query.contains('|'));
        let mut found = self.messages.between(now, from..to);
        found.reverse();
        let rows = if is_aggregate { counted(&found) } else { found.into_iter().map(message).collect() };
        let node = format!("node-{}", now % 7);
        let job = Job { node: node.clone(), is_aggregate, made: now, asked: now, rows };
        let id = self.jobs.give(Some(job));
        let link = json!({"rel": "self", "href": format!("/api/v1/search/jobs/{id}")});
        Ok(Answer::said(202, &json!({"id": id, "link": link}))
            .with("set-cookie", format!("AWSALB={node}; Path=/; Secure")))
    }

    fn job(&self, id: &str, asked: &Asked, now: i64) -> Result<Job, Answer> {
        let job = self.jobs.find(id).flatten();
        let job = job.filter(|job| now - job.asked < IDLE && asked.cookie("AWSALB") == Some(&job.node));
        // A search that was overslept is no mistake of who asks.
        let mut job = job.ok_or_else(|| error(404, "jobid.invalid", "Job ID is invalid."))?;
        job.asked = now;
        self.jobs.put(id, Some(job.clone()));
        Ok(job)
    }
}

impl Job {
    fn status(&self, now: i64) -> Value {
        let (count, is_over) = (self.rows.len(), !self.is_aggregate && self.rows.len() > MESSAGES_MAX);
        let state = match now - self.made {
            passed if passed < GATHERS => "GATHERING RESULTS",
            _ if is_over => "FORCE PAUSED",
            _ => "DONE GATHERING RESULTS",
        };
        let counts = if self.is_aggregate { (300, count) } else { (count.min(MESSAGES_MAX), 0) };
        json!({"state": state, "messageCount": counts.0, "recordCount": counts.1, "pendingErrors": [], "pendingWarnings": [], "histogramBuckets": []})
    }
}

fn rows(job: &Job, of: &str, asked: &Asked) -> Answered {
    let query = asked.query();
    let offset = query.within("offset", 0..=i64::MAX, -1).map_err(|why| error(400, "offset.missing", &why))?;
    let limit = query.within("limit", 1..=10_000, 0).map_err(|why| error(400, "limit.missing", &why))?;
    if of != if job.is_aggregate { "records" } else { "messages" } {
        return Err(error(400, "query.invalid", "the query gives others"));
    }
    let rows: Vec<Value> =
        page(&job.rows, offset as usize, limit as usize).iter().map(|map| json!({"map": map})).collect();
    Ok(Answer::ok(&json!({"fields": [], of: rows})))
}

fn message_id(event: &Event) -> String {
    format!("-92233720368{:08}", event.id)
}

fn host(event: &Event) -> &'static str {
    HOSTS[(event.random % 3) as usize]
}

fn message(event: &Event) -> Value {
    json!({"_messageid": message_id(event), "_receipttime": event.time.to_string(), "_messagetime": (event.time - 2_000).to_string(),
        "_sourcehost": host(event), "_raw": format!("%ASA-6-302014: Teardown TCP connection {}", event.id)})
}

/// A row for each host that sent something.
fn counted(found: &[&Event]) -> Vec<Value> {
    let count = |name: &str| found.iter().filter(|event| host(event) == name).count();
    let rows = HOSTS.iter().map(|name| (name, count(name))).filter(|(_, count)| *count > 0);
    rows.map(|(name, count)| json!({"_sourcehost": name, "_count": count.to_string()})).collect()
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"id": "IUUQI-DGH5I", "status": status, "code": code, "message": message}))
}
