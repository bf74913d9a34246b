//! One answer to records: decode, capture, select, reshape.

mod decode;
mod shape;

#[cfg(test)]
mod tests;

use weir_event::{Fault, Record, Value};

use crate::fault;
use crate::http::Reply;
use crate::manifest::{Response, Select};
use crate::path::Path;

/// A record as the source gave it, and the records that it gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found<'b> {
    /// Cursors, tokens and identities are read from this.
    pub given: Value<'b>,
    pub parts: Vec<Value<'b>>,
    /// Paths of its identity; empty when the stream's hold.
    pub key: Vec<Path>,
    /// Where it stood, when the manifest tells places apart.
    pub tag: String,
}

/// The answer as a value; what is wrong with it otherwise.
pub(crate) fn decode<'b>(response: &Response, text: &'b str, at: &str) -> Result<Value<'b>, Fault> {
    decode::text(response, text).map_err(|why| match why {
        decode::Why::Cut(why) => fault::cut_short(at, &why),
        decode::Why::Form(wanted, found) => fault::not_data(at, wanted, &found),
    })
}

/// The text of an answer's body, unpacked. Bodies that are no text stay as they are for decoders that need bytes.
pub(crate) fn unpack(response: &Response, reply: &Reply, bytes_max: u64, at: &str) -> Result<String, Fault> {
    decode::unpack(response, reply, bytes_max).map_err(|why| match why {
        decode::Why::Cut(why) => fault::cut_short(at, &why),
        decode::Why::Form(wanted, found) => fault::not_data(at, wanted, &found),
    })
}

/// The records of a value, in order.
pub(crate) fn records<'b>(response: &Response, body: Value<'b>) -> Vec<Found<'b>> {
    let body = shape::whole(&response.shapers, body);
    let mut found = Vec::new();
    for select in &response.select {
        for value in select.path.all(&body) {
            if value.is_null() {
                continue;
            }
            let parts = shape::each(&response.shapers, value.clone());
            let parts = parts.into_iter().map(|part| tagged(select, part)).collect();
            let tag = select.tag.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("/");
            found.push(Found { given: value.clone(), parts, key: select.key.clone(), tag });
        }
    }
    found
}

/// A record with the members that say where it stood.
fn tagged<'b>(select: &Select, value: Value<'b>) -> Value<'b> {
    match value {
        Value::Record(mut record) => {
            for (name, text) in &select.tag {
                record.set(name.clone(), Value::owned(text.clone()));
            }
            Value::Record(record)
        }
        other if select.tag.is_empty() => other,
        other => {
            let mut record: Record<'b> = [("value", other)].into_iter().collect();
            for (name, text) in &select.tag {
                record.set(name.clone(), Value::owned(text.clone()));
            }
            Value::Record(record)
        }
    }
}

impl Response {
    /// True when a page for people is never a right answer.
    pub(crate) fn wants_data(&self) -> bool {
        !self.decode.contains(&crate::manifest::Decode::Lines)
    }
}
