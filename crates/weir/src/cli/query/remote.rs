//! The query endpoint of a running weir.

use serde_json::{Value as Json, json};
use weir_event::{Fault, Record, Value, write_json};
use weir_parse::json as reader;
use weir_query::Meta;

use super::{Question, Reply, Whole};
use crate::cli::client::{Request, Server, remote_fault};

pub fn ask(server: &Server, question: &Question) -> Result<Reply, Fault> {
    let mut body = json!({"query": question.text, "timezone": question.timezone, "strict": question.strict});
    for (name, value) in [("from", &question.from), ("to", &question.to), ("now", &question.now)] {
        if let Some(text) = value {
            body[name] = text.clone().into();
        }
    }
    if let Some(limit) = question.limit {
        body["limit"] = limit.into();
    }
    if !question.parameters.is_empty() {
        let parameters = question.parameters.iter().map(|(name, value)| (name.clone(), value.clone()));
        let mut text = String::new();
        write_json(&Value::Record(parameters.collect()), &mut text);
        body["parameters"] = serde_json::from_str(&text).unwrap_or_default();
    }
    let mut lines = server.send(&Request { method: "POST", path: "/v1/query", body: Some(body.to_string()) })?;
    let mut reply = Reply { records: Vec::new(), columns: Vec::new(), notes: Vec::new(), whole: Whole::Yes };
    let mut ended = false;
    while let Some(line) = lines.next_line()? {
        if line.starts_with("{\"weir.meta\":") {
            ended = true;
            take_meta(&mut reply, &line);
        } else if line.starts_with("{\"weir.error\":") {
            let error: Json = serde_json::from_str(&line).unwrap_or_default();
            return Err(remote_fault(&error["weir.error"], "the query failed", 500));
        } else if !line.is_empty() {
            reply.records.push(record(&line));
        }
    }
    if !ended {
        reply.whole = Whole::CutShort;
        reply.notes.push("the answer was cut off".to_owned());
    }
    Ok(reply)
}

fn take_meta(reply: &mut Reply, line: &str) {
    let meta: Json = serde_json::from_str(line).unwrap_or_default();
    let meta = &meta["weir.meta"];
    let notes = meta["notes"].as_array().into_iter().flatten();
    reply.notes = notes.filter_map(|text| text.as_str().map(str::to_owned)).collect();
    let is = |name: &str| meta[name] == Json::Bool(true);
    reply.whole = Whole::of(&Meta { partial: is("partial"), limited: is("limited"), ..Meta::default() });
    let column = |node: &Json| Some((node["name"].as_str()?.to_owned(), node["type"].as_str()?.to_owned()));
    reply.columns = meta["columns"].as_array().into_iter().flatten().filter_map(column).collect();
}

fn record(line: &str) -> Record<'static> {
    match reader::to_value(line) {
        Ok(Value::Record(record)) => record.into_owned(),
        _ => [("weir.line", Value::owned(line.to_owned()))].into_iter().collect(),
    }
}
