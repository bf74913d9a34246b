//! Jira in the Cloud and of a Data Center: times of minutes in the zone of the user, an index that is a little behind, pages that may be
//! empty before the last one.

use crate::double::{Answered, Double, Event, HOUR, Marks, Parameters, SECOND, Service, Setting, Shape, Source, Truth};
use crate::double::{Value, iso, json, page, read_time, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "atlassian/jira",
    config: r#"{"base_url": "{origin}", "username": "weir@example.com", "password": "t0", "start_time": "{start}", "page_size": 15}"#,
    services: &[
        Service::new("issues", &["/id", "/fields/status/name"]).page("nextPageToken"),
        Service::new("comments", &["/id", "/updated"]).page("nextPageToken"),
        Service::new("issues_data_center", &["/id", "/fields/status/name"]).page("startAt"),
        Service::new("audit", &["/id"]).page("offset"),
        Service::new("audit_data_center", &["/affectedObjects/0/id"]).page("pageCursor"),
    ],
    new: |setting| Box::new(Jira::new(setting)),
};

/// What the zone of the user is ahead of UTC, the whole year.
const AHEAD: i64 = HOUR;
/// How far the index of searches is behind.
const BEHIND: i64 = 3 * SECOND;

struct Jira {
    issues: Truth,
    audit: Truth,
    asked_from: i64,
    /// What a next page belongs to, and the last issue before it: when it changed, and its number. An empty page comes in between once.
    tokens: Marks<(String, (i64, i64), bool)>,
}

impl Jira {
    fn new(setting: &Setting) -> Jira {
        let truth = |count| setting.truth(Shape { count, ..Shape::default() });
        Jira { issues: truth(120), audit: truth(120), asked_from: setting.asked_from, tokens: Marks::new("CAEaAggD") }
    }
}

impl Double for Jira {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "issues" | "issues_data_center" => {
                let told = |(event, version): (&Event, i64)| format!("{} {}", 10_000 + event.id, status(version));
                self.issues.versions().map(told).collect()
            }
            "comments" => self.issues.all().iter().flat_map(|event| self.comments_told(event)).collect(),
            "audit" => self.audit.ids(""),
            _ => self.audit.all().iter().map(Event::uuid).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir@example.com", "t0") {
            return Err(Answer::new(401, &[], "Client must be authenticated to access this resource."));
        }
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["rest", "api", "2" | "3", "myself"]) => {
                Ok(Answer::ok(&json!({"accountId": "5f00", "name": "weir", "timeZone": "Africa/Lagos"})))
            }
            ("POST", ["rest", "api", "3", "search", "jql"]) => self.search(&asked.json(), now),
            ("POST", ["rest", "api", "2", "search"]) => self.search_by_number(&asked.json(), now),
            ("GET", ["rest", "api", "3", "issue", key, "comment"]) => self.comments(key, &asked.query(), now),
            ("GET", ["rest", "api", "3", "auditing", "record"]) => self.records(&asked.query(), now),
            ("GET", ["rest", "auditing", "1.0", "events"]) => self.events(&asked.query(), now),
            _ => Err(error(404, "No endpoint")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Rate limit exceeded.")
    }
}

impl Jira {
    /// All but contents that were edited before anybody asked.
    fn comments_told(&self, event: &Event) -> Vec<String> {
        let ever: Vec<Comment> = comments_ever(event).collect();
        let is_lost =
            |at: usize| ever.get(at + 1).is_some_and(|next| next.id == ever[at].id && next.updated <= self.asked_from);
        ever.iter().enumerate().filter(|(at, _)| !is_lost(*at)).map(|(_, comment)| comment_id(comment)).collect()
    }

    fn search(&self, body: &Value, now: i64) -> Answered {
        let (jql, limit) = (text(body, "jql"), number(body, "maxResults", 50)?.min(100));
        let since = since(jql, " ORDER BY updated ASC, key ASC")?;
        let (after, is_empty) = match body.get("nextPageToken").map(|token| token.as_str().unwrap_or_default()) {
            None => ((0, 0), false),
            Some(token) => {
                let found = self.tokens.find(token).filter(|(of, _, _)| of == jql);
                let (_, after, is_empty) = found.ok_or_else(|| error(400, "The next page token is invalid."))?;
                (after, is_empty)
            }
        };
        let mut found = self.issues.changed(now - BEHIND, since..);
        let rank = |event: &Event| (event.changed_at(now - BEHIND), event.id);
        found.retain(|event| rank(event) > after);
        let listed = if is_empty { &[] } else { page(&found, 0, limit) };
        let issues: Vec<Value> = listed.iter().map(|event| issue(event, now)).collect();
        let mut answer = json!({"issues": issues, "isLast": listed.len() == found.len()});
        if listed.len() < found.len() {
            let after = listed.last().map_or(after, |event| rank(event));
            let is_empty = !is_empty && after.1 % 4 == 0;
            answer["nextPageToken"] = self.tokens.give((jql.to_owned(), after, is_empty)).into();
        }
        Ok(Answer::ok(&answer))
    }

    /// The list is made anew for each page.
    fn search_by_number(&self, body: &Value, now: i64) -> Answered {
        let (from, limit) = (number(body, "startAt", 0)?, number(body, "maxResults", 50)?.min(1_000));
        let since = since(text(body, "jql"), " ORDER BY created ASC, key ASC")?;
        let mut found = self.issues.changed(now - BEHIND, since..);
        found.sort_by_key(|event| event.id);
        let issues: Vec<Value> = page(&found, from, limit).iter().map(|event| issue(event, now)).collect();
        Ok(Answer::ok(&json!({"startAt": from, "maxResults": limit, "total": found.len(), "issues": issues})))
    }

    fn comments(&self, key: &str, query: &Parameters, now: i64) -> Answered {
        let found = self.issues.seen(now).iter().find(|event| key == format!("SOC-{}", event.id));
        let event = found.ok_or_else(|| error(404, "Issue does not exist or you do not have permission to see it."))?;
        let limit = query.within("maxResults", 1..=5_000, 50).map_err(|why| error(400, &why))?;
        let mut comments: Vec<Comment> = comments_ever(event).filter(|comment| comment.updated <= now).collect();
        comments.reverse();
        // Of one that was edited there is the last content only.
        comments.dedup_by_key(|comment| comment.id);
        let list: Vec<Value> = page(&comments, 0, limit as usize).iter().map(told).collect();
        Ok(Answer::ok(&json!({"startAt": 0, "maxResults": limit, "total": comments.len(), "comments": list})))
    }

    /// Both ends of the range belong to it; newest first.
    fn audited(&self, query: &Parameters, now: i64) -> Result<Vec<&Event>, Answer> {
        let time = |name: &str| query.get(name).and_then(read_time);
        let (from, to) = time("from").zip(time("to")).ok_or_else(|| error(400, "Invalid date format"))?;
        let mut found = self.audit.between(now, from..=to);
        found.reverse();
        Ok(found)
    }

    fn records(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        query.only(&["from", "to", "offset", "limit", "filter"]).map_err(bad)?;
        let (offset, limit) = (
            query.within("offset", 0..=i64::MAX, 0).map_err(bad)?,
            query.within("limit", 0..=1_000, 1_000).map_err(bad)?,
        );
        let found = self.audited(query, now)?;
        let told = |event: &&Event| json!({"id": event.id, "summary": "User added to group", "created": local(event.time), "category": "group management"});
        let records: Vec<Value> = page(&found, offset as usize, limit as usize).iter().map(told).collect();
        Ok(Answer::ok(&json!({"offset": offset, "limit": limit, "total": found.len(), "records": records})))
    }

    fn events(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        query.only(&["from", "to", "pageCursor", "limit"]).map_err(bad)?;
        let limit = query.within("limit", 1..=10_000, 200).map_err(bad)? as usize;
        let mut found = self.audited(query, now)?;
        if let Some(cursor) = query.get("pageCursor") {
            let place = cursor.split_once(',').and_then(|(time, id)| Some((time.parse().ok()?, id.parse().ok()?)));
            let place: (i64, i64) = place.ok_or_else(|| error(400, "Invalid page cursor"))?;
            found.retain(|event| (event.time, event.id) < place);
        }
        let listed = page(&found, 0, limit);
        let entities: Vec<Value> = listed.iter().map(|event| entity(event)).collect();
        let mut paging = json!({"lastPage": listed.len() == found.len(), "size": listed.len()});
        if let Some(last) = listed.last() {
            paging["nextPageCursor"] = format!("{},{}", last.time, last.id).into();
        }
        Ok(Answer::ok(&json!({"pagingInfo": paging, "entities": entities})))
    }
}

/// A content that a comment has, or had.
struct Comment {
    id: i64,
    created: i64,
    updated: i64,
}

/// All that was ever written to an issue: what changes it is another comment, or an edit of the first.
fn comments_ever(event: &Event) -> impl Iterator<Item = Comment> + use<> {
    let (first, seen, is_edit) = (70_000 + 2 * event.id, event.seen, event.id % 2 == 0);
    let later = event.changes_at().map(|at| match is_edit {
        true => Comment { id: first, created: seen, updated: at },
        false => Comment { id: first + 1, created: at, updated: at },
    });
    [Comment { id: first, created: seen, updated: seen }].into_iter().chain(later)
}

fn comment_id(comment: &Comment) -> String {
    format!("{} {}", comment.id, local(comment.updated))
}

fn told(comment: &Comment) -> Value {
    json!({"id": comment.id.to_string(), "author": {"displayName": "Mira Holt"}, "created": local(comment.created), "updated": local(comment.updated)})
}

/// When issues were changed, by minutes.
fn since(jql: &str, order: &str) -> Result<i64, Answer> {
    let condition =
        jql.strip_suffix(order).and_then(|jql| jql.strip_prefix("(project is not EMPTY) AND updated >= \""));
    let time = condition.and_then(|text| strptime(text.strip_suffix('"')?, "%Y-%m-%d %H:%M"));
    time.map(|at| at - AHEAD).ok_or_else(|| error(400, "Error in the JQL Query"))
}

fn text<'b>(body: &'b Value, name: &str) -> &'b str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(body: &Value, name: &str, default: usize) -> Result<usize, Answer> {
    let number = body.get(name).map_or(Some(default as u64), Value::as_u64);
    number.map(|number| number as usize).ok_or_else(|| error(400, "Invalid request payload."))
}

fn status(version: i64) -> &'static str {
    ["In Progress", "Done"][version as usize % 2]
}

fn local(at: i64) -> String {
    strftime(at + AHEAD, "%Y-%m-%dT%H:%M:%S.%3f+0100")
}

fn issue(event: &Event, now: i64) -> Value {
    let at = now - BEHIND;
    let fields = json!({
        "summary": "Repeated login failures", "status": {"name": status(event.version(at))}, "assignee": null,
        "created": local(event.seen), "updated": local(event.changed_at(at)),
    });
    json!({"id": (10_000 + event.id).to_string(), "key": format!("SOC-{}", event.id), "fields": fields})
}

fn entity(event: &Event) -> Value {
    json!({
        "timestamp": iso(event.time), "author": {"name": "admin", "type": "user"}, "type": {"category": "permissions", "action": "User added to group"},
        "affectedObjects": [{"name": "mira.holt", "type": "USER", "id": event.uuid()}], "source": "192.0.2.7", "system": "jira",
    })
}

fn error(status: u16, says: &str) -> Answer {
    Answer::said(status, &json!({"errorMessages": [says], "errors": {}}))
}
