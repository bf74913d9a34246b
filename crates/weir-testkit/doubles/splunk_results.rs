//! Splunk's export of a search: a line for each result, selected by the time of indexing within a range of event time.

use std::collections::BTreeMap;

use crate::double::{
    Answered, Double, Event, HOUR, MINUTE, Parameters, SECOND, Service, Setting, Shape, Source, Truth,
};
use crate::double::{Value, iso, iso_seconds, json};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "splunk/results",
    config: r#"{"base_url": "{origin}", "token": "t0", "search": "search index=main", "start_time": "{start}"}"#,
    // The pack keeps the raw text of an event, and not the record around it.
    services: &[Service::new("events", &["/_bkt", "/_cd"]).simulated()],
    new: |setting| Box::new(Head::new(setting)),
};

pub const STATISTICS: Source = Source {
    config: r#"{"base_url": "{origin}", "method": "basic", "username": "weir", "password": "s", "start_time": "{start}",
        "search": "search index=main | stats count by src"}"#,
    services: &[Service::new("rows", &["/window_start", "/src", "/count"])],
    ..SOURCE
};

struct Head {
    start: i64,
    /// Indexed up to a day after their own time.
    events: Truth,
}

const QUARTER: i64 = 15 * MINUTE;
const BUCKET: &str = "main~212~9B1D22F1-2C7A-4F10-A1B2-C3D4E5F6AA01";

impl Head {
    fn new(setting: &Setting) -> Head {
        let shape = Shape { count: 200, late_ms_max: HOUR, ..Shape::default() };
        Head { start: setting.start / SECOND * SECOND, events: setting.truth(shape) }
    }
}

impl Double for Head {
    fn truth(&self, stream: &str) -> Vec<String> {
        if stream == "events" {
            return self.events.all().iter().map(|event| format!("{BUCKET} 212:{}", event.id)).collect();
        }
        let mut counts = BTreeMap::<(i64, &str), i64>::new();
        for event in self.events.all() {
            let window = (indexed(event) - self.start).div_euclid(QUARTER) * QUARTER + self.start;
            *counts.entry((window, source(event))).or_default() += 1;
        }
        counts
            .into_iter()
            .map(|((window, source), count)| format!("{} {source} {count}", iso_seconds(window)))
            .collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.bearer() != Some("t0") && !asked.is_basic("weir", "s") {
            return Err(error(401, "WARN", "call not properly authenticated"));
        }
        if (asked.method.as_str(), asked.path()) != ("POST", "/servicesNS/nobody/search/search/v2/jobs/export") {
            return Err(error(404, "ERROR", "Not Found"));
        }
        let form = asked.form();
        if form.get("output_mode") != Some("json") || form.get("preview") != Some("false") {
            return Err(error(400, "FATAL", "only JSON without previews is known here"));
        }
        let found = self.found(&form, now)?;
        match form.get("search") {
            Some("search index=main") => Ok(exported(found.into_iter().rev().map(told).collect())),
            Some("search index=main | stats count by src") => Ok(exported(statistics(&found))),
            _ => Err(error(400, "FATAL", "Error in 'search' command: Unable to parse the search")),
        }
    }

    fn too_often(&self) -> Answer {
        error(503, "ERROR", "The maximum number of concurrent historical searches on this instance has been reached")
    }
}

impl Head {
    /// Searched within a minute after the indexing; ends of ranges do not belong to them.
    fn found(&self, form: &Parameters, now: i64) -> Result<Vec<&Event>, Answer> {
        let bad = |why: String| error(400, "FATAL", &why);
        let time = |name: &str| form.needed(name).map(|seconds| seconds * SECOND).map_err(bad);
        let indexing = time("index_earliest")?..time("index_latest")?;
        let (earliest, latest) = (time("earliest_time")?, time("latest_time")?);
        if earliest >= latest {
            return Err(bad("Invalid time bounds in search: start is not before end".to_owned()));
        }
        let is_ready = |event: &&Event| event.seen + (event.random % 55) as i64 * SECOND <= now;
        let is_found = |event: &&Event| indexing.contains(&indexed(event)) && (earliest..latest).contains(&event.time);
        Ok(self.events.seen(now).iter().filter(is_ready).filter(is_found).collect())
    }
}

/// Whole seconds.
fn indexed(event: &Event) -> i64 {
    event.seen / SECOND * SECOND
}

fn source(event: &Event) -> &'static str {
    event.pick(&["198.51.100.23", "198.51.100.24"])
}

fn told(event: &Event) -> Value {
    json!({
        "_bkt": BUCKET, "_cd": format!("212:{}", event.id), "_indextime": (event.seen / SECOND).to_string(), "_time": iso(event.time),
        "_raw": "say \"type\":\"ERROR\" aloud", "host": "fw-edge-1", "index": "main", "sourcetype": "cisco:asa", "src": source(event),
    })
}

fn statistics(found: &[&Event]) -> Vec<Value> {
    let mut counts = BTreeMap::<&str, i64>::new();
    found.iter().for_each(|event| *counts.entry(source(event)).or_default() += 1);
    counts.into_iter().map(|(source, count)| json!({"src": source, "count": count.to_string()})).collect()
}

/// The last line says that it is the last.
fn exported(results: Vec<Value>) -> Answer {
    let last = results.len().saturating_sub(1);
    let line = |(offset, result): (usize, Value)| {
        let mut line = json!({"preview": false, "offset": offset, "result": result});
        if offset == last {
            line["lastrow"] = true.into();
        }
        line
    };
    let lines: Vec<Value> = results.into_iter().enumerate().map(line).collect();
    Answer::ndjson(if lines.is_empty() { vec![json!({"preview": false, "lastrow": true})] } else { lines }.as_slice())
}

fn error(status: u16, kind: &str, text: &str) -> Answer {
    Answer::said(status, &json!({"messages": [{"type": kind, "text": text}]}))
}
