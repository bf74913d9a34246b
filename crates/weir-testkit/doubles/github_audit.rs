//! GitHub's audit log: a search phrase with a time in seconds, oldest first, pages by time and document.

use super::github::{admit, error, invalid, to, too_often};
use crate::double::{Answered, Double, Event, MINUTE, Service, Setting, Shape, Source, Truth, Value, json, page};
use crate::double::{SECOND, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "github/audit",
    config: r#"{"base_url": "{origin}", "name": "weir-demo", "token": "ghp_x", "start_time": "{start}"}"#,
    services: &[
        Service::new("web", &["/_document_id"]).page("after"),
        Service::new("git", &["/_document_id"]).page("after"),
    ],
    new: |setting| Box::new(Log::new(setting)),
};

struct Log {
    /// To be searched for within minutes.
    web: Truth,
    /// Trails behind the others.
    git: Truth,
}

impl Log {
    fn new(setting: &Setting) -> Log {
        let truth =
            |late_ms_max| setting.truth(Shape { count: 160, over_ms: 10 * MINUTE, late_ms_max, step_ms: SECOND / 2 });
        Log { web: truth(4 * MINUTE), git: truth(50 * MINUTE) }
    }
}

impl Double for Log {
    fn truth(&self, stream: &str) -> Vec<String> {
        let truth = if stream == "git" { &self.git } else { &self.web };
        truth.all().iter().map(document).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        admit(asked)?;
        if asked.path() != "/orgs/weir-demo/audit-log" {
            return Err(error(404, "Not Found"));
        }
        let query = asked.query();
        query.only(&["include", "order", "per_page", "phrase", "after"]).map_err(invalid)?;
        let size = query.within("per_page", 1..=100, 30).map_err(invalid)? as usize;
        let truth = match query.get("include") {
            None | Some("web") => &self.web,
            Some("git") => &self.git,
            _ => return Err(invalid("include".to_owned())),
        };
        let from = created(query.get("phrase").unwrap_or_default()).ok_or_else(|| invalid("phrase".to_owned()))?;
        let mut found = truth.between(now, from..);
        found.sort_by_key(|event| place(event));
        match query.get("order") {
            Some("asc") => {}
            _ => return Err(invalid("only the ascending order is known here".to_owned())),
        }
        if let Some(after) = query.get("after") {
            found.retain(|event| place(event).as_str() > after);
        }
        let shown = page(&found, 0, size);
        let answer = Answer::ok(&shown.iter().map(told).collect());
        let last = shown.last().filter(|_| shown.len() < found.len());
        Ok(last.map_or(answer.clone(), |last| answer.with("link", to(asked, &query, "after", &place(last)))))
    }

    fn too_often(&self) -> Answer {
        too_often()
    }
}

/// Words of the phrase; a time that is asked for belongs to what is found.
fn created(phrase: &str) -> Option<i64> {
    phrase.split_whitespace().find_map(|word| word.strip_prefix("created:>=")).and_then(read_time)
}

fn document(event: &Event) -> String {
    format!("{:08x}{}", event.random >> 32, event.id)
}

/// In the order of the list: time, then document.
fn place(event: &Event) -> String {
    format!("{}_{}", event.time, document(event))
}

fn told(event: &&Event) -> Value {
    json!({
        "@timestamp": event.time, "_document_id": document(event), "action": event.pick(&["org.update_member", "git.clone"]),
        "actor": "mira-holt", "actor_ip": "203.0.113.24", "org": "weir-demo", "org_id": 2_000_001, "user": "dev-two",
    })
}
