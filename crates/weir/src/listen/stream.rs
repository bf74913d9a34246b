//! What a sender of syslog writes to, encrypted or not.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncBufReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::tls::{HANDSHAKE, Tls};

/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// A connection that is read only.
pub enum Stream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Agrees on keys where that is asked for.
    pub async fn open(stream: TcpStream, tls: Option<&Arc<Tls>>) -> io::Result<Stream> {
        let Some(tls) = tls else { return Ok(Stream::Plain(stream)) };
        let agreed = timeout(HANDSHAKE, tls.acceptor().accept(stream)).await;
        let stream = agreed.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Stream::Encrypted(Box::new(stream)))
    }

    /// Waits for bytes and puts them at the begin of `buffer`; says how many, none at the end. A call that is given up has read nothing, and
    /// a connection that waits needs no room.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => loop {
                stream.readable().await?;
                buffer.resize(READ_BYTES, 0);
                match stream.try_read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            },
            Stream::Encrypted(stream) => {
                let bytes = stream.fill_buf().await?;
                let length = bytes.len();
                buffer.clear();
                buffer.extend_from_slice(bytes);
                stream.consume(length);
                Ok(length)
            }
        }
    }
}
