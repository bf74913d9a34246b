//! The cheap question before a pull.

use weir_event::{Fault, Value};

use super::book::Book;
use super::walk;
use crate::call::{self, Outcome};
use crate::manifest::{Action, Origin};
use crate::page;
use crate::world::World;

pub(super) enum Said {
    /// There is no trigger, or its answer says nothing.
    Nothing,
    /// As at the last pull: there is nothing to ask for.
    Same,
    New(Value<'static>),
}

/// Asks it, when the manifest has one.
pub(super) async fn ask<W: World>(book: &Book<'_, W>) -> Result<Said, Fault> {
    let peer = &book.peer;
    let Some(trigger) = &peer.service.stream().trigger else { return Ok(Said::Nothing) };
    let last = book.read(|state| state.trigger.clone());
    let scope = peer.scope();
    let request = peer.request(&trigger.request, &crate::slot::Scope { cursor: &last, ..scope })?;
    let reply = match call::call(peer, request).await? {
        Outcome::Data(reply) => reply,
        Outcome::Empty | Outcome::Turn(Action::Wait, _) => return Ok(Said::Same),
        Outcome::Turn(_, fault) => return Err(fault),
    };
    let value = match &trigger.value {
        Origin::Body(path) => {
            let text = reply.text();
            page::guessed(&text).and_then(|body| path.first(&body).map(|value| value.clone().into_owned()))
        }
        other => walk::said(other, &reply, &Value::Null),
    };
    Ok(match value {
        Some(value) if value == last => Said::Same,
        Some(value) => Said::New(value),
        None => Said::Nothing,
    })
}
