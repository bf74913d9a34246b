//! Logins in front of a broker that has none: `SaslHandshake` and `SaslAuthenticate` are answered here, everything else is the broker's
//! matter, once the login is made.

mod scram;

use std::net::TcpListener;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use scram::Scram;

const SASL_HANDSHAKE: i16 = 17;
const API_VERSIONS: i16 = 18;
const SASL_AUTHENTICATE: i16 = 36;
const UNSUPPORTED_MECHANISM: i16 = 33;
const AUTHENTICATION_FAILED: i16 = 58;
const FRAME_BYTES_MAX: u32 = 16 << 20;

/// Who is let in, and by which mechanism.
#[derive(Clone, Copy, Debug)]
pub struct User {
    pub mechanism: &'static str,
    pub name: &'static str,
    pub password: &'static str,
}

/// Lets one user through to the port `server`, as long as the tests run.
pub fn front(listener: TcpListener, user: User, server: u16) {
    let serve = async move {
        listener.set_nonblocking(true).expect("a socket");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(broker) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                // A client that is not let in hangs up.
                let _ = Talk { client, broker, user, stage: Stage::Nobody }.run().await;
            });
        }
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(serve);
    });
}

/// How far a login is.
enum Stage {
    Nobody,
    /// It has named the mechanism.
    Greeted,
    /// SCRAM, after its first message.
    Asked(Scram),
    Known,
}

struct Talk {
    client: TcpStream,
    broker: TcpStream,
    user: User,
    stage: Stage,
}

/// What stands before the body of a request.
struct Head {
    api: i16,
    version: i16,
    correlation: [u8; 4],
    /// Where the body begins.
    body: usize,
}

impl Talk {
    async fn run(mut self) -> std::io::Result<()> {
        loop {
            let request = frame(&mut self.client).await?;
            let Some(head) = head(&request) else { return Ok(()) };
            let answer = match (head.api, &self.stage) {
                (SASL_HANDSHAKE, _) => self.greet(&head, &request[head.body..]),
                (SASL_AUTHENTICATE, _) => self.authenticate(&head, &request[head.body..]),
                (API_VERSIONS, _) | (_, Stage::Known) => {
                    write(&mut self.broker, &request).await?;
                    frame(&mut self.broker).await?
                }
                // Brokers hang up on those who ask before they are known.
                _ => return Ok(()),
            };
            write(&mut self.client, &answer).await?;
        }
    }

    fn greet(&mut self, head: &Head, body: &[u8]) -> Vec<u8> {
        let is_known = body.get(2..) == Some(self.user.mechanism.as_bytes());
        if is_known {
            self.stage = Stage::Greeted;
        }
        let mut out = head.correlation.to_vec();
        out.extend(if is_known { 0 } else { UNSUPPORTED_MECHANISM }.to_be_bytes());
        out.extend(1i32.to_be_bytes());
        text(&mut out, self.user.mechanism);
        out
    }

    fn authenticate(&mut self, head: &Head, body: &[u8]) -> Vec<u8> {
        let said = self.step(body.get(4..).unwrap_or_default());
        let mut out = head.correlation.to_vec();
        match &said {
            Some(_) => out.extend([0, 0, 0xff, 0xff]),
            None => {
                out.extend(AUTHENTICATION_FAILED.to_be_bytes());
                text(&mut out, "Authentication failed");
            }
        }
        let said = said.unwrap_or_default();
        out.extend((said.len() as i32).to_be_bytes());
        out.extend(said.as_bytes());
        if head.version >= 1 {
            out.extend(0i64.to_be_bytes());
        }
        out
    }

    /// What the broker says to a message of the login; `None` to a wrong one.
    fn step(&mut self, message: &[u8]) -> Option<String> {
        let message = std::str::from_utf8(message).ok()?;
        match std::mem::replace(&mut self.stage, Stage::Nobody) {
            Stage::Greeted if self.user.mechanism == "PLAIN" => {
                (message == format!("\0{}\0{}", self.user.name, self.user.password)).then(|| {
                    self.stage = Stage::Known;
                    String::new()
                })
            }
            Stage::Greeted => {
                let (scram, asks) = Scram::begin(&self.user, message)?;
                self.stage = Stage::Asked(scram);
                Some(asks)
            }
            Stage::Asked(scram) => {
                let proof = scram.end(message)?;
                self.stage = Stage::Known;
                Some(proof)
            }
            Stage::Nobody | Stage::Known => None,
        }
    }
}

fn head(request: &[u8]) -> Option<Head> {
    let short = |at: usize| Some(i16::from_be_bytes(request.get(at..at + 2)?.try_into().ok()?));
    let client = usize::try_from(short(8)?).unwrap_or(0);
    let body = 10 + client;
    request.get(body..)?;
    Some(Head { api: short(0)?, version: short(2)?, correlation: request.get(4..8)?.try_into().ok()?, body })
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as i16).to_be_bytes());
    out.extend(text.as_bytes());
}

async fn frame(socket: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let bytes = socket.read_u32().await?;
    assert!(bytes <= FRAME_BYTES_MAX, "{bytes} bytes");
    let mut frame = vec![0; bytes as usize];
    socket.read_exact(&mut frame).await?;
    Ok(frame)
}

async fn write(socket: &mut TcpStream, frame: &[u8]) -> std::io::Result<()> {
    socket.write_u32(frame.len() as u32).await?;
    socket.write_all(frame).await
}
