//! The early warning list of CTCI: always the whole of it, rows are edited in place, switched off and taken away.

use crate::double::{Answered, Double, Event, Kept, MINUTE, Service, Setting, Shape, Source, Truth, Value, json};
use crate::{Answer, Asked};

/// What the list is in the end.
pub const SOURCE: Source = Source {
    pack: "ctci/cewl",
    config: r#"{"base_url": "{origin}", "api_token": "tok1", "first_list": "told"}"#,
    services: &[Service::new("cewl", &["/cve", "/kind", "/base_score"]).kept(Kept::Table)],
    new: |setting| Box::new(List::new(setting, false)),
};

/// What happened to its rows.
pub const CHANGES: Source = Source {
    services: &[Service::new("cewl", &["/CVE|/key/0", "/base_score|/weir.change", "/weir.change"])],
    new: |setting| Box::new(List::new(setting, true)),
    ..SOURCE
};

struct List {
    rows: Truth,
    asked_from: i64,
    tells_changes: bool,
}

impl List {
    fn new(setting: &Setting, tells_changes: bool) -> List {
        let rows = setting.truth(Shape { count: 40, ..Shape::default() });
        List { rows, asked_from: setting.asked_from, tells_changes }
    }

    /// What is told of the rows that are in the list when somebody asks for it first, and later.
    fn changes(&self) -> Vec<String> {
        let is_there = |event: &Event| gone_at(event).is_none_or(|at| at > self.asked_from);
        let versions = self.rows.versions().filter(|(event, _)| is_there(event));
        let first = |event: &Event| event.version(self.asked_from);
        let told = versions.flat_map(|(event, version)| match version == first(event) {
            true => added(event, version),
            false => vec![format!("{} {} changed", name(event), score(version))],
        });
        let gone = self.rows.all().iter().filter(|event| gone_at(event).is_some() && is_there(event));
        told.chain(gone.flat_map(removed)).collect()
    }
}

impl Double for List {
    fn truth(&self, _: &str) -> Vec<String> {
        match self.tells_changes {
            true => self.changes(),
            false => self.rows.all().iter().filter(|event| gone_at(event).is_none()).map(row_in_the_end).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-api-key") != Some("tok1") {
            return Err(error(401, "Unauthorized", "Provided apikey is not valid"));
        }
        if (asked.method.as_str(), asked.target.as_str()) != ("GET", "/api/v1/cewl") {
            return Err(error(404, "Not Found", "The requested URL was not found on the server."));
        }
        let list: Vec<Value> = self.rows.seen(now).iter().flat_map(|event| entries(event, now)).collect();
        Ok(Answer::ok(&json!(list)))
    }

    fn too_often(&self) -> Answer {
        error(429, "Too Many Requests", "Rate limit exceeded")
    }
}

/// Some that do not change are taken from the list.
fn gone_at(event: &Event) -> Option<i64> {
    (event.random % 6 == 1).then_some(event.seen + 90 * MINUTE)
}

/// An entry may stand in the list a second time, with a prefix and without a score.
fn has_twin(event: &Event) -> bool {
    event.random.is_multiple_of(4)
}

fn name(event: &Event) -> String {
    format!("CVE-2025-{:04}", event.id)
}

fn score(version: i64) -> f64 {
    [7.5, 9.8][version as usize % 2]
}

fn row_in_the_end(event: &Event) -> String {
    let kind = if has_twin(event) { r#"["p"]"# } else { "[]" };
    format!("{} {kind} {}", name(event), score(event.changes_at().is_some().into()))
}

fn added(event: &Event, version: i64) -> Vec<String> {
    let twin = has_twin(event).then(|| format!("p{} Unknown added", name(event)));
    [format!("{} {} added", name(event), score(version))].into_iter().chain(twin).collect()
}

fn removed(event: &Event) -> Vec<String> {
    let twin = has_twin(event).then(|| format!("p{} removed removed", name(event)));
    [format!("{} removed removed", name(event))].into_iter().chain(twin).collect()
}

/// Half of the rows that go are switched off, the others are not told any more.
fn entries(event: &Event, now: i64) -> Vec<Value> {
    let is_gone = gone_at(event).is_some_and(|at| at <= now);
    if is_gone && event.id % 2 == 0 {
        return Vec::new();
    }
    let row = |id: String, score: Value| {
        json!({
            "CVE": id, "year": 2025, "base_score": score, "base_severity": "HIGH", "vendor": "Example", "product": "Gateway",
            "date_added": event.seen, "honeypot": event.id % 3 == 0, "intel": false, "id_ref": event.id, "enabled": !is_gone,
        })
    };
    let mut entries = vec![row(name(event), score(event.version(now)).into())];
    entries.extend(has_twin(event).then(|| row(format!("p{}", name(event)), "Unknown".into())));
    entries
}

fn error(status: u16, title: &str, detail: &str) -> Answer {
    Answer::said(status, &json!({"type": "about:blank", "title": title, "status": status, "detail": detail}))
}
