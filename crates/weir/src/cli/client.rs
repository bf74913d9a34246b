//! A small HTTP client for a weir that runs elsewhere: one request a connection, encrypted or not.

mod secure;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use weir_event::{Fault, FaultKind};

use super::usage_fault;
use secure::Stream;

/// Where a running weir is, and who asks.
#[derive(Clone, Debug, clap::Args)]
pub struct Server {
    /// Address of a running weir [default: WEIR_SERVER, else http://127.0.0.1:8514]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Token for it [default: WEIR_TOKEN]
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Certificate that the server's must be signed by, or equal to, in PEM [default: WEIR_CA_FILE, else those of the system]
    #[arg(long, value_name = "PATH")]
    pub ca_file: Option<PathBuf>,
}

/// One request.
pub struct Request<'r> {
    pub method: &'r str,
    pub path: &'r str,
    pub body: Option<String>,
}

const SERVER_DEFAULT: &str = "http://127.0.0.1:8514";
const CONNECT_TIME: Duration = Duration::from_secs(10);
const READ_TIME: Duration = Duration::from_secs(180);
/// Bytes of one line of an answer.
const LINE_BYTES_MAX: u64 = 64 << 20;

impl Server {
    /// Somebody has said which server is meant.
    pub fn is_named(&self) -> bool {
        self.server.is_some() || std::env::var_os("WEIR_SERVER").is_some()
    }

    pub fn url(&self) -> String {
        self.server.clone().or_else(|| std::env::var("WEIR_SERVER").ok()).unwrap_or_else(|| SERVER_DEFAULT.to_owned())
    }

    fn token(&self) -> Option<String> {
        self.token.clone().or_else(|| std::env::var("WEIR_TOKEN").ok())
    }

    fn ca_file(&self) -> Option<PathBuf> {
        self.ca_file.clone().or_else(|| std::env::var_os("WEIR_CA_FILE").map(PathBuf::from))
    }

    fn open(&self, address: &Address) -> Result<Box<dyn Stream>, Fault> {
        let stream = connect(&address.authority)?;
        if !address.is_encrypted {
            return Ok(Box::new(stream));
        }
        secure::encrypt(stream, address.host(), self.ca_file().as_deref()).map_err(|why| insecure(address, &why))
    }

    /// The body of the answer, line by line as it arrives.
    pub fn send(&self, request: &Request<'_>) -> Result<Lines, Fault> {
        let address = Address::read(&self.url())?;
        let mut stream = self.open(&address)?;
        let authority = address.authority;
        let body = request.body.as_deref().unwrap_or_default();
        let token = self.token().map(|token| format!("Authorization: Bearer {}\r\n", token.trim())).unwrap_or_default();
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Type: application/json\r\n{token}Content-Length: {}\r\n\r\n",
            request.method,
            request.path,
            body.len(),
        );
        stream.write_all(head.as_bytes()).map_err(|error| broken(&authority, &error))?;
        let sent = stream.write_all(body.as_bytes()).and_then(|()| stream.flush());
        sent.map_err(|error| broken(&authority, &error))?;
        let mut lines = Lines { reader: BufReader::new(stream), authority, framing: Framing::UntilEnd, ended: false };
        let status = lines.head()?;
        if status < 300 { Ok(lines) } else { Err(lines.refusal(status)) }
    }

    /// The whole answer as JSON.
    pub fn json(&self, request: &Request<'_>) -> Result<serde_json::Value, Fault> {
        let mut lines = self.send(request)?;
        let mut text = String::new();
        while let Some(line) = lines.next_line()? {
            text.push_str(&line);
        }
        serde_json::from_str(&text).map_err(|error| no_weir(&lines.authority).because(error))
    }
}

/// Where a server listens, and how it is talked to.
struct Address {
    /// `host:port`.
    authority: String,
    is_encrypted: bool,
}

impl Address {
    /// `http://host:port`, `https://host:port` or `host:port`.
    fn read(url: &str) -> Result<Address, Fault> {
        let (is_encrypted, rest) = match url.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            Some((scheme, _)) => return Err(usage_fault(format!("`{scheme}` is not spoken"), SUCH_AS)),
            None => (false, url),
        };
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.is_empty() || authority.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(usage_fault("the server's address is empty or wrong", SUCH_AS));
        }
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let authority = match has_port {
            true => authority.to_owned(),
            false => format!("{authority}:{}", if is_encrypted { 443 } else { 80 }),
        };
        Ok(Address { authority, is_encrypted })
    }

    /// The name that the server's certificate must have.
    fn host(&self) -> &str {
        let host = self.authority.rsplit_once(':').map_or(&*self.authority, |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }
}

const SUCH_AS: &str = "use an address such as http://127.0.0.1:8514";

fn connect(authority: &str) -> Result<TcpStream, Fault> {
    use std::net::ToSocketAddrs;
    let addresses = authority.to_socket_addrs().map_err(|error| broken(authority, &error))?;
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_TIME) {
            Ok(stream) => {
                let timed = stream.set_read_timeout(Some(READ_TIME)).and_then(|()| stream.set_nodelay(true));
                return timed.map(|()| stream).map_err(|error| broken(authority, &error));
            }
            Err(error) => last = error,
        }
    }
    Err(broken(authority, &last))
}

/// The id of a fault that says that no server answers at an address.
pub const NOBODY_THERE: &str = "CLI-010";

fn broken(authority: &str, error: &std::io::Error) -> Fault {
    Fault::new(NOBODY_THERE, FaultKind::Peer, format!("cannot talk to {authority}"))
        .because(error)
        .hint("start it with `weir run`, or name another one with --server")
}

fn insecure(address: &Address, why: &str) -> Fault {
    Fault::new("CLI-028", FaultKind::Peer, format!("cannot talk to {} safely", address.authority))
        .because(why)
        .hint("name the certificate that signed the server's with --ca-file")
}

fn no_weir(authority: &str) -> Fault {
    Fault::new("CLI-011", FaultKind::Peer, format!("{authority} does not answer like weir"))
        .hint("check the address in --server; a weir with `http: { tls }` is at `https://`")
}

/// How an answer's end is known.
enum Framing {
    UntilEnd,
    Bytes(u64),
    Chunks(u64),
}

/// An answer that is being read.
pub struct Lines {
    reader: BufReader<Box<dyn Stream>>,
    authority: String,
    framing: Framing,
    ended: bool,
}

impl Lines {
    fn head_line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        let read =
            (&mut self.reader).take(16 << 10).read_line(&mut line).map_err(|error| broken(&self.authority, &error))?;
        if read == 0 { Err(no_weir(&self.authority)) } else { Ok(line.trim_end().to_owned()) }
    }

    fn head(&mut self) -> Result<u16, Fault> {
        let first = self.head_line()?;
        let status =
            first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| no_weir(&self.authority))?;
        for _ in 0..200 {
            let line = self.head_line()?.to_ascii_lowercase();
            match line.split_once(':').map(|(name, value)| (name, value.trim())) {
                Some(("content-length", bytes)) => self.framing = Framing::Bytes(bytes.parse().unwrap_or(0)),
                Some(("transfer-encoding", coding)) if coding.contains("chunked") => self.framing = Framing::Chunks(0),
                Some(_) => {}
                None => return Ok(status),
            }
        }
        Err(no_weir(&self.authority))
    }

    /// The next line without its end; `None` after the last.
    pub fn next_line(&mut self) -> Result<Option<String>, Fault> {
        let mut line = Vec::new();
        while !self.ended && line.len() as u64 <= LINE_BYTES_MAX {
            let Some(room) = self.room()? else { break };
            let read = (&mut self.reader).take(room).read_until(b'\n', &mut line);
            let read = read.map_err(|error| broken(&self.authority, &error))? as u64;
            self.ended = read == 0;
            match &mut self.framing {
                Framing::UntilEnd => {}
                Framing::Bytes(left) | Framing::Chunks(left) => *left -= read,
            }
            if line.last() == Some(&b'\n') {
                line.pop();
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
        }
        if line.is_empty() { Ok(None) } else { Ok(Some(String::from_utf8_lossy(&line).into_owned())) }
    }

    /// Bytes that may be read now; `None` at the end.
    fn room(&mut self) -> Result<Option<u64>, Fault> {
        match self.framing {
            Framing::UntilEnd => Ok(Some(LINE_BYTES_MAX)),
            Framing::Bytes(0) => Ok(None),
            Framing::Bytes(left) => Ok(Some(left)),
            Framing::Chunks(0) => {
                let mut size = self.head_line()?;
                if size.is_empty() {
                    // The end of the chunk before.
                    size = self.head_line()?;
                }
                let size = u64::from_str_radix(size.split(';').next().unwrap_or_default(), 16);
                let left = size.map_err(|_| no_weir(&self.authority))?;
                self.framing = Framing::Chunks(left);
                self.ended = left == 0;
                Ok((left > 0).then_some(left))
            }
            Framing::Chunks(left) => Ok(Some(left)),
        }
    }

    /// The fault that a refusal carries.
    fn refusal(&mut self, status: u16) -> Fault {
        let mut text = String::new();
        while let Ok(Some(line)) = self.next_line() {
            text.push_str(&line);
        }
        let body: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        remote_fault(&body["error"], &format!("{} answered {status}", self.authority), status)
    }
}

/// A fault that another weir reported.
pub fn remote_fault(error: &serde_json::Value, otherwise: &str, status: u16) -> Fault {
    let part = |name: &str| error[name].as_str().unwrap_or_default();
    let kind = if (400..500).contains(&status) { FaultKind::Usage } else { FaultKind::Peer };
    let (id, what) = (part("id"), part("what"));
    let says = if what.is_empty() { otherwise.to_owned() } else { format!("{what} [{id}]") };
    Fault::new("CLI-012", kind, says).at(part("where")).because(part("why")).hint(part("hint"))
}
