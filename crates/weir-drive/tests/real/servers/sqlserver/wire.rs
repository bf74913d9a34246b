//! Packets: eight bytes of head, then up to what fits; a message ends with a packet that says so.

use std::io::{Read, Result, Write};

pub const BATCH: u8 = 0x01;
pub const RPC: u8 = 0x03;
pub const PRELOGIN: u8 = 0x12;
const ANSWER: u8 = 0x04;
const LAST: u8 = 0x01;
const PAYLOAD_MAX: usize = 4_088;

/// One whole message and its kind.
pub fn read(stream: &mut impl Read) -> Result<(u8, Vec<u8>)> {
    let mut message = Vec::new();
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]])).saturating_sub(head.len());
        let start = message.len();
        message.resize(start + length, 0);
        stream.read_exact(&mut message[start..])?;
        if head[1] & LAST != 0 {
            return Ok((head[0], message));
        }
    }
}

pub fn write(stream: &mut impl Write, message: &[u8]) -> Result<()> {
    write_as(stream, ANSWER, message)
}

pub fn write_as(stream: &mut impl Write, kind: u8, message: &[u8]) -> Result<()> {
    let count = message.len().div_ceil(PAYLOAD_MAX).max(1);
    for number in 0..count {
        let payload = &message[number * PAYLOAD_MAX..message.len().min((number + 1) * PAYLOAD_MAX)];
        let last = if number + 1 == count { LAST } else { 0 };
        let length = (payload.len() as u16 + 8).to_be_bytes();
        stream.write_all(&[kind, last, length[0], length[1], 0, 0, number as u8, 0])?;
        stream.write_all(payload)?;
    }
    stream.flush()
}

/// Reads fields of a message, little endian; zeros behind its end.
pub struct Fields<'m>(pub &'m [u8]);

impl<'m> Fields<'m> {
    pub fn take(&mut self, len: usize) -> &'m [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn number(&mut self, len: usize) -> u64 {
        self.take(len).iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }
}

/// Text of a message.
pub fn text(utf16: &[u8]) -> String {
    let units = utf16.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
