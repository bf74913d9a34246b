//! `weir lsp`: completion, hover, hints and formatting of queries for editors, over stdin and stdout.

use std::io::{self, BufRead, Read, Write};

use weir_event::{Fault, limits};
use weir_lang::tools::Known;
use weir_lang::tools::lsp::Server;

use super::{Exit, io_fault};

/// Bytes of one message: a whole query, escaped, and room for what stands around it.
const MESSAGE_BYTES_MAX: u64 = 8 * limits::QUERY_BYTES_MAX as u64;
/// Bytes of the lines in front of a message.
const HEADER_BYTES_MAX: u64 = 4096;

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: Args) -> Result<Exit, Fault> {
    let known = Known { tables: vec!["logs".to_owned(), "events".to_owned()], fields: Vec::new() };
    let mut server = Server::new(known);
    let served = serve(&mut server, &mut io::stdin().lock(), &mut io::stdout().lock());
    served.map_err(|error| io_fault("stdin or stdout", &error))?;
    Ok(if server.ended_well() { Exit::Ok } else { Exit::Findings })
}

/// Answers messages until the editor says goodbye or hangs up.
fn serve(server: &mut Server, input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<()> {
    while !server.is_stopped() {
        let Some(message) = read(input)? else { break };
        for answer in server.handle(&message) {
            write!(out, "Content-Length: {}\r\n\r\n{answer}", answer.len())?;
        }
        out.flush()?;
    }
    Ok(())
}

/// The next message; `None` at the end of the input.
fn read(input: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut length = None;
    let mut header = input.take(HEADER_BYTES_MAX);
    loop {
        let mut line = String::new();
        if header.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok().filter(|length| *length <= MESSAGE_BYTES_MAX);
        }
    }
    let wrong = |why| io::Error::new(io::ErrorKind::InvalidData, why);
    let length: u64 = length.ok_or_else(|| wrong("a message has no length, or is too long"))?;
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    String::from_utf8(body).map(Some).map_err(|_| wrong("a message is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_framed_both_ways() {
        let frame = |text: &str| format!("Content-Length: {}\r\nX: y\r\n\r\n{text}", text.len());
        let ask = [
            frame(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#),
            frame(r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#),
            frame(r#"{"jsonrpc":"2.0","method":"exit"}"#),
        ];
        let mut server = Server::new(Known::default());
        let mut out = Vec::new();
        serve(&mut server, &mut ask.concat().as_bytes(), &mut out).expect("it is served");
        let out = String::from_utf8(out).expect("text");
        assert!(out.starts_with("Content-Length: ") && out.contains(r#""hoverProvider":true"#), "{out}");
        assert!(server.ended_well());
    }

    #[test]
    fn a_message_without_length_ends_the_session() {
        let mut server = Server::new(Known::default());
        let served = serve(&mut server, &mut "X: y\r\n\r\n{}".as_bytes(), &mut Vec::new());
        assert_eq!(served.map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
    }
}
