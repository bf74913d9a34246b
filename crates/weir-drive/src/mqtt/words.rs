//! Packets that a subscriber sends.

use super::settings::{Qos, Session, Settings};

/// Says that we live.
pub const PING: &[u8] = &[0xc0, 0];

/// An answer to a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// QoS 1: the log has it.
    Taken(u16),
    /// QoS 2: the log has it, and knows its number.
    Received(u16),
    /// QoS 2: the log has forgotten the number, which may be used again.
    Complete(u16),
}

impl Answer {
    pub fn write(self, out: &mut Vec<u8>) {
        let (kind, id) = match self {
            Answer::Taken(id) => (0x40, id),
            Answer::Received(id) => (0x50, id),
            Answer::Complete(id) => (0x70, id),
        };
        out.extend([kind, 2]);
        out.extend(id.to_be_bytes());
    }
}

impl Qos {
    pub fn number(self) -> u8 {
        match self {
            Qos::AtMostOnce => 0,
            Qos::AtLeastOnce => 1,
            Qos::ExactlyOnce => 2,
        }
    }
}

/// The login.
pub fn connect(settings: &Settings) -> Vec<u8> {
    let mut flags = if settings.session == Session::Clean { 0b10 } else { 0 };
    let mut body = Vec::new();
    text(&mut body, b"MQTT");
    if settings.login.is_some() {
        flags |= 0b1100_0000;
    }
    body.extend([4, flags]);
    body.extend((settings.keep_alive.as_secs() as u16).to_be_bytes());
    text(&mut body, settings.client_id.as_bytes());
    if let Some(login) = &settings.login {
        text(&mut body, login.user.as_bytes());
        text(&mut body, login.password.as_bytes());
    }
    packet(0x10, &body)
}

pub fn subscribe<'t>(id: u16, topics: impl Iterator<Item = &'t str>, qos: Qos) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    for topic in topics {
        text(&mut body, topic.as_bytes());
        body.push(qos.number());
    }
    packet(0x82, &body)
}

pub fn unsubscribe<'t>(id: u16, topics: impl Iterator<Item = &'t str>) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    topics.for_each(|topic| text(&mut body, topic.as_bytes()));
    packet(0xa2, &body)
}

/// Nothing longer than 65,535 bytes can be said: the rest is cut, and a broker refuses what is left.
fn text(out: &mut Vec<u8>, text: &[u8]) {
    let text = &text[..text.len().min(usize::from(u16::MAX))];
    out.extend((text.len() as u16).to_be_bytes());
    out.extend(text);
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    let mut length = body.len();
    loop {
        let (low, rest) = (length as u8 & 0x7f, length >> 7);
        out.push(if rest > 0 { low | 0x80 } else { low });
        length = rest;
        if length == 0 {
            break;
        }
    }
    out.extend(body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_the_bytes_of_the_standard() {
        assert_eq!(
            subscribe(10, ["a/#", "b"].into_iter(), Qos::AtLeastOnce),
            b"\x82\x0c\0\x0a\0\x03a/#\x01\0\x01b\x01"
        );
        assert_eq!(unsubscribe(11, ["a/#"].into_iter()), b"\xa2\x07\0\x0b\0\x03a/#");
        let mut answers = Vec::new();
        for answer in [Answer::Taken(1), Answer::Received(258), Answer::Complete(65_535)] {
            answer.write(&mut answers);
        }
        assert_eq!(answers, [0x40, 2, 0, 1, 0x50, 2, 1, 2, 0x70, 2, 255, 255]);
    }

    #[test]
    fn long_packets_have_long_lengths() {
        assert_eq!(&packet(0x30, &[0; 127])[..2], [0x30, 127]);
        assert_eq!(&packet(0x30, &[0; 128])[..3], [0x30, 0x80, 1]);
        assert_eq!(&packet(0x30, &[0; 16_384])[..4], [0x30, 0x80, 0x80, 1]);
    }
}
