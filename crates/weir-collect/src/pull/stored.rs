//! Records as they are stored: changed as the manifest says, as JSON.

#[cfg(test)]
mod tests;

use weir_event::{Fault, Record, Value, write_json};

use crate::manifest::{Redaction, Transform};
use crate::page::Found;
use crate::peer::Peer;
use crate::slot::{Scope, Unfilled};
use crate::transform;
use crate::world::World;

/// What a snapshot says of a record: added, changed or removed.
const CHANGE: &str = "weir.change";

/// The texts of the parts of a record.
pub(super) fn texts<W: World>(
    peer: &Peer<'_, W>,
    found: &Found<'_>,
    word: Option<&'static str>,
) -> Result<Vec<String>, Fault> {
    let stream = peer.service.stream();
    let changes = !stream.transform.is_empty() || !peer.service.redact.is_empty() || word.is_some();
    let text = |part: &Value<'_>| {
        let mut out = String::new();
        if !changes {
            write_json(part, &mut out);
            return Ok(out);
        }
        let scope = peer.scope();
        let value = changed(&stream.transform, &peer.service.redact, part.clone(), &scope);
        let mut value = value.map_err(|slot| peer.unfilled(&slot))?;
        if let (Some(word), Value::Record(record)) = (word, &mut value) {
            record.set(CHANGE, Value::text(word));
        }
        write_json(&value, &mut out);
        Ok(out)
    };
    match found.parts.as_slice() {
        [] => Ok(vec![text(&found.given)?]),
        parts => parts.iter().map(text).collect(),
    }
}

/// A record after the changes of the manifest, without what the puller hides. A path is that of the source's record, or of what the manifest
/// makes of it; nothing is hidden twice.
fn changed<'b>(
    changes: &[Transform],
    redactions: &[Redaction],
    value: Value<'b>,
    scope: &Scope<'_>,
) -> Result<Value<'b>, Unfilled> {
    let (early, late): (Vec<_>, Vec<_>) =
        redactions.iter().partition(|redaction| !redaction.path.all(&value).is_empty());
    let mut value = transform::redact(early, value, scope)?;
    for change in changes {
        value = transform::apply(change, value, scope)?;
    }
    transform::redact(late, value, scope)
}

/// What is told of a record that is gone: the values of its key.
pub(super) fn removed(key: &str) -> String {
    let values = key.split('\u{1f}').map(|part| Value::owned(part.to_owned())).collect();
    let members = [(CHANGE, Value::text("removed")), ("key", Value::Array(values))];
    let mut out = String::new();
    write_json(&Value::Record(members.into_iter().collect()), &mut out);
    out
}

/// A value without the member that a path of names leads to.
pub(super) fn without<'b>(value: Value<'b>, path: &[String]) -> Value<'b> {
    let Value::Record(mut record) = value else { return value };
    transform::remove(&mut record, path);
    Value::Record(record)
}

/// A record with an answer about it: in a member of it, or in its place.
pub(super) fn detailed<'b>(given: &Value<'b>, into: Option<&str>, answer: Value<'b>) -> Value<'b> {
    let Some(name) = into else { return answer };
    let mut record = match given {
        Value::Record(record) => record.clone(),
        other => [("value", other.clone())].into_iter().collect::<Record<'b>>(),
    };
    record.set(name.to_owned(), answer);
    Value::Record(record)
}
