//! A connection to one broker: packets out of bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::packet::{self, HEAD_BYTES_MAX, Packet};

/// Bytes that are read at once.
const READ: usize = 16 << 10;
/// What a message has beside its payload: its topic with its length, and its identity.
const TOPIC_BYTES_MAX: usize = 2 + u16::MAX as usize + 2;

pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Why a connection is of no more use.
#[derive(Debug)]
pub enum Broken {
    Closed,
    Io(io::Error),
    Violation(&'static str),
}

pub struct Connection {
    stream: Box<dyn Stream>,
    /// What has come; packets begin at `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Bytes still to come of the end of a long packet, which are thrown away.
    skip: usize,
    /// Bytes of a packet that are kept.
    body_bytes_max: usize,
}

impl Connection {
    pub fn new(stream: Box<dyn Stream>, message_bytes_max: usize) -> Connection {
        let body_bytes_max = message_bytes_max + TOPIC_BYTES_MAX;
        Connection { stream, buffer: Vec::new(), start: 0, skip: 0, body_bytes_max }
    }

    /// The next packet. May be dropped while it waits: what has come of the packet is kept.
    pub async fn packet(&mut self) -> Result<Packet, Broken> {
        loop {
            if let Some(packet) = self.take().map_err(Broken::Violation)? {
                return Ok(packet);
            }
            self.buffer.drain(..self.start);
            self.start = 0;
            if self.buffer.is_empty() {
                // A long message must not be paid for until the connection ends.
                self.buffer.shrink_to(2 * READ);
            }
            self.buffer.reserve(READ);
            if self.stream.read_buf(&mut self.buffer).await.map_err(Broken::Io)? == 0 {
                return Err(Broken::Closed);
            }
        }
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.stream.write_all(bytes).await.map_err(Broken::Io)?;
        self.stream.flush().await.map_err(Broken::Io)
    }

    /// A packet that has come, as much of it as is kept.
    fn take(&mut self) -> Result<Option<Packet>, &'static str> {
        let skipped = self.skip.min(self.buffer.len() - self.start);
        (self.start, self.skip) = (self.start + skipped, self.skip - skipped);
        let bytes = &self.buffer[self.start..];
        let Some((kind, head, length)) = packet::head(bytes)? else { return Ok(None) };
        let kept = length.min(self.body_bytes_max);
        let Some(body) = bytes.get(head..head + kept) else { return Ok(None) };
        let found = packet::decode(kind, body, length - kept)?;
        (self.start, self.skip) = (self.start + head + kept, length - kept);
        Ok(Some(found))
    }
}

const _: () = assert!(READ > HEAD_BYTES_MAX);

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets that come over a connection which hands on `step` bytes at once, and why it ends.
    fn read(bytes: &[u8], step: usize) -> (Vec<Packet>, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let (near, mut far) = tokio::io::duplex(step);
            let send = async move {
                // The reader may have seen enough.
                let _ = far.write_all(bytes).await;
            };
            let receive = async move {
                let mut connection = Connection::new(Box::new(near), 10);
                let mut packets = Vec::new();
                loop {
                    match connection.packet().await {
                        Ok(packet) => packets.push(packet),
                        Err(why) => break (packets, format!("{why:?}")),
                    }
                }
            };
            let (_, received) = tokio::join!(send, receive);
            received
        })
    }

    #[test]
    fn packets_come_however_their_bytes_are_cut() {
        let bytes = b"\x20\x02\0\0\x30\x07\0\x01ahell\xd0\0\x30\x03\0\x01b";
        let (whole, _) = read(bytes, 1_000);
        assert_eq!(whole.len(), 4);
        for step in [1, 2, 3, 7] {
            assert_eq!(read(bytes, step), (read(bytes, 1_000).0, "Closed".to_owned()), "{step}");
        }
    }

    #[test]
    fn a_long_message_is_cut_and_the_next_one_is_read() {
        let mut bytes = b"\x30\xd0\x9c\x04\0\x01a".to_vec();
        bytes.resize(4 + 69_200, b'x');
        bytes.extend(b"\xd0\0");
        for step in [4_096, 100_000] {
            let (packets, why) = read(&bytes, step);
            let [Packet::Publish(long), Packet::Pong] = packets.as_slice() else { panic!("{why}: {}", packets.len()) };
            assert_eq!((long.payload.len() + long.missing, long.missing), (69_197, 69_200 - 10 - TOPIC_BYTES_MAX));
        }
    }

    #[test]
    fn a_broker_that_talks_nonsense_is_left() {
        let (packets, why) = read(b"HTTP/1.1 400 Bad Request\r\n\r\n", 1_000);
        assert!(packets.is_empty() && why.starts_with("Violation"), "{why}");
    }
}
