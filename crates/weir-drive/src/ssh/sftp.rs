//! Files of the host: version 3 of SFTP, as much of it as reading takes.

use std::collections::HashMap;

use russh::ChannelStream;
use russh::client::Msg;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use weir_event::Fault;

use super::session::Session;
use super::{Settings, fault};

/// Bytes of one read; servers give no more at once.
const READ_BYTES: u32 = 32 << 10;
/// Reads that are under way at a time.
const READS: u64 = 8;
/// Bytes of a packet that is taken from a host.
const PACKET_BYTES_MAX: u32 = 1 << 20;
/// Names of a folder that are looked at.
const NAMES_MAX: usize = 10_000;

const INIT: u8 = 1;
const VERSION: u8 = 2;
const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const READ: u8 = 5;
const FSTAT: u8 = 8;
const OPENDIR: u8 = 11;
const READDIR: u8 = 12;
const STATUS: u8 = 101;
const HANDLE: u8 = 102;
const DATA: u8 = 103;
const NAME: u8 = 104;
const ATTRS: u8 = 105;

const END_OF_FILE: u32 = 1;
const NO_SUCH_FILE: u32 = 2;
const PERMISSION_DENIED: u32 = 3;

pub struct Sftp<'s> {
    stream: ChannelStream<Msg>,
    settings: &'s Settings,
    last_id: u32,
    /// Answers that came before their turn.
    early: HashMap<u32, Answer>,
}

/// An open file.
pub struct Open {
    handle: Vec<u8>,
    pub path: String,
    pub size: u64,
}

/// An answer: its kind and what it holds behind its id.
struct Answer {
    kind: u8,
    body: Vec<u8>,
}

impl<'s> Sftp<'s> {
    pub async fn open(settings: &'s Settings, session: &Session) -> Result<Sftp<'s>, Fault> {
        let channel = session.channel().await?;
        session
            .wait(channel.request_subsystem(true, "sftp"))
            .await
            .map_err(|lost| fault::no_sftp(settings, lost.cause()))?;
        let mut sftp = Sftp { stream: channel.into_stream(), settings, last_id: 0, early: HashMap::new() };
        let hello = async {
            sftp.stream.write_all(&[0, 0, 0, 5, INIT, 0, 0, 0, 3]).await?;
            sftp.stream.flush().await?;
            packet(&mut sftp.stream).await
        };
        match timeout(patience(settings), hello).await {
            Ok(Ok(hello)) if hello.first() == Some(&VERSION) => Ok(sftp),
            Ok(Ok(_)) => Err(fault::no_sftp(settings, "it greets with something else")),
            Ok(Err(error)) => Err(fault::no_sftp(settings, error)),
            Err(_) => Err(fault::silent(settings)),
        }
    }

    /// Opens a file for reading; `None` when there is none.
    pub async fn file(&mut self, path: &str) -> Result<Option<Open>, Fault> {
        let mut body = text(path.as_bytes());
        body.extend([0, 0, 0, 1, 0, 0, 0, 0]);
        let Some(handle) = self.handle(OPEN, &body, path).await? else { return Ok(None) };
        let id = self.send(FSTAT, &text(&handle)).await?;
        let answer = self.receive(id).await?;
        if answer.kind != ATTRS {
            return Err(self.complaint(path, &answer));
        }
        let mut body = Body(&answer.body);
        let has_size = body.number().is_some_and(|flags| flags & 1 != 0);
        let size = if has_size { body.long() } else { None };
        let size = size.ok_or_else(|| fault::file_failed(self.settings, path, "the host does not say its size"))?;
        Ok(Some(Open { handle, path: path.to_owned(), size }))
    }

    /// Bytes of a file from `offset` on, at most `len`; fewer at its end.
    pub async fn read(&mut self, file: &Open, offset: u64, len: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < len {
            let before = bytes.len();
            let from = offset + before as u64;
            self.read_some(file, from, len - before as u64, &mut bytes).await?;
            if bytes.len() == before {
                break;
            }
        }
        Ok(bytes)
    }

    /// Asks for several pieces at once. What follows a piece that is shorter than asked is asked for again.
    async fn read_some(&mut self, file: &Open, offset: u64, len: u64, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let mut pieces = Vec::new();
        let end = offset + len.min(READS * u64::from(READ_BYTES));
        let mut at = offset;
        while at < end {
            let piece = (end - at).min(u64::from(READ_BYTES)) as u32;
            let mut body = text(&file.handle);
            body.extend(at.to_be_bytes());
            body.extend(piece.to_be_bytes());
            pieces.push((self.send(READ, &body).await?, piece));
            at += u64::from(piece);
        }
        let mut is_whole = true;
        for (id, piece) in pieces {
            let answer = self.receive(id).await?;
            let data = match answer.kind {
                DATA => Body(&answer.body).text().unwrap_or_default(),
                _ if Body(&answer.body).number() == Some(END_OF_FILE) => &[],
                _ => return Err(self.complaint(&file.path, &answer)),
            };
            if is_whole {
                bytes.extend_from_slice(data);
                is_whole = data.len() == piece as usize;
            }
        }
        Ok(())
    }

    /// Names in a folder, unsorted.
    pub async fn names(&mut self, folder: &str) -> Result<Vec<String>, Fault> {
        let Some(handle) = self.handle(OPENDIR, &text(folder.as_bytes()), folder).await? else {
            return Err(fault::no_file(self.settings, folder));
        };
        let mut names = Vec::new();
        loop {
            let id = self.send(READDIR, &text(&handle)).await?;
            let answer = self.receive(id).await?;
            if answer.kind != NAME {
                break;
            }
            let mut body = Body(&answer.body);
            for _ in 0..body.number().unwrap_or(0) {
                let Some(name) = body.name() else { break };
                names.push(String::from_utf8_lossy(name).into_owned());
            }
            if names.len() >= NAMES_MAX {
                break;
            }
        }
        self.close(&handle).await?;
        Ok(names)
    }

    pub async fn done(&mut self, file: Open) -> Result<(), Fault> {
        self.close(&file.handle).await
    }

    async fn close(&mut self, handle: &[u8]) -> Result<(), Fault> {
        let id = self.send(CLOSE, &text(handle)).await?;
        self.receive(id).await.map(|_| ())
    }

    async fn handle(&mut self, kind: u8, body: &[u8], path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let id = self.send(kind, body).await?;
        let answer = self.receive(id).await?;
        match answer.kind {
            HANDLE => Ok(Body(&answer.body).text().map(<[u8]>::to_vec)),
            _ if Body(&answer.body).number() == Some(NO_SUCH_FILE) => Ok(None),
            _ => Err(self.complaint(path, &answer)),
        }
    }

    /// What a status means for a file.
    fn complaint(&self, path: &str, answer: &Answer) -> Fault {
        let mut body = Body(&answer.body);
        match (answer.kind, body.number()) {
            (STATUS, Some(PERMISSION_DENIED)) => fault::file_refused(self.settings, path),
            (STATUS, Some(NO_SUCH_FILE)) => fault::no_file(self.settings, path),
            (STATUS, Some(_)) => {
                let why = String::from_utf8_lossy(body.text().unwrap_or_default()).into_owned();
                fault::file_failed(self.settings, path, why)
            }
            _ => fault::file_failed(self.settings, path, "the host answers in a way that is not understood"),
        }
    }

    async fn send(&mut self, kind: u8, body: &[u8]) -> Result<u32, Fault> {
        self.last_id = self.last_id.wrapping_add(1);
        let mut packet = (body.len() as u32 + 5).to_be_bytes().to_vec();
        packet.push(kind);
        packet.extend(self.last_id.to_be_bytes());
        packet.extend_from_slice(body);
        let send = async {
            self.stream.write_all(&packet).await?;
            self.stream.flush().await
        };
        match timeout(patience(self.settings), send).await {
            Ok(sent) => sent.map_err(|error| fault::lost(self.settings, error))?,
            Err(_) => return Err(fault::silent(self.settings)),
        }
        Ok(self.last_id)
    }

    /// The answer to a request. A host may answer in any order.
    async fn receive(&mut self, id: u32) -> Result<Answer, Fault> {
        loop {
            if let Some(answer) = self.early.remove(&id) {
                return Ok(answer);
            }
            let packet = match timeout(patience(self.settings), packet(&mut self.stream)).await {
                Ok(packet) => packet.map_err(|error| fault::lost(self.settings, error))?,
                Err(_) => return Err(fault::silent(self.settings)),
            };
            let Some((&[kind, a, b, c, d], body)) = packet.split_first_chunk() else {
                return Err(fault::lost(self.settings, "a packet is too short"));
            };
            if self.early.len() as u64 > READS {
                return Err(fault::lost(self.settings, "answers come that nobody asked for"));
            }
            self.early.insert(u32::from_be_bytes([a, b, c, d]), Answer { kind, body: body.to_vec() });
        }
    }
}

fn patience(settings: &Settings) -> std::time::Duration {
    std::time::Duration::from_nanos(settings.timeout.0.unsigned_abs())
}

async fn packet(stream: &mut ChannelStream<Msg>) -> std::io::Result<Vec<u8>> {
    let len = stream.read_u32().await?;
    if len > PACKET_BYTES_MAX {
        return Err(std::io::Error::other("what comes is not SFTP: does the login print something?"));
    }
    let mut packet = vec![0; len as usize];
    stream.read_exact(&mut packet).await?;
    Ok(packet)
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let mut out = (bytes.len() as u32).to_be_bytes().to_vec();
    out.extend_from_slice(bytes);
    out
}

/// What is left to read of an answer.
struct Body<'b>(&'b [u8]);

impl<'b> Body<'b> {
    fn number(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*head))
    }

    fn long(&mut self) -> Option<u64> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*head))
    }

    fn text(&mut self) -> Option<&'b [u8]> {
        let len = self.number()? as usize;
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    /// A name of a list, past its long form and its attributes.
    fn name(&mut self) -> Option<&'b [u8]> {
        let name = self.text()?;
        self.text()?;
        let flags = self.number()?;
        for (bit, bytes) in [(1, 8), (2, 8), (4, 4), (8, 8)] {
            if flags & bit != 0 {
                self.0 = self.0.get(bytes..)?;
            }
        }
        if flags & 0x8000_0000 != 0 {
            for _ in 0..self.number()? {
                self.text()?;
                self.text()?;
            }
        }
        Some(name)
    }
}
