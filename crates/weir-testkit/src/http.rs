//! A source over real HTTP on the loopback: answers what a function says, and breaks connections where it says so.
//!
//! One thread a connection, blocking: what is sent when is in the hands of the test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

/// Listens until dropped.
pub struct HttpDouble {
    addr: SocketAddr,
    closed: Arc<AtomicBool>,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    /// `http://127.0.0.1:PORT` or `https://host`: how the one who asks calls this place.
    pub origin: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What is answered, and how far.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub ends: Ends,
    /// Before the first byte.
    pub after: Duration,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    #[default]
    Whole,
    /// The connection closes before any byte.
    Closed,
    /// The connection closes after half of the body.
    Cut,
    /// Half of the body comes, and then nothing.
    Stalled,
    /// Nothing comes.
    Silent,
}

/// Longest wait of a connection that says nothing any more.
const PATIENCE: Duration = Duration::from_secs(30);
const LINE_BYTES_MAX: u64 = 64 << 10;

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter of the address as it stands there.
    pub fn param(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(have, _)| *have == name)).map(|(_, value)| value)
    }
}

impl Answer {
    pub fn json(text: impl Into<String>) -> Answer {
        Answer::new(200, &[("content-type", "application/json")], text.into())
    }

    pub fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: body.into(), ..Answer::default() }
    }

    pub fn ends(self, ends: Ends) -> Answer {
        Answer { ends, ..self }
    }
}

impl HttpDouble {
    /// Answers every request with what `answer` says; it may be called from many threads at once.
    pub fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> io::Result<HttpDouble> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let closed = Arc::new(AtomicBool::new(false));
        let (answer, flag) = (Arc::new(answer), closed.clone());
        std::thread::Builder::new().name("http-double".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if flag.load(SeqCst) {
                    return;
                }
                let (Ok(stream), answer, flag) = (stream, answer.clone(), flag.clone()) else { continue };
                // A connection that breaks is the other side's to notice.
                std::thread::spawn(move || drop(serve(stream, &*answer, &flag)));
            }
        })?;
        Ok(HttpDouble { addr, closed })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for HttpDouble {
    fn drop(&mut self) {
        self.closed.store(true, SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.addr));
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Asked) -> Answer, closed: &AtomicBool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(asked) = read(&mut reader)? {
        let answer = answer(&asked);
        if !answer.after.is_zero() {
            std::thread::sleep(answer.after);
        }
        if closed.load(SeqCst) || !write(&mut writer, &mut reader, &answer)? {
            return Ok(());
        }
    }
    Ok(())
}

/// `None` at the end of the connection.
fn read(reader: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let Some(first) = line(reader)? else { return Ok(None) };
    let mut words = first.split(' ').map(str::to_owned);
    let mut asked = Asked {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        ..Asked::default()
    };
    while let Some(line) = line(reader)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        asked.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    asked.origin = format!("http://{}", asked.header("host").unwrap_or_default());
    let length = asked.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body)?;
    Ok(Some(asked))
}

fn line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut text = String::new();
    let read = reader.take(LINE_BYTES_MAX).read_line(&mut text)?;
    Ok((read > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// False when the connection ends with it.
fn write(writer: &mut TcpStream, reader: &mut impl Read, answer: &Answer) -> io::Result<bool> {
    let wait = |reader: &mut dyn Read| {
        // Until the other side gives up.
        let _ = reader.read(&mut [0]);
        Ok(false)
    };
    match answer.ends {
        Ends::Closed => return Ok(false),
        Ends::Silent => return wait(reader),
        Ends::Whole | Ends::Cut | Ends::Stalled => {}
    }
    let mut head = format!("HTTP/1.1 {} Said\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        head += &format!("content-length: {}\r\n", answer.body.len());
    }
    head += "\r\n";
    let part = if answer.ends == Ends::Whole { answer.body.len() } else { answer.body.len() / 2 };
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body[..part]);
    writer.write_all(&bytes)?;
    match answer.ends {
        Ends::Stalled => wait(reader),
        ends => Ok(ends == Ends::Whole),
    }
}
