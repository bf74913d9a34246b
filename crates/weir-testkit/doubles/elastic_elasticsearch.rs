//! Elasticsearch and OpenSearch: places in time, scrolls that go on with each request, and ES|QL.

use std::sync::{Mutex, PoisonError};

use crate::double::{Answered, Double, Event, Grants, MINUTE, Marks, SECOND, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, iso, json, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "elastic/elasticsearch",
    config: r#"{"base_url": "{origin}", "api_key": "a2V5", "index": "logs-*", "start_time": "{start}", "page_size": 20,
        "esql": [{"id": "all", "query": "FROM logs-* METADATA _id | KEEP _id, message"}]}"#,
    services: &[
        Service::new("hits", &["/_id"]).page("search_after"),
        Service::new("opensearch_hits", &["/_id"]).page("search_after"),
        Service::new("esql", &["/_id"]),
    ],
    new: |setting| Box::new(Cluster::new(setting)),
};

/// Before there were points in time, and with tokens.
pub const OLD: Source = Source {
    config: r#"{"base_url": "{origin}", "method": "token", "token_user": "weir", "token_password": "pw", "index": "logs-*",
        "start_time": "{start}", "page_size": 20}"#,
    services: &[Service::new("scroll_hits", &["/_id"])],
    ..SOURCE
};

const KEPT: i64 = 2 * MINUTE;

struct Cluster {
    /// Can be found after the next refresh.
    documents: Truth,
    grants: Grants,
    /// When a place was opened, and until when it is kept.
    places: Marks<(i64, i64)>,
    /// What of a scroll was not given out yet, the size of its pages, and until when it is kept.
    scrolls: Marks<(Vec<Event>, usize, i64)>,
    /// One request of a scroll after the other.
    scrolling: Mutex<()>,
}

impl Cluster {
    fn new(setting: &Setting) -> Cluster {
        let documents = setting.truth(Shape { count: 240, late_ms_max: SECOND, ..Shape::default() });
        let (places, scrolls) = (Marks::new("46ToAwMD"), Marks::new("FGluY2x1"));
        Cluster { documents, grants: Grants::new(20 * MINUTE), places, scrolls, scrolling: Mutex::default() }
    }
}

impl Double for Cluster {
    fn truth(&self, _: &str) -> Vec<String> {
        self.documents.all().iter().map(Event::uuid).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let (body, query) = (asked.json(), asked.query());
        let method_and_path = (asked.method.as_str(), asked.path());
        if method_and_path == ("POST", "/_security/oauth2/token") {
            if !asked.is_basic("weir", "pw") || body != json!({"grant_type": "client_credentials"}) {
                return Err(unknown_user());
            }
            return Ok(Answer::ok(
                &json!({"access_token": self.grants.grant(now), "type": "Bearer", "expires_in": 1_200}),
            ));
        }
        if asked.header("authorization") != Some("ApiKey a2V5") && !self.grants.holds(asked.bearer(), now) {
            return Err(unknown_user());
        }
        match method_and_path {
            ("POST", "/logs-*/_pit") => Ok(Answer::ok(&json!({"id": self.places.give((now, now + KEPT))}))),
            ("POST", "/logs-*/_search/point_in_time") => {
                Ok(Answer::ok(&json!({"pit_id": self.places.give((now, now + KEPT)), "creation_time": now})))
            }
            ("POST", "/_search") => self.search(&body, now),
            ("POST", "/logs-*/_search") if query.get("scroll") == Some("2m") => self.scroll(&body, now),
            ("POST", "/_search/scroll") => self.scrolled(&body, now),
            ("POST", "/_query") => self.esql(&body, now),
            ("DELETE", "/_pit" | "/_search/scroll" | "/_search/point_in_time") => self.close(&body),
            _ => Err(error(404, "index_not_found_exception", "no such index")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }

    fn too_often(&self) -> Answer {
        error(429, "es_rejected_execution_exception", "rejected execution")
    }
}

impl Cluster {
    /// A search in a place: documents as they were when it was opened. Ties are broken by the number within the place, or by the id.
    fn search(&self, body: &Value, now: i64) -> Answered {
        let name = body.pointer("/pit/id").and_then(Value::as_str).unwrap_or_default();
        let place = self.places.find(name).filter(|(_, until)| now < *until);
        let (opened, _) = place.ok_or_else(context_missing)?;
        let by_id = body.pointer("/sort/1/_id").is_some();
        let sort = |event: &Event| match by_id {
            true => json!([event.time, event.uuid()]),
            false => json!([iso(event.time), (event.id * 7_919 + opened / SECOND) % 1_000_003]),
        };
        let (mut found, size) = (self.found(body, opened)?, size(body)?);
        let rank = |sort: &Value| {
            let time = sort[0].as_i64().or_else(|| read_time(sort[0].as_str()?));
            (time, sort[1].as_i64(), sort[1].as_str().map(str::to_owned))
        };
        found.sort_by_key(|event| rank(&sort(event)));
        if let Some(after) = body.get("search_after") {
            let after = rank(after);
            found.retain(|event| rank(&sort(event)) > after);
        }
        self.places.put(name, (opened, now + KEPT));
        let hits: Vec<Value> = page(&found, 0, size).iter().map(|event| hit(event, Some(sort(event)))).collect();
        Ok(hits_of(json!({"pit_id": self.places.give((opened, now + KEPT))}), &hits))
    }

    fn scroll(&self, body: &Value, now: i64) -> Answered {
        let mut found: Vec<Event> = self.found(body, now)?.into_iter().copied().collect();
        found.sort_by_key(|event| event.random);
        let size = size(body)?;
        let left = found.split_off(found.len().min(size));
        let first: Vec<Value> = found.iter().map(|event| hit(event, None)).collect();
        Ok(hits_of(json!({"_scroll_id": self.scrolls.give((left, size, now + KEPT))}), &first))
    }

    /// What is given out once is not given out again.
    fn scrolled(&self, body: &Value, now: i64) -> Answered {
        let _one = self.scrolling.lock().unwrap_or_else(PoisonError::into_inner);
        let name = body.get("scroll_id").and_then(Value::as_str).unwrap_or_default();
        let scroll = self.scrolls.find(name).filter(|(_, _, until)| now < *until);
        let (mut left, size, _) = scroll.ok_or_else(context_missing)?;
        let later = left.split_off(left.len().min(size));
        self.scrolls.put(name, (later, size, now + KEPT));
        let hits: Vec<Value> = left.iter().map(|event| hit(event, None)).collect();
        Ok(hits_of(json!({"_scroll_id": name}), &hits))
    }

    /// Rows of at most the number that the search has as its limit.
    fn esql(&self, body: &Value, now: i64) -> Answered {
        let is_known = body.get("query").and_then(Value::as_str).is_some_and(|query| query.ends_with("| LIMIT 10000"));
        if !is_known {
            return Err(error(400, "parsing_exception", "line 1:1: mismatched input"));
        }
        let found = self.between(body.get("filter"), now)?;
        let values: Vec<Value> = found.iter().map(|event| json!([event.uuid(), "GET /"])).collect();
        let columns = json!([{"name": "_id", "type": "keyword"}, {"name": "message", "type": "text"}]);
        Ok(Answer::ok(&json!({"took": 40, "is_partial": false, "columns": columns, "values": values})))
    }

    fn close(&self, body: &Value) -> Answered {
        for member in ["id", "pit_id", "scroll_id"] {
            let names =
                body.get(member).map_or(Vec::new(), |names| names.as_array().cloned().unwrap_or(vec![names.clone()]));
            for name in names.iter().filter_map(Value::as_str) {
                self.places.put(name, (0, 0));
                self.scrolls.put(name, (Vec::new(), 0, 0));
            }
        }
        Ok(Answer::ok(&json!({"succeeded": true, "num_freed": 1})))
    }

    fn found(&self, body: &Value, now: i64) -> Result<Vec<&Event>, Answer> {
        self.between(body.pointer("/query/bool/filter/1"), now)
    }

    fn between(&self, filter: Option<&Value>, now: i64) -> Result<Vec<&Event>, Answer> {
        let range = filter.and_then(|filter| filter.pointer("/range/event.ingested"));
        let bound = |name: &str| range.and_then(|range| range.get(name)?.as_str()).and_then(read_time);
        let bounds = bound("gte").zip(bound("lt"));
        let (from, until) = bounds.ok_or_else(|| error(400, "parsing_exception", "[range] malformed query"))?;
        Ok(self.documents.between(now, from..until))
    }
}

fn size(body: &Value) -> Result<usize, Answer> {
    let size = body.get("size").and_then(Value::as_u64).filter(|size| *size <= 10_000);
    size.map(|size| size as usize).ok_or_else(|| error(400, "illegal_argument_exception", "Result window is too large"))
}

fn hit(event: &Event, sort: Option<Value>) -> Value {
    let source = json!({"@timestamp": iso(event.time), "event": {"ingested": iso(event.time)}, "message": event.pick(&["GET /", "PUT /"])});
    let mut hit =
        json!({"_index": ".ds-logs-proxy-default-000004", "_id": event.uuid(), "_score": null, "_source": source});
    if let Some(sort) = sort {
        hit["sort"] = sort;
    }
    hit
}

fn hits_of(mut answer: Value, hits: &[Value]) -> Answer {
    answer["timed_out"] = false.into();
    answer["_shards"] = json!({"total": 3, "successful": 3, "skipped": 0, "failed": 0});
    answer["hits"] = json!({"max_score": null, "hits": hits});
    Answer::ok(&answer)
}

fn unknown_user() -> Answer {
    error(401, "security_exception", "unable to authenticate user for REST request")
}

fn context_missing() -> Answer {
    error(404, "search_context_missing_exception", "No search context found")
}

fn error(status: u16, kind: &str, reason: &str) -> Answer {
    let cause = json!({"type": kind, "reason": reason});
    let inner = json!({"root_cause": [cause], "type": kind, "reason": reason});
    Answer::said(status, &json!({"error": inner, "status": status}))
}
