//! QRadar's console: offenses by the time of their last write, ranges of lists in a header, and searches that run for a while.

use crate::double::{Answered, Double, Event, MINUTE, Marks, Parameters, SECOND, Service, Setting, Shape, Source};
use crate::double::{Truth, Value, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "ibm/qradar",
    config: r#"{"base_url": "{origin}/api", "token": "sec-0001", "start_time": "{start}", "page_size": 10,
        "aql": "SELECT sourceip, UTF8(payload) AS payload FROM events"}"#,
    services: &[
        Service::new("offenses", &["/id", "/status"]),
        Service::new("notes", &["/offense_id", "/id"]),
        Service::new("events", &["/payload"]).simulated(),
        Service::new("rows", &["/payload"]).simulated(),
        Service::new("source_addresses", &["/id"]),
        Service::new("destination_addresses", &["/id"]),
        Service::new("closing_reasons", &["/id"]),
        Service::new("rules", &["/id"]),
        Service::new("assets", &["/id"]),
    ],
    new: |setting| Box::new(Console::new(setting)),
};

/// A search as it was asked for: from, until, and when.
type Search = (i64, i64, i64);

struct Console {
    offenses: Truth,
    /// With the time at which they were received; to be searched for when they are written.
    events: Truth,
    addresses: Truth,
    searches: Marks<Option<Search>>,
}

const SEARCH_TAKES: i64 = 4 * SECOND;

impl Console {
    fn new(setting: &Setting) -> Console {
        let crowd = |count, over_ms| setting.truth(Shape { count, over_ms, late_ms_max: MINUTE, ..Shape::default() });
        Console {
            offenses: setting.truth(Shape { count: 40, ..Shape::default() }),
            events: crowd(2_200, 15 * MINUTE),
            addresses: crowd(1_300, 5 * MINUTE),
            searches: Marks::new("s6a7"),
        }
    }
}

impl Double for Console {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "offenses" => {
                self.offenses.versions().map(|(event, version)| format!("{} {}", event.id, status(version))).collect()
            }
            // The first one stays when another is written.
            "notes" => {
                let last = |event: &Event| i64::from(event.changes_at().is_some());
                let notes = |event: &Event| {
                    (0..=last(event)).map(|n| format!("{} {}", event.id, note(event, n))).collect::<Vec<_>>()
                };
                self.offenses.all().iter().flat_map(notes).collect()
            }
            "events" | "rows" => self.events.ids("event-"),
            "source_addresses" | "destination_addresses" => self.addresses.ids(""),
            _ => (1..=LISTED).map(|id| id.to_string()).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("sec") != Some("sec-0001") {
            return Err(error(401, 18, "No SEC header present in request. Please provide it via \"SEC: token\"."));
        }
        let (query, segments) = (asked.query(), asked.segments());
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("GET", ["api", "siem", "offenses"]) => self.offenses(asked, &query, now),
            ("GET", ["api", "siem", "offenses", id, "notes"]) => self.notes(asked, id, now),
            ("GET", ["api", "siem", "source_addresses"]) => self.addresses(asked, "source_ip", now),
            ("GET", ["api", "siem", "local_destination_addresses"]) => {
                self.addresses(asked, "local_destination_ip", now)
            }
            ("GET", ["api", "siem", "offense_closing_reasons"]) => listed(asked, "text"),
            ("GET", ["api", "analytics", "rules"]) => listed(asked, "name"),
            ("GET", ["api", "asset_model", "assets"]) => listed(asked, "hostnames"),
            ("POST", ["api", "ariel", "searches"]) => self.search(&query, now),
            (method, ["api", "ariel", "searches", id, rest @ ..]) => self.searched(asked, method, id, rest, now),
            _ => Err(error(404, 1002, "We could not find the resource you requested.")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, 1020, "Too many requests")
    }
}

impl Console {
    /// By the time of the last write, the one that is asked for included.
    fn offenses(&self, asked: &Asked, query: &Parameters, now: i64) -> Answered {
        query.only(&["filter", "sort", "fields"]).map_err(unprocessable)?;
        let from = query.get("filter").and_then(|filter| filter.strip_prefix("last_persisted_time>="));
        let from: i64 = from.and_then(|ms| ms.parse().ok()).ok_or_else(|| unprocessable("filter".to_owned()))?;
        if query.get("sort") != Some("+last_persisted_time") {
            return Err(unprocessable("sort".to_owned()));
        }
        let list: Vec<Value> =
            self.offenses.changed(now, from..).into_iter().map(|event| offense(event, now)).collect();
        ranged(asked, &list)
    }

    /// Each write comes with a note.
    fn notes(&self, asked: &Asked, id: &str, now: i64) -> Answered {
        let offense = self.offenses.seen(now).iter().find(|event| event.id.to_string() == id);
        let offense = offense.ok_or_else(|| error(404, 1002, "No offense was found for the provided offense_id."))?;
        let told = |version| json!({"id": note(offense, version), "create_time": offense.seen, "username": "m.okafor", "note_text": "seen"});
        ranged(asked, &(0..=offense.version(now)).map(told).collect::<Vec<_>>())
    }

    fn addresses(&self, asked: &Asked, name: &str, now: i64) -> Answered {
        let query = asked.query();
        query.only(&["filter", "fields"]).map_err(unprocessable)?;
        let after = query.get("filter").and_then(|filter| filter.strip_prefix("id>"));
        let after: i64 = after.and_then(|id| id.parse().ok()).ok_or_else(|| unprocessable("filter".to_owned()))?;
        let known = self.addresses.seen(now).iter().filter(|event| event.id > after);
        let told = |event: &Event| json!({"id": event.id, name: "192.0.2.7", "domain_id": 0, "network": "Net-10-20"});
        ranged(asked, &known.map(told).collect::<Vec<_>>())
    }

    fn search(&self, query: &Parameters, now: i64) -> Answered {
        let text = query.get("query_expression").unwrap_or_default();
        let range = text.split_once(" START ").and_then(|(_, range)| range.split_once(" STOP "));
        let range = range.and_then(|(start, stop)| Some((start.parse().ok()?, stop.parse().ok()?)));
        let (start, stop): (i64, i64) = range.ok_or_else(|| unprocessable("The AQL cannot be parsed".to_owned()))?;
        if start > stop || !text.starts_with("SELECT ") {
            return Err(unprocessable("The start time must be before the stop time".to_owned()));
        }
        let id = self.searches.give(Some((start, stop, now)));
        Ok(Answer { status: 201, ..state(&id, "WAIT", 0) })
    }

    fn searched(&self, asked: &Asked, method: &str, id: &str, rest: &[&str], now: i64) -> Answered {
        let gone = || error(404, 1002, "The search does not exist.");
        let search = self.searches.find(id).flatten().ok_or_else(gone)?;
        let is_over = search.2 + SEARCH_TAKES <= now;
        let found = self.found(search);
        match (method, rest) {
            ("GET", []) if is_over => Ok(state(id, "COMPLETED", found.len())),
            ("GET", []) => Ok(state(id, "EXECUTE", 0)),
            ("GET", ["results"]) if is_over => {
                let answer = ranged(asked, &found)?;
                let rows: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                Ok(Answer { headers: answer.headers, ..Answer::ok(&json!({"events": rows})) })
            }
            ("GET", ["results"]) => Err(error(409, 1002, "The search has not completed.")),
            ("DELETE", []) => {
                self.searches.put(id, None);
                Ok(Answer { status: 202, ..state(id, "COMPLETED", found.len()) })
            }
            _ => Err(gone()),
        }
    }

    /// What was written when the search began; both ends of the range belong to it.
    fn found(&self, (start, stop, at): Search) -> Vec<Value> {
        let told = |event: &Event| json!({"sourceip": "192.0.2.7", "payload": format!("event-{}", event.id)});
        self.events.between(at, start..=stop).into_iter().map(told).collect()
    }
}

/// Rows of the lists that stay as they are.
const LISTED: i64 = 35;

fn listed(asked: &Asked, name: &str) -> Answered {
    let row = |id| json!({"id": id, name: format!("{name} {id}"), "is_deleted": false, "risk_score_sum": 0.0});
    ranged(asked, &(1..=LISTED).map(row).collect::<Vec<_>>())
}

/// The part of a list that the header asks for, counted from zero, with both ends.
fn ranged(asked: &Asked, list: &[Value]) -> Answered {
    let bad = || error(422, 1005, "The Range header is malformed.");
    let Some(range) = asked.header("range") else { return Ok(Answer::ok(&json!(list))) };
    let ends = range.strip_prefix("items=").and_then(|range| range.split_once('-')).ok_or_else(bad)?;
    let (first, last): (usize, usize) = (ends.0.parse().map_err(|_| bad())?, ends.1.parse().map_err(|_| bad())?);
    let size = (last + 1).checked_sub(first).ok_or_else(bad)?;
    let shown = page(list, first, size);
    let content = format!("items {first}-{}/{}", (first + shown.len()).saturating_sub(1), list.len());
    Ok(Answer::ok(&json!(shown)).with("content-range", content))
}

fn status(version: i64) -> &'static str {
    if version == 0 { "OPEN" } else { "CLOSED" }
}

fn note(event: &Event, version: i64) -> i64 {
    event.id * 2 + version
}

/// The first event behind it may be old.
fn offense(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id, "description": "Multiple Login Failures\n", "status": status(event.version(now)), "offense_type": 3,
        "offense_source": "m.okafor", "magnitude": 6, "start_time": event.time - MINUTE, "first_persisted_time": event.seen,
        "last_persisted_time": event.changed_at(now), "source_address_ids": [881], "rules": [],
    })
}

fn state(id: &str, status: &str, count: usize) -> Answer {
    Answer::ok(&json!({"search_id": id, "cursor_id": id, "status": status, "progress": 50, "record_count": count}))
}

fn error(status: u16, code: i64, message: &str) -> Answer {
    let head = json!({"code": status, "message": "The request was not successful."});
    Answer::said(
        status,
        &json!({"http_response": head, "code": code, "description": "", "details": {}, "message": message}),
    )
}

fn unprocessable(why: String) -> Answer {
    error(422, 1005, &why)
}
