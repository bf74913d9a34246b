//! Wazuh's indexer, an OpenSearch: points in time that are forgotten when nobody asks, pages after the sort values of the last hit.

use crate::double::{
    Answered, Double, Event, MINUTE, Marks, Service, Setting, Shape, Source, Truth, Value, iso, json, read_time,
};
use crate::double::{page, strftime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "wazuh/alerts",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "p1", "min_level": 7, "page_size": 20, "start_time": "{start}"}"#,
    services: &[
        Service::new("alerts", &["/_id"]).page("search_after"),
        Service::new("vulnerabilities", &["/_id", "/vulnerability/detected_at"]).page("search_after"),
        Service::new("findings", &["/_id"]),
    ],
    new: |setting| Box::new(Indexer::new(setting)),
};

const ALERTS: &str = "wazuh-alerts-4.x-*";
const VULNERABILITIES: &str = "wazuh-states-vulnerabilities-*";
const FINDINGS: &str = "wazuh-findings-v5-*";
const KEPT_ALIVE: i64 = 2 * MINUTE;

struct Indexer {
    /// The way from the manager takes minutes after an outage.
    documents: Truth,
    points: Marks<Option<Point>>,
}

#[derive(Clone)]
struct Point {
    index: String,
    at: i64,
    asked: i64,
}

impl Indexer {
    fn new(setting: &Setting) -> Indexer {
        let shape = Shape { count: 200, late_ms_max: 9 * MINUTE, ..Shape::default() };
        Indexer { documents: setting.truth(shape), points: Marks::new("pit") }
    }
}

impl Double for Indexer {
    fn truth(&self, stream: &str) -> Vec<String> {
        let documents = self.documents.all().iter();
        match stream {
            "alerts" => documents.filter(|event| level(event) >= 7).map(id).collect(),
            "findings" => documents.map(id).collect(),
            _ => {
                let at = |event: &Event, version| event.changes_at().filter(|_| version == 1).unwrap_or(event.time);
                self.documents
                    .versions()
                    .map(|(event, version)| format!("{} {}", id(event), iso(at(event, version))))
                    .collect()
            }
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir", "p1") {
            return Err(Answer::new(
                401,
                &[("www-authenticate", "Basic realm=\"OpenSearch Security\"")],
                "Unauthorized",
            ));
        }
        let (path, body) = (asked.segments(), asked.json());
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("POST", [index, "_search", "point_in_time"]) if [ALERTS, VULNERABILITIES].contains(index) => {
                if asked.query().get("keep_alive") != Some("2m") {
                    return Err(error(400, "illegal_argument_exception", "keep_alive"));
                }
                let point = Point { index: (*index).to_owned(), at: now, asked: now };
                Ok(Answer::ok(
                    &json!({"pit_id": self.points.give(Some(point)), "_shards": {"total": 1, "failed": 0}, "creation_time": now}),
                ))
            }
            ("DELETE", ["_search", "point_in_time"]) => {
                let ids = body["pit_id"].as_array().into_iter().flatten().filter_map(Value::as_str);
                ids.for_each(|id| self.points.put(id, None));
                Ok(Answer::ok(&json!({"pits": [{"successful": true}]})))
            }
            ("POST", ["_search"]) => {
                let point = self.point(&body, now)?;
                self.search(&point.index, &body, point.at, Some(&body["pit"]["id"]))
            }
            ("POST", [FINDINGS, "_search"]) => self.search(FINDINGS, &body, now, None),
            ("POST", [index, ..]) => Err(error(404, "index_not_found_exception", index)),
            _ => Err(error(405, "method", "Incorrect HTTP method")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "es_rejected_execution_exception", "rejected execution of coordinating operation")
    }
}

impl Indexer {
    fn point(&self, body: &Value, now: i64) -> Result<Point, Answer> {
        let id = body["pit"]["id"].as_str().unwrap_or_default();
        let point = self.points.find(id).flatten().filter(|point| now - point.asked < KEPT_ALIVE);
        let mut point =
            point.ok_or_else(|| error(404, "search_context_missing_exception", "No search context found"))?;
        point.asked = now;
        self.points.put(id, Some(point.clone()));
        Ok(point)
    }

    /// By the sort values of hits: the time, and texts that order those of one time.
    fn search(&self, index: &str, body: &Value, now: i64, pit: Option<&Value>) -> Answered {
        let bad = |why: &str| error(400, "parsing_exception", why);
        let size = body["size"].as_u64().filter(|size| (0..=10_000).contains(size)).ok_or_else(|| bad("size"))?;
        let field = ["timestamp", "vulnerability.detected_at", "@timestamp"];
        let field =
            field[[ALERTS, VULNERABILITIES, FINDINGS].iter().position(|have| *have == index).unwrap_or_default()];
        let filters = body["query"]["bool"]["filter"].as_array().map(Vec::as_slice).unwrap_or_default();
        let range = |name: &str| filters.iter().map(|filter| &filter["range"][name]).find(|range| !range.is_null());
        let time = |name: &str| read_time(range(field)?[name].as_str()?);
        let times = time("gte").ok_or_else(|| bad("gte"))?..time("lt").ok_or_else(|| bad("lt"))?;
        let least = range("rule.level").and_then(|range| range["gte"].as_i64()).unwrap_or_default();
        if body["sort"][0][field]["order"] != "asc" {
            return Err(bad("sort"));
        }
        let is_state = index == VULNERABILITIES;
        let found = if is_state { self.documents.touched(now, times) } else { self.documents.between(now, times) };
        let mut hits: Vec<Value> =
            found.into_iter().filter(|event| level(event) >= least).map(|event| hit(index, event, now)).collect();
        hits.sort_by(|one, other| place(&one["sort"]).cmp(&place(&other["sort"])));
        if let Some(after) = body.get("search_after") {
            let after = place(after).filter(|_| pit.is_some()).ok_or_else(|| bad("search_after"))?;
            hits.retain(|hit| place(&hit["sort"]).is_some_and(|at| at > after));
        }
        let mut answer = json!({"took": 3, "timed_out": false, "_shards": {"total": 1, "failed": 0}, "hits": {"hits": page(&hits, 0, size as usize)}});
        if let Some(id) = pit {
            answer["pit_id"] = id.clone();
        }
        Ok(Answer::ok(&answer))
    }
}

fn place(sort: &Value) -> Option<(i64, Vec<&str>)> {
    let (time, texts) = sort.as_array()?.split_first()?;
    Some((time.as_i64()?, texts.iter().filter_map(Value::as_str).collect()))
}

fn id(event: &Event) -> String {
    format!("Zk3c{}", event.id)
}

fn level(event: &Event) -> i64 {
    3 + (event.random % 13) as i64
}

fn hit(index: &str, event: &Event, now: i64) -> Value {
    let number = format!("{}.{}", event.time / 1_000, 8_812_345 + event.id);
    let (source, sort) = match index {
        ALERTS => {
            let time = strftime(event.time, "%Y-%m-%dT%H:%M:%S.%3f+0000");
            let source = json!({"timestamp": time, "id": number, "rule": {"id": "5712", "level": level(event)}, "agent": {"id": "014", "name": "bastion-01"}});
            (source, json!([event.time, number]))
        }
        VULNERABILITIES => {
            let at = event.touched_at(now);
            let source = json!({"vulnerability": {"id": "CVE-2026-10077", "detected_at": iso(at)}, "agent": {"id": number}, "package": {"name": "openssh"}});
            (source, json!([at, "CVE-2026-10077", number, "openssh", "9.1"]))
        }
        _ => (json!({"@timestamp": iso(event.time), "rule": {"level": level(event)}}), json!([event.time])),
    };
    json!({"_index": index.replace('*', "2026.01.01"), "_id": id(event), "_source": source, "sort": sort})
}

fn error(status: u16, kind: &str, reason: &str) -> Answer {
    let cause = json!({"type": kind, "reason": reason});
    Answer::said(status, &json!({"error": {"root_cause": [cause], "type": kind, "reason": reason}, "status": status}))
}
