//! `weir query --jsonl`: many questions, one answer a line.

use std::io::{self, BufRead, Write};

use serde_json::{Value as Json, json};
use weir_event::{Fault, Value, write_json, write_json_string};

use super::{Question, Reply, Target, Whole};
use crate::cli::client::NOBODY_THERE;
use crate::cli::{Exit, io_fault};

/// Gives the answer, one line of JSON, to a question with that id.
type Answering = fn(&Target, &Question, &Json) -> String;

/// Answers every line of stdin, in order. An error of one question is its answer.
pub fn run(target: &Target, mut question: Question, answering: Answering) -> Result<Exit, Fault> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| io_fault("stdin", &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Json>(&line) {
            Ok(asked) => {
                take(&mut question, &asked);
                answering(target, &question, &asked["id"])
            }
            Err(error) => json!({"id": null, "error": {"id": "CLI-013", "what": "the line is not JSON", "why": error.to_string()}}).to_string(),
        };
        match writeln!(out, "{answer}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            other => other.map_err(|error| io_fault("stdout", &error))?,
        }
    }
    Ok(Exit::Ok)
}

/// What the line asks; what it does not say stays as it was.
fn take(question: &mut Question, asked: &Json) {
    question.text = asked["query"].as_str().unwrap_or_default().to_owned();
    for (name, slot) in [("from", &mut question.from), ("to", &mut question.to), ("now", &mut question.now)] {
        if let Some(text) = asked[name].as_str() {
            *slot = Some(text.to_owned());
        }
    }
}

/// The records that the query gives, or its error.
pub fn answer(target: &Target, question: &Question, id: &Json) -> String {
    match ask(target, question) {
        Ok(reply) => render(id, &reply),
        Err(fault) => json!({"id": id, "error": error(&fault)}).to_string(),
    }
}

/// What is odd in the query, or its error.
pub fn check(target: &Target, question: &Question, id: &Json) -> String {
    super::check::line(id, &question.text, target.check(question))
}

/// Nobody named a server and none runs: the query is answered here, and the answer says that it saw no stored rows.
fn ask(target: &Target, question: &Question) -> Result<Reply, Fault> {
    match (target.ask(question), target) {
        (Err(fault), Target::Server { here: Some(local), .. }) if fault.id() == NOBODY_THERE => {
            let mut reply = local.ask(question)?;
            reply.notes.push(format!("{}; every table is empty", fault.says()));
            Ok(reply)
        }
        (answer, _) => answer,
    }
}

fn render(id: &Json, reply: &Reply) -> String {
    let mut out = format!("{{\"id\":{id},\"records\":[");
    for (index, record) in reply.records.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json(&Value::Record(record.borrowed()), &mut out);
    }
    out.push(']');
    if reply.whole != Whole::Yes {
        out.push_str(",\"partial\":true");
    }
    if !reply.notes.is_empty() {
        out.push_str(",\"notes\":[");
        for (index, note) in reply.notes.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            write_json_string(note, &mut out);
        }
        out.push(']');
    }
    out.push('}');
    out
}

pub fn error(fault: &Fault) -> Json {
    json!({
        "id": fault.id(),
        "what": fault.says(),
        "where": fault.place(),
        "why": fault.cause(),
        "hint": fault.fix(),
        "message": fault.to_string(),
    })
}
