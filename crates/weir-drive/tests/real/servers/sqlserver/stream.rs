//! The connection, readable or not. The greeting of TLS travels inside packets, what follows does not.

use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::wire;

pub enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    pub fn encrypt(self, config: Arc<ServerConfig>) -> Result<Stream> {
        let Stream::Plain(mut socket) = self else { return Ok(self) };
        let mut tls = ServerConnection::new(config).map_err(Error::other)?;
        while tls.is_handshaking() {
            let (_, packet) = wire::read(&mut socket)?;
            let mut rest = packet.as_slice();
            while !rest.is_empty() {
                tls.read_tls(&mut rest)?;
                tls.process_new_packets().map_err(Error::other)?;
            }
            let mut answer = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut answer)?;
            }
            if !answer.is_empty() {
                wire::write_as(&mut socket, wire::PRELOGIN, &answer)?;
            }
        }
        Ok(Stream::Tls(Box::new(StreamOwned::new(tls, socket))))
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(tls) => tls.flush(),
        }
    }
}
