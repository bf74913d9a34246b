//! Packets that a broker sends to a subscriber.

/// Bytes of the longest head of a packet: its kind, and its length in up to four bytes.
pub const HEAD_BYTES_MAX: usize = 5;

#[derive(Debug, PartialEq)]
pub enum Packet {
    Connack { is_session_kept: bool, code: u8 },
    Publish(Publish),
    Pubrel(u16),
    Suback { id: u16, granted: Vec<u8> },
    Unsuback(u16),
    Pong,
}

#[derive(Debug, Default, PartialEq)]
pub struct Publish {
    /// 0 to 2.
    pub qos: u8,
    /// 0 with QoS 0.
    pub id: u16,
    /// It may have been here before.
    pub is_again: bool,
    /// It was published before we subscribed.
    pub is_retained: bool,
    pub topic: String,
    pub payload: Vec<u8>,
    /// Bytes of the payload that were left out.
    pub missing: usize,
}

/// What is said of packets that a broker has no reason to send.
const UNKNOWN: &str = "a packet is of a kind that no broker sends to a subscriber";

/// The kind and flags of a packet, the bytes its head takes and those behind it. `None` when the head has not come whole.
pub fn head(bytes: &[u8]) -> Result<Option<(u8, usize, usize)>, &'static str> {
    let Some((&kind, rest)) = bytes.split_first() else { return Ok(None) };
    if !matches!(kind, 0x20 | 0x30..=0x3f | 0x62 | 0x90 | 0xb0 | 0xd0) {
        // Its length would be waited for, and mean nothing.
        return Err(UNKNOWN);
    }
    let mut length = 0;
    for (index, byte) in rest.iter().take(HEAD_BYTES_MAX - 1).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((kind, index + 2, length)));
        }
    }
    if rest.len() < HEAD_BYTES_MAX - 1 { Ok(None) } else { Err("the length of a packet takes more than four bytes") }
}

/// The packet of a kind, its body without the last `missing` bytes. Only messages may miss some.
pub fn decode(kind: u8, body: &[u8], missing: usize) -> Result<Packet, &'static str> {
    match (kind >> 4, missing) {
        (3, _) => publish(kind & 0x0f, body, missing),
        (_, 1..) => Err("a packet that is no message is too long"),
        (2, 0) => connack(body),
        (6, 0) => Ok(Packet::Pubrel(identity(body)?.0)),
        (9, 0) => suback(body),
        (11, 0) => Ok(Packet::Unsuback(identity(body)?.0)),
        (13, 0) => Ok(Packet::Pong),
        _ => Err(UNKNOWN),
    }
}

fn publish(flags: u8, body: &[u8], missing: usize) -> Result<Packet, &'static str> {
    let qos = flags >> 1 & 3;
    if qos == 3 {
        return Err("a message has a quality of service that is not there");
    }
    let (length, rest) = number(body)?;
    let (topic, rest) = rest.split_at_checked(usize::from(length)).ok_or("a message ends within its topic")?;
    let (id, payload) = if qos > 0 { identity(rest)? } else { (0, rest) };
    // The broker has checked topics; one that is no text after all is the publisher's matter and stops nobody.
    let topic = String::from_utf8_lossy(topic).into_owned();
    let (is_again, is_retained) = (flags & 8 != 0, flags & 1 != 0);
    Ok(Packet::Publish(Publish { qos, id, is_again, is_retained, topic, payload: payload.to_vec(), missing }))
}

fn connack(body: &[u8]) -> Result<Packet, &'static str> {
    match *body {
        [flags, code] => Ok(Packet::Connack { is_session_kept: flags & 1 != 0, code }),
        _ => Err("the answer to the login has another length than two bytes"),
    }
}

fn suback(body: &[u8]) -> Result<Packet, &'static str> {
    let (id, granted) = identity(body)?;
    Ok(Packet::Suback { id, granted: granted.to_vec() })
}

/// The identity of a packet, and what follows.
fn identity(bytes: &[u8]) -> Result<(u16, &[u8]), &'static str> {
    match number(bytes)? {
        (0, _) => Err("a packet has the identity 0"),
        found => Ok(found),
    }
}

fn number(bytes: &[u8]) -> Result<(u16, &[u8]), &'static str> {
    let (number, rest) = bytes.split_first_chunk().ok_or("a packet ends within a number")?;
    Ok((u16::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests;
