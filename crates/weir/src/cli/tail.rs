//! `weir tail`: events as they arrive.

use std::time::Duration;

use serde_json::{Value as Json, json};
use weir_event::{Fault, Value};

use super::client::{Request, Server, remote_fault};
use super::output::harmless;
use super::{Exit, usage_fault};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// A table, or a whole query that begins with `fetch`
    #[arg(default_value = "logs")]
    what: String,
    #[command(flatten)]
    server: Server,
    /// Print whole events as JSON, not only their content
    #[arg(long)]
    json: bool,
    /// Stop after this many events
    #[arg(long, value_name = "N")]
    lines: Option<usize>,
}

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(300);
/// Events of one answer.
const ROWS_MAX: usize = 10_000;

pub fn run(args: Args) -> Result<Exit, Fault> {
    let is_query = args.what.trim_start().starts_with("fetch");
    if !is_query && !crate::config::is_name(&args.what) {
        return Err(usage_fault(
            "that is no table",
            "give a table such as `logs`, or a query such as `fetch logs | ...`",
        ));
    }
    let query = if is_query { args.what.clone() } else { format!("fetch {}", args.what) };
    let mut left = args.lines.unwrap_or(usize::MAX);
    let mut after = position(&args.server, &query)?;
    while left > 0 {
        let body = json!({"query": query, "arrived_after": after, "limit": ROWS_MAX});
        let mut lines =
            args.server.send(&Request { method: "POST", path: "/v1/query", body: Some(body.to_string()) })?;
        let mut any = false;
        while let Some(line) = lines.next_line()? {
            match last_line(&line)? {
                Some(position) => after = position,
                None if left > 0 => {
                    any = true;
                    left -= 1;
                    say::data(if args.json { line } else { content(&line) });
                }
                None => {}
            }
        }
        if !any {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(Exit::Ok)
}

/// Where the log stands now.
fn position(server: &Server, query: &str) -> Result<u64, Fault> {
    let body = json!({"query": format!("{query} | limit 0"), "arrived_after": u64::MAX - 1});
    let mut lines = server.send(&Request { method: "POST", path: "/v1/query", body: Some(body.to_string()) })?;
    while let Some(line) = lines.next_line()? {
        if let Some(position) = last_line(&line)? {
            return Ok(position);
        }
    }
    Ok(0)
}

/// The log position of an answer's last line; `None` for a row.
fn last_line(line: &str) -> Result<Option<u64>, Fault> {
    if !line.starts_with("{\"weir.meta\":") && !line.starts_with("{\"weir.error\":") {
        return Ok(None);
    }
    let parsed: Json = serde_json::from_str(line).unwrap_or_default();
    match parsed.get("weir.error") {
        Some(error) => Err(remote_fault(error, "the query failed", 500)),
        None => Ok(parsed["weir.meta"]["position"].as_u64()),
    }
}

fn content(line: &str) -> String {
    let text = match weir_parse::json::to_value(line) {
        Ok(Value::Record(record)) => record.get("content").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    harmless(text.as_deref().unwrap_or(line)).into_owned()
}
