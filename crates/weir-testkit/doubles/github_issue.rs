//! Issues, commits and events of GitHub's repositories: by change, by a time that authors set, and the newest few hundred.

use super::github::{admit, crowd, error, invalid, late, numbered, repository, state, too_often};
use crate::double::{Answered, Double, Event, Service, Setting, Source, Truth, Value, iso_seconds, json, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "github/issue",
    config: r#"{"base_url": "{origin}", "repositories": ["weir-demo/payroll", "weir-demo/shop", "weir-demo/wiki"], "token": "ghp_x",
        "start_time": "{start}"}"#,
    services: &[
        Service::new("issues", &["/id", "/state"]).page("since"),
        Service::new("commits", &["/sha"]).page("page").hours(9),
        Service::new("events", &["/id"]).page("page").hours(9),
    ],
    new: |setting| Box::new(Repositories::new(setting)),
};

/// The feed of a repository holds no more.
const FEED_MAX: usize = 300;

struct Repositories {
    issues: Truth,
    /// Pushed long after the time that they carry.
    commits: Truth,
    /// In the feed hours late.
    events: Truth,
}

impl Repositories {
    fn new(setting: &Setting) -> Repositories {
        Repositories { issues: crowd(setting), commits: late(setting, 5), events: late(setting, 5) }
    }
}

impl Double for Repositories {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "issues" => {
                self.issues.versions().map(|(event, version)| format!("{} {}", event.id, state(version))).collect()
            }
            "commits" => self.commits.all().iter().map(sha).collect(),
            _ => self.events.ids(""),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        admit(asked)?;
        let segments = asked.segments();
        let [_, owner, name, list] = &segments[..] else { return Err(error(404, "Not Found")) };
        let of = format!("{owner}/{name}");
        match (of.as_str(), list.as_str()) {
            // A repository without issues and without commits: nothing to mend for who asks.
            ("weir-demo/wiki", "issues") => Ok(error(410, "Issues has been disabled in this repository.")),
            ("weir-demo/wiki", "commits") => Ok(error(409, "Git Repository is empty.")),
            ("weir-demo/wiki", "events") => Ok(Answer::ok(&json!([]))),
            ("weir-demo/payroll" | "weir-demo/shop", "issues") => self.issues(asked, &of, now),
            ("weir-demo/payroll" | "weir-demo/shop", "commits") => self.commits(asked, &of, now),
            ("weir-demo/payroll" | "weir-demo/shop", "events") => self.events(asked, &of, now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        too_often()
    }
}

impl Repositories {
    /// What was updated at a time or later.
    fn issues(&self, asked: &Asked, of: &str, now: i64) -> Answered {
        let query = asked.query();
        query.only(&["state", "sort", "direction", "since", "per_page", "page"]).map_err(invalid)?;
        if ["state", "sort", "direction"].map(|name| query.get(name)) != [Some("all"), Some("updated"), Some("asc")] {
            return Err(invalid("only the oldest change first is known here".to_owned()));
        }
        let since = time(query.get("since"))?;
        let mut found = self.issues.changed(now, since..);
        found.retain(|event| repository(event) == of);
        numbered(asked, &found, |event| issue(event, now))
    }

    /// Newest first; both ends of the range belong to it.
    fn commits(&self, asked: &Asked, of: &str, now: i64) -> Answered {
        let query = asked.query();
        query.only(&["since", "until", "per_page", "page"]).map_err(invalid)?;
        let mut found = self.commits.between(now, time(query.get("since"))?..=time(query.get("until"))?);
        found.retain(|event| repository(event) == of);
        found.reverse();
        numbered(asked, &found, |event| commit(event))
    }

    fn events(&self, asked: &Asked, of: &str, now: i64) -> Answered {
        let mut found = self.events.between(now, ..);
        found.retain(|event| repository(event) == of);
        found.reverse();
        found.truncate(FEED_MAX);
        if asked.query().number("page").map_err(invalid)?.is_some_and(|page| page > 3) {
            return Err(error(
                422,
                "In order to keep the API fast for everyone, pagination is limited for this resource.",
            ));
        }
        let answer = numbered(asked, &found, |event| told(event, of))?;
        Ok(answer.with("x-poll-interval", "60"))
    }
}

fn time(text: Option<&str>) -> Result<i64, Answer> {
    text.and_then(read_time).ok_or_else(|| invalid("a time is needed".to_owned()))
}

fn issue(event: &Event, now: i64) -> Value {
    json!({
        "id": event.id, "number": event.id, "title": "Log-in fails", "state": state(event.version(now)), "user": {"login": "dev-two"},
        "created_at": iso_seconds(event.seen), "updated_at": iso_seconds(event.changed_at(now)),
    })
}

fn sha(event: &Event) -> String {
    format!("{:016x}{:024x}", event.random, event.id)
}

fn commit(event: &Event) -> Value {
    let by = json!({"name": "Mira Holt", "email": "mira.holt@example.com", "date": iso_seconds(event.time)});
    json!({"sha": sha(event), "commit": {"author": by, "committer": by, "message": "Round up"}, "parents": []})
}

fn told(event: &Event, of: &str) -> Value {
    json!({
        "id": event.id.to_string(), "type": event.pick(&["PushEvent", "MemberEvent"]), "actor": {"login": "dev-two"},
        "repo": {"name": of}, "public": false, "created_at": iso_seconds(event.time),
    })
}
