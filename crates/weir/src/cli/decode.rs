//! `weir decode`: what a format reader alone sees.

use weir_event::{Fault, Record, Timestamp, Value, limits, write_json, write_json_string};
use weir_parse::decode::{self, Dialects, Transport};
use weir_parse::lines;
use weir_parse::syslog::SyslogContext;

use super::Exit;
use super::lines::{Answer, answer_stdin, workers_count};
use super::order::{Context, ContextArgs, Order};

/// Reads lines on stdin with one format reader and prints what it saw, one JSON object per line.
///
/// No pack, no mapping, no artifacts: this shows header, pairs and notes as the reader gives them. The members are described
/// in spec/formats. A line that is not of the format gives an object with `error`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  weir decode --format syslog < /var/log/messages
  weir decode --format cef --jsonl < vectors.jsonl

With --jsonl every line is {\"id\",\"input\",\"context\"} and the answer begins with the id. The context may hold `now`, `tz` and,
for syslog, `transport` (tcp, tls, udp) with `max_frame`: then the input is cut into frames. So that answers stay the same
from day to day, `now` is 2025-06-15T12:00:00Z there unless the line or --now says otherwise.")]
pub struct Args {
    /// The reader to use
    #[arg(long, value_enum)]
    format: Format,
    /// Lines are JSON objects with `id`, `input` and `context`
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    context: ContextArgs,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Cef,
    Leef,
    Syslog,
}

/// Now in lines with orders, so that they mean the same every day.
const ORDER_NOW: &str = "2025-06-15T12:00:00Z";

pub fn run(args: Args) -> Result<Exit, Fault> {
    let fixed = args.jsonl.then(|| Timestamp::parse_rfc3339(ORDER_NOW)).flatten();
    let context = args.context.read(fixed)?;
    let worker = Decoder { format: args.format, jsonl: args.jsonl, context, dialects: Dialects::builtin() };
    answer_stdin(vec![worker; workers_count()])?;
    Ok(Exit::Ok)
}

#[derive(Clone)]
struct Decoder {
    format: Format,
    jsonl: bool,
    context: Context,
    dialects: Dialects,
}

impl Answer for Decoder {
    fn answer(&mut self, text: &str, out: &mut Vec<u8>) {
        for line in lines(text) {
            let mut answer = String::new();
            if self.jsonl {
                self.order(line, &mut answer);
            } else {
                let context = SyslogContext { now: self.context.now, zone: self.context.zone.clone() };
                write_json(&Value::Record(self.decode(line, &context)), &mut answer);
            }
            answer.push('\n');
            out.extend_from_slice(answer.as_bytes());
        }
    }
}

impl Decoder {
    fn decode<'l>(&self, text: &'l str, context: &SyslogContext) -> Record<'l> {
        match self.format {
            Format::Cef => decode::cef(text, context, &self.dialects),
            Format::Leef => decode::leef(text, context),
            Format::Syslog => decode::syslog(text, context),
        }
    }

    fn order(&mut self, line: &str, out: &mut String) {
        let order = match Order::read(line) {
            Ok(order) => order,
            Err(cause) => return refuse("{\"id\":null", &cause, out),
        };
        order.begin_answer(out);
        let Some(input) = order.text("input") else {
            return refuse("", "`input` is missing or not text", out);
        };
        let (zone, now) = self.context.of(&order);
        let record = match framed(&order).filter(|_| self.format == Format::Syslog) {
            Some((transport, octets_max)) => decode::frames(input.as_bytes(), transport, octets_max),
            None => self.decode(input, &SyslogContext { now, zone }),
        };
        for (name, value) in record.iter() {
            out.push(',');
            write_json_string(name, out);
            out.push(':');
            write_json(value, out);
        }
        out.push('}');
    }
}

/// The transport and the size limit in octets when the order is about frames.
fn framed(order: &Order) -> Option<(Transport, usize)> {
    let transport = match order.context("transport")?.as_str()? {
        "udp" => Transport::Datagram,
        _ => Transport::Stream,
    };
    let octets_max = match order.context("max_frame") {
        Some(Value::Long(octets)) => usize::try_from(*octets).unwrap_or(limits::FRAME_BYTES_MAX),
        _ => limits::FRAME_BYTES_MAX,
    };
    Some((transport, octets_max))
}

/// Ends an answer to a line that is no order.
fn refuse(begin: &str, cause: &str, out: &mut String) {
    out.push_str(begin);
    out.push_str(",\"error\":\"bad_line\",\"because\":");
    write_json_string(cause, out);
    out.push('}');
}
