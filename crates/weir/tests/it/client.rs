//! A small HTTP/1.1 client: keeps its connection, reads bodies of a known length and chunked ones. Never sends twice.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer that takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(60);

/// One keep-alive connection.
pub struct Client {
    addr: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

/// Method, path and what goes with them.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    pub method: &'r str,
    pub path: &'r str,
    pub headers: &'r [(&'r str, &'r str)],
    pub body: &'r [u8],
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(addr: SocketAddr) -> Self {
        Client { addr, stream: None }
    }

    /// Sends a request and reads its answer. After an error the connection is given up.
    pub fn send(&mut self, request: &Request<'_>) -> io::Result<Response> {
        let length = request.body.len();
        let head = head(request, &format!("content-length: {length}\r\n"));
        self.exchange(|stream| {
            stream.write_all(head.as_bytes())?;
            stream.write_all(request.body)
        })
    }

    /// Announces `length` bytes of body and sends none of them.
    pub fn announce(&mut self, request: &Request<'_>, length: usize) -> io::Result<Response> {
        let head = head(request, &format!("content-length: {length}\r\n"));
        self.exchange(|stream| stream.write_all(head.as_bytes()))
    }

    /// Sends `request.body` over and over, `times` in all, without saying beforehand how much comes.
    pub fn pour(&mut self, request: &Request<'_>, times: usize) -> io::Result<Response> {
        let head = head(request, "transfer-encoding: chunked\r\n");
        self.exchange(|stream| {
            stream.write_all(head.as_bytes())?;
            for _ in 0..times {
                write!(stream, "{:x}\r\n", request.body.len())?;
                stream.write_all(request.body)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")
        })
    }

    /// A server may answer before it has read everything, so an answer is looked for even when writing fails.
    fn exchange(&mut self, write: impl FnOnce(&mut TcpStream) -> io::Result<()>) -> io::Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.addr)?,
        };
        let written = write(stream.get_mut());
        let response = match (read(&mut stream), written) {
            (Ok(response), _) => response,
            (Err(_), Err(error)) | (Err(error), Ok(())) => return Err(error),
        };
        if response.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close")) {
            self.stream = Some(stream);
        }
        Ok(response)
    }
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in: {}", self.text()))
    }
}

fn connect(addr: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

fn head(request: &Request<'_>, length: &str) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\nhost: weir\r\n{length}", request.method, request.path);
    for (name, value) in request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}

fn read(stream: &mut impl BufRead) -> io::Result<Response> {
    let status_line = line(stream)?;
    let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    let mut response = Response { status, headers: Vec::new(), body: Vec::new() };
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or(ErrorKind::InvalidData)?;
        response.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    response.body = match response.header("content-length") {
        Some(length) => exact(stream, length.parse().map_err(|_| ErrorKind::InvalidData)?)?,
        None if response.header("transfer-encoding").is_some() => chunks(stream)?,
        None => Vec::new(),
    };
    Ok(response)
}

fn chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(&line(stream)?, 16).map_err(|_| ErrorKind::InvalidData)?;
        body.extend(exact(stream, size)?);
        line(stream)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn exact(stream: &mut impl BufRead, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
