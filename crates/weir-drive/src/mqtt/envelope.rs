//! Messages of the data exchange layer: a header of MessagePack values one after the other, then the payload.
//!
//! The values are: version, type, message, source client, source broker, lists of brokers and clients it is meant for, payload. Later
//! versions add values behind it, which are not looked at.

use super::message_pack::{Reader, Unread};

/// The type of messages that tell something. The others ask, answer or refuse.
const EVENT: u64 = 2;
/// Types that are known to be something else.
const OTHERS: [(u64, &str); 3] = [(0, "request"), (1, "response"), (3, "error")];

#[derive(Debug, PartialEq)]
pub enum Opened<'b> {
    Event(Event<'b>),
    /// A message of another type.
    Other(&'static str),
}

#[derive(Debug, PartialEq)]
pub struct Event<'b> {
    pub message: &'b [u8],
    pub client: &'b [u8],
    pub broker: &'b [u8],
    /// Without the byte 0 that some publishers end it with.
    pub payload: &'b [u8],
}

/// `missing` bytes at the end are known to have been left out: of a payload that they belong to, what is there is given.
pub fn open(bytes: &[u8], missing: usize) -> Result<Opened<'_>, Unread> {
    let mut reader = Reader::new(bytes, missing);
    let _version = reader.whole()?;
    let kind = reader.whole()?;
    if let Some((_, name)) = OTHERS.iter().find(|(other, _)| *other == kind) {
        return Ok(Opened::Other(name));
    }
    if kind != EVENT {
        return Err("its type is not known");
    }
    let (message, client, broker) = (reader.bytes()?, reader.bytes()?, reader.bytes()?);
    // Brokers and clients it is meant for.
    reader.skip()?;
    reader.skip()?;
    let payload = reader.bytes()?;
    Ok(Opened::Event(Event { message, client, broker, payload: payload.strip_suffix(b"\0").unwrap_or(payload) }))
}

#[cfg(test)]
mod tests;
