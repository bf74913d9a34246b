//! What the doubles over a workspace of Log Analytics have in common: rows by the time of their arrival, beside the names of their
//! columns, and answers that are cut.

use crate::double::{Answered, Event, Grants, HOUR, SECOND, Setting, Shape, Truth, Value, iso, json, read_time};
use crate::{Answer, Asked};

pub struct Workspace {
    /// They tell a time that may be an hour before their arrival.
    pub rows: Truth,
    grants: Grants,
}

/// An answer with more rows is cut, and says so.
const ROWS_MAX: usize = 60;

impl Workspace {
    pub fn new(setting: &Setting) -> Workspace {
        let shape = Shape { count: 200, late_ms_max: HOUR, step_ms: SECOND / 4, over_ms: 2 * HOUR };
        Workspace { rows: setting.truth(shape), grants: Grants::new(3_599_000) }
    }

    pub fn revoke(&self) {
        self.grants.end_all();
    }

    /// Answers a log-in, or finds the rows of a query: the first line of it, which names what is wanted, goes to `pick`.
    pub fn answer(&self, asked: &Asked, now: i64, pick: impl Fn(&str) -> Option<Table>) -> Answered {
        if asked.path() == "/t-0a/oauth2/v2.0/token" {
            if asked.form().get("scope") != Some("https://api.loganalytics.io/.default") {
                return Err(Answer::said(400, &json!({"error": "invalid_scope"})));
            }
            return self.grants.client_credentials(asked, "app1", "s~1", now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(
                401,
                "InvalidTokenError",
                "The provided authentication token is not valid for this resource",
            ));
        }
        if (asked.method.as_str(), asked.path()) != ("POST", "/v1/workspaces/w-01/query") {
            return Err(error(404, "WorkspaceNotFoundError", "The workspace could not be found"));
        }
        let body = asked.json();
        let query = body["query"].as_str().unwrap_or_default();
        let bounds = bounds(query, body["timespan"].as_str().unwrap_or_default());
        let bounds = bounds.ok_or_else(|| error(400, "BadArgumentError", "The request had some invalid properties"))?;
        match pick(query.lines().next().unwrap_or_default()) {
            None => Ok(unresolved()),
            Some(table) => Ok(self.found(&table, bounds, now)),
        }
    }

    /// What has arrived can be found within a minute and a half; the span is one of the time that rows tell.
    fn found(&self, table: &Table, bounds: Bounds, now: i64) -> Answer {
        let is_ready = |event: &&Event| event.seen + (event.random % 90) as i64 * SECOND <= now;
        let is_found = |event: &&Event| {
            bounds.arrived.contains(&event.seen) && bounds.span.contains(&event.time) && (table.has)(event.id)
        };
        let rows: Vec<Value> =
            self.rows.seen(now).iter().filter(is_ready).filter(is_found).map(|event| row(event, table)).collect();
        let mut columns = vec!["TimeGenerated", "EventId", "Type", "IngestionTime"];
        columns.extend(table.has_item_ids.then_some("_ItemId"));
        let columns: Vec<Value> = columns.into_iter().map(|name| json!({"name": name, "type": "string"})).collect();
        let shown = &rows[..rows.len().min(ROWS_MAX)];
        let mut answer = json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": shown}]});
        if shown.len() < rows.len() {
            let inner =
                json!({"code": "EngineError", "message": "Query result set has exceeded the internal data size"});
            answer["error"] = json!({"code": "PartialError", "message": "There were some errors when processing your query.", "details": [inner]});
        }
        Answer::ok(&answer)
    }
}

/// What a query is over.
pub struct Table {
    pub name: String,
    /// By the number of a row.
    pub has: fn(i64) -> bool,
    pub has_item_ids: bool,
}

struct Bounds {
    arrived: std::ops::Range<i64>,
    span: std::ops::RangeInclusive<i64>,
}

fn bounds(query: &str, span: &str) -> Option<Bounds> {
    let time = |begin: &str| read_time(query.split_once(begin)?.1.split_once(')')?.0);
    let (from, until) = span.split_once('/')?;
    let arrived = time("IngestionTime >= datetime(")?..time("IngestionTime < datetime(")?;
    query.contains("ingestion_time()").then_some(Bounds { arrived, span: read_time(from)?..=read_time(until)? })
}

/// Times have seven digits after the point.
fn row(event: &Event, table: &Table) -> Value {
    let time = |ms: i64| iso(ms).replace('Z', "0000Z");
    let mut row = vec![json!(time(event.time)), json!(event.id), json!(table.name), json!(time(event.seen))];
    row.extend(table.has_item_ids.then(|| event.uuid().into()));
    row.into()
}

/// There is no such table, or not yet: nothing that who asks can mend.
fn unresolved() -> Answer {
    let innermost =
        json!({"code": "SEM0100", "message": "'where' operator: Failed to resolve table or column expression"});
    let inner = json!({"code": "SemanticError", "message": "A semantic error occurred.", "innererror": innermost});
    let error =
        json!({"code": "BadArgumentError", "message": "The request had some invalid properties", "innererror": inner});
    Answer::said(400, &json!({"error": error}))
}

pub fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"code": code, "message": message}}))
}

pub fn too_often() -> Answer {
    error(429, "ThrottledError", "Too many requests")
}
