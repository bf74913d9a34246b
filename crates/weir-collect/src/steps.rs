//! Requests beside the pages, and what is captured from answers.

use regex_automata::util::captures::Captures;
use weir_event::{Fault, Record, Value};

use crate::call;
use crate::fault;
use crate::http::Reply;
use crate::manifest::{Capture, CaptureFrom, Step, short};
use crate::peer::Peer;
use crate::slot::Scope;
use crate::world::World;

/// Runs steps one after the other; what they capture goes to `vars`.
pub(crate) async fn run<W: World>(
    peer: &Peer<'_, W>,
    steps: impl IntoIterator<Item = &Step>,
    scope: &Scope<'_>,
    vars: &mut Record<'static>,
) -> Result<(), Fault> {
    for step in steps {
        let request = peer.request(&step.request, &Scope { vars, ..*scope })?;
        match call::step(peer, request, step).await {
            Ok(reply) => capture(peer.name(), &step.capture, &reply, vars)?,
            // What is wrong with a log-in is wrong with every request.
            Err(fault) if step.ignore_errors && !matches!(fault.id(), "COLLECT-101" | "COLLECT-103") => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Takes values out of an answer.
pub(crate) fn capture(at: &str, captures: &[Capture], reply: &Reply, vars: &mut Record<'static>) -> Result<(), Fault> {
    if captures.is_empty() {
        return Ok(());
    }
    let text = reply.text();
    let body = crate::page::guessed(&text);
    for capture in captures {
        let (value, optional) = match &capture.from {
            CaptureFrom::Body(path) => {
                let found = body.as_ref().and_then(|body| path.first(body)).map(|value| value.clone().into_owned());
                (found, path.optional)
            }
            CaptureFrom::Header { name, optional } => (reply.header(name).map(owned), *optional),
            CaptureFrom::Cookie { name, optional } => {
                (reply.cookies().find(|(have, _)| have == name).map(|(_, value)| owned(value)), *optional)
            }
            CaptureFrom::Regex { regex, optional } => (group(regex, &text).map(owned), *optional),
        };
        match value {
            Some(value) => vars.set(capture.name.clone(), value),
            None if optional => {}
            None => {
                let says = format!("`{}` is not in it: {}", capture.name, short(&text));
                return Err(fault::token_not_understood(at, &says));
            }
        }
    }
    Ok(())
}

fn owned(text: &str) -> Value<'static> {
    Value::owned(text.to_owned())
}

/// The first group of the first match, or all of it.
pub(crate) fn group<'t>(regex: &regex_automata::meta::Regex, text: &'t str) -> Option<&'t str> {
    let mut found: Captures = regex.create_captures();
    regex.captures(text, &mut found);
    let span = found.get_group(1).or_else(|| found.get_group(0))?;
    Some(&text[span.range()])
}
