//! `weir dpl`: a DPL pattern against the lines on stdin, or batches of patterns.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value as Json;
use weir_event::{Fault, Record, Timestamp, Value, limits, write_json};
use weir_lang::dpl::{Matcher, Pattern, PatternOptions, Trace, run_mode, warnings};

use super::{Exit, io_fault, usage_fault};

#[derive(clap::Args)]
pub struct Args {
    /// The pattern; each line on stdin gives `{"match":true,"fields":{...}}` or `{"match":false}`
    #[arg(value_name = "PATTERN", required_unless_present = "jsonl")]
    pub pattern: Option<String>,
    /// Only the fields, without `match`; all null where the pattern does not match
    #[arg(long)]
    pub flat: bool,
    /// Adds what each element took, and where and why the pattern stopped
    #[arg(long)]
    pub trace: bool,
    /// Takes `{"id","mode","pattern","input","replacement"}` per line; modes: parse, parseAll, matches, replace, split, compile
    #[arg(long, conflicts_with_all = ["pattern", "flat", "trace"])]
    pub jsonl: bool,
    /// Adds warnings about each pattern, and about those that find nothing in their input
    #[arg(long, requires = "jsonl")]
    pub lint: bool,
    /// Refuses extensions (`@EMAIL` and the like)
    #[arg(long)]
    pub strict: bool,
    /// Zone of times that name none
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: String,
    /// The present, for times without a year, in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    let options = PatternOptions { zone: args.tz.clone(), now: now(args.now.as_deref())?, strict: args.strict };
    let input = io::stdin().lock();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match &args.pattern {
        None => each_line(input, |line| writeln!(out, "{}", answer(line, &options, args.lint))),
        Some(pattern) => {
            let pattern = Pattern::compile(pattern, &options)?;
            for lint in pattern.warnings() {
                crate::say::words(format_args!("warning[{}]: {}", lint.id, lint.says));
            }
            let mut lines = Lines { matcher: pattern.matcher(), flat: args.flat, trace: args.trace };
            each_line(input, |line| writeln!(out, "{}", lines.answer(line)))
        }
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(io_fault("stdin or stdout", &error)),
        _ => Ok(Exit::Ok),
    }
}

fn now(text: Option<&str>) -> Result<Timestamp, Fault> {
    match text {
        None => Ok(Timestamp::from_jiff(jiff::Timestamp::now()).unwrap_or_default()),
        Some(text) => Timestamp::parse_rfc3339(text)
            .ok_or_else(|| usage_fault(format!("`{text}` is not a time"), "write it as 2026-01-31T12:00:00Z")),
    }
}

/// Calls `each` with every line, without its line end. A line longer than a request's body is cut into several.
fn each_line(mut input: impl BufRead, mut each: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut line = Vec::new();
    while input.by_ref().take(limits::BODY_BYTES_MAX as u64).read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        each(&String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text)))?;
        line.clear();
    }
    Ok(())
}

/// Characters of the text that are shown where a pattern stopped.
const FOUND_CHARS_MAX: usize = 40;

struct Lines {
    matcher: Matcher,
    flat: bool,
    trace: bool,
}

impl Lines {
    fn answer(&mut self, line: &str) -> String {
        let mut values = vec![Value::Null; self.matcher.pattern().exports().len()];
        let matched = self.matcher.parse(line, &mut values).is_some();
        let fields = self.matcher.record(&mut values);
        let mut answer = Record::new();
        match (self.flat, matched) {
            (true, _) => answer = fields,
            (false, true) => {
                answer.push_new("match", Value::Bool(true));
                answer.push_new("fields", Value::Record(fields));
            }
            (false, false) => answer.push_new("match", Value::Bool(false)),
        }
        if self.trace {
            traced(&self.matcher.pattern().trace(line), self.matcher.pattern().text(), line, &mut answer);
        }
        json(answer)
    }
}

/// Adds `steps` (each element of the top with the text it took) and, when the pattern did not match, `stopped`.
fn traced(trace: &Trace, pattern: &str, line: &str, answer: &mut Record) {
    let piece = |text: &str, range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or_default().to_owned();
    let steps = trace.steps.iter().map(|step| {
        let mut members = Record::new();
        members.push_new("element", Value::owned(piece(pattern, &step.element)));
        members.push_new("took", Value::owned(piece(line, &step.took)));
        Value::Record(members)
    });
    answer.set("steps", Value::Array(steps.collect()));
    let Some(failure) = &trace.failure else { return };
    let mut stopped = Record::new();
    stopped.push_new("element", Value::owned(failure.text.clone()));
    stopped.push_new("offset", Value::Long(failure.offset as i64));
    stopped.push_new("matched", Value::Long(failure.matched as i64));
    stopped.push_new("expected", Value::owned(failure.expected.clone()));
    stopped.push_new("found", Value::owned(line[failure.offset..].chars().take(FOUND_CHARS_MAX).collect()));
    if let Some(hint) = &failure.hint {
        stopped.push_new("hint", Value::owned(hint.clone()));
    }
    if trace.gave_up {
        stopped.push_new("gave_up", Value::Bool(true));
    }
    answer.set("stopped", Value::Record(stopped));
}

fn json(record: Record) -> String {
    let mut out = String::new();
    write_json(&Value::Record(record), &mut out);
    out
}

/// The answer to one line of a batch.
fn answer(line: &str, options: &PatternOptions, lint: bool) -> String {
    let request: Json = serde_json::from_str(line).unwrap_or(Json::Null);
    let text = |name: &str, default: &'static str| request[name].as_str().unwrap_or(default).to_owned();
    let result = match request["pattern"].as_str() {
        None => Err(usage_fault(
            "the line is not a JSON object with a pattern",
            "write {\"id\":1,\"pattern\":\"...\",\"input\":\"...\"}",
        )),
        Some(pattern) => {
            run_mode(&text("mode", "parse"), pattern, &text("input", ""), &text("replacement", ""), options)
        }
    };
    let mut members = result.unwrap_or_else(|fault| error(&fault));
    if lint && let Ok(lints) = warnings(&text("mode", "parse"), &text("pattern", ""), &text("input", ""), options) {
        let says = lints.into_iter().map(|lint| Value::owned(format!("{}: {}", lint.id, lint.says)));
        members.set("warnings", Value::Array(says.collect()));
    }
    let members = json(members);
    format!("{{\"id\":{},{}", request["id"], &members[1..])
}

fn error(fault: &Fault) -> Record<'static> {
    let text = |text: &str| Value::owned(text.to_owned());
    let mut members = Record::new();
    members.push_new("id", text(fault.id()));
    members.push_new("message", text(fault.says()));
    members.push_new("at", text(fault.place()));
    members.push_new("because", text(fault.cause()));
    members.push_new("hint", text(fault.fix()));
    [("error", Value::Record(members))].into_iter().collect()
}
