//! Requests beside the pages, and what is captured from answers.

use regex_automata::util::captures::Captures;
use weir_event::{Fault, Record, Value};

use crate::call;
use crate::fault;
use crate::http::Reply;
use crate::manifest::{Capture, CaptureFrom, Step, short};
use crate::service::Service;
use crate::session::Session;
use crate::slot::Scope;
use crate::world::World;

/// Runs steps one after the other; what they capture goes to `vars`.
pub(crate) async fn run<W: World>(
    world: &W,
    service: &Service,
    session: &Session,
    steps: impl IntoIterator<Item = &Step>,
    scope: &Scope<'_>,
    vars: &mut Record<'static>,
) -> Result<(), Fault> {
    for step in steps {
        let request = service.request(&step.request, &Scope { vars, ..*scope })?;
        match call::step(world, service, session, request, &step.ok).await {
            Ok(reply) => capture(service, &step.capture, &reply, vars)?,
            Err(_) if step.ignore_errors => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Takes values out of an answer.
pub(crate) fn capture(
    service: &Service,
    captures: &[Capture],
    reply: &Reply,
    vars: &mut Record<'static>,
) -> Result<(), Fault> {
    if captures.is_empty() {
        return Ok(());
    }
    let text = reply.text();
    let body = weir_parse::json::to_value(&text).ok();
    for capture in captures {
        let (value, optional) = match &capture.from {
            CaptureFrom::Body(path) => {
                let found = body.as_ref().and_then(|body| path.first(body)).map(|value| value.clone().into_owned());
                (found, path.optional)
            }
            CaptureFrom::Header(name) => (reply.header(name).map(owned), false),
            CaptureFrom::Cookie(name) => {
                (reply.cookies().find(|(have, _)| have == name).map(|(_, value)| owned(value)), false)
            }
            CaptureFrom::Regex { regex, optional } => (group(regex, &text), *optional),
        };
        match value {
            Some(value) => vars.set(capture.name.clone(), value),
            None if optional => {}
            None => {
                let says = format!("`{}` is not in it: {}", capture.name, short(&text));
                return Err(fault::token_not_understood(&service.name, &says));
            }
        }
    }
    Ok(())
}

fn owned(text: &str) -> Value<'static> {
    Value::owned(text.to_owned())
}

/// The first group of the first match.
fn group(regex: &regex_automata::meta::Regex, text: &str) -> Option<Value<'static>> {
    let mut found: Captures = regex.create_captures();
    regex.captures(text, &mut found);
    let span = found.get_group(1).or_else(|| found.get_group(0))?;
    Some(owned(&text[span.range()]))
}
