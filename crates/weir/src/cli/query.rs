//! `weir query`: a question to a running weir, to a data directory, or to files.

mod batch;
mod check;
mod local;
mod parquet;
mod remote;

pub use local::Local;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;

use weir_event::{Clock, Fault, Record, Timestamp, Value};
use weir_lang::tools::Lint;
use weir_query::{Meta, reads_tables};

use super::client::Server;
use super::output::{self, Format};
use super::{Exit, io_fault, usage_fault};
use crate::say;
use crate::server::SystemClock;
use crate::when;

#[derive(clap::Args)]
pub struct Args {
    /// The query; `-` reads it from stdin
    #[arg(value_name = "DQL", required_unless_present = "jsonl")]
    query: Option<String>,
    #[command(flatten)]
    server: Server,
    /// Data directory of a weir that does not run
    #[arg(long, value_name = "DIR", conflicts_with = "server")]
    data: Option<PathBuf>,
    /// Files to ask; each is the table named by its stem
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["server", "data"])]
    input: Vec<PathBuf>,
    /// Begin of the time looked at: RFC 3339, or relative such as -15m
    #[arg(long, allow_hyphen_values = true)]
    from: Option<String>,
    /// End of the time looked at
    #[arg(long, allow_hyphen_values = true)]
    to: Option<String>,
    /// What the query takes as now
    #[arg(long)]
    now: Option<String>,
    /// Rows at most; 0 is no limit
    #[arg(long)]
    limit: Option<usize>,
    /// IANA name of the time zone of calendar functions
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// What `$NAME` stands for in the query: a number, true, false, or text
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// Whose data, with --data
    #[arg(long, default_value = crate::config::TENANT_DEFAULT)]
    tenant: String,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Only compile; say what is wrong, and warn of what is hardly meant. With --jsonl, answer {"id","lints"} or {"id","error"} per line
    #[arg(long, conflicts_with = "explain")]
    check: bool,
    /// Show plan and cost
    #[arg(long)]
    explain: bool,
    /// Refuse weir's own extensions of the languages
    #[arg(long)]
    strict: bool,
    /// Read {"id","query"} per line from stdin, answer {"id","records"} or {"id","error"} per line; reads the plain languages, as with
    /// --strict. When no server is named and none runs, tables are empty, and the answer notes it
    #[arg(long, conflicts_with = "explain")]
    jsonl: bool,
}

/// Where to ask.
pub(super) enum Target {
    Server {
        server: Server,
        /// Answers queries that read no table, when nobody has named a server.
        here: Option<Box<local::Local>>,
    },
    Local(Box<local::Local>),
}

/// What to ask.
pub(super) struct Question {
    pub text: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub now: Option<String>,
    pub limit: Option<usize>,
    pub timezone: String,
    pub tenant: String,
    pub parameters: BTreeMap<String, Value<'static>>,
    pub strict: bool,
}

/// What came back.
pub(super) struct Reply {
    pub records: Vec<Record<'static>>,
    /// Column names; a remote answer of no rows has them too.
    pub columns: Vec<(String, String)>,
    /// Words for stderr.
    pub notes: Vec<String>,
    pub whole: Whole,
}

/// Whether an answer has all the rows that the query gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Yes,
    /// There are more rows than were wanted at most.
    Limited,
    /// A limit ended the reading.
    CutShort,
}

impl Whole {
    pub fn of(meta: &Meta) -> Whole {
        match (meta.partial, meta.limited) {
            (false, _) => Whole::Yes,
            (true, true) => Whole::Limited,
            (true, false) => Whole::CutShort,
        }
    }
}

impl Question {
    /// The moment that relative times count from.
    pub fn now(&self) -> Result<Timestamp, Fault> {
        let clock = SystemClock.now();
        self.now.as_deref().map_or(Ok(clock), |text| when::read(text, clock, "--now"))
    }
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    let target = target(&args)?;
    let mut question = Question {
        text: String::new(),
        from: args.from,
        to: args.to,
        now: args.now,
        limit: args.limit,
        timezone: args.timezone,
        tenant: args.tenant,
        strict: args.strict || args.jsonl,
        parameters: args.param.iter().map(|text| parameter(text)).collect::<Result<_, _>>()?,
    };
    if args.jsonl {
        return batch::run(&target, question, if args.check { batch::check } else { batch::answer });
    }
    question.text = match args.query.as_deref() {
        Some("-") => stdin_text()?,
        Some(text) => text.to_owned(),
        None => return Err(usage_fault("there is no query", "give one, or `-` to read it from stdin")),
    };
    if args.check {
        check::words(&question.text, &target.check(&question)?);
        return Ok(Exit::Ok);
    }
    if args.explain {
        say::data(target.explain(&question)?);
        return Ok(Exit::Ok);
    }
    let reply = target.ask(&question)?;
    for note in &reply.notes {
        say::words(format_args!("note: {note}"));
    }
    let mut out = io::BufWriter::new(io::stdout());
    let written = match args.format {
        Format::Parquet => {
            parquet::write(&reply, &mut out)?;
            Ok(())
        }
        format => output::write(format, &reply.records, &mut out),
    };
    match written.and_then(|()| io::Write::flush(&mut out)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(io_fault("stdout", &error)),
        _ => Ok(reply.exit(question.limit)),
    }
}

impl Reply {
    /// An answer cut at a number of rows that was asked for is no failure; any other that is not whole ends with its own code.
    fn exit(&self, limit: Option<usize>) -> Exit {
        match (self.whole, limit) {
            (Whole::Yes, _) | (Whole::Limited, Some(_)) => Exit::Ok,
            (Whole::Limited, None) | (Whole::CutShort, _) => Exit::Partial,
        }
    }
}

/// A name and its value.
fn parameter(text: &str) -> Result<(String, Value<'static>), Fault> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| usage_fault(format!("`{text}` is no parameter"), "write --param name=value"))?;
    let value = match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        text => match (text.parse(), text.parse()) {
            (Ok(whole), _) => Value::Long(whole),
            (_, Ok(number)) => Value::Double(number),
            _ => Value::owned(text.to_owned()),
        },
    };
    Ok((name.to_owned(), value))
}

fn target(args: &Args) -> Result<Target, Fault> {
    if !args.input.is_empty() {
        return Ok(Target::Local(Box::new(local::Local::files(&args.input)?)));
    }
    if let Some(folder) = &args.data {
        return Ok(Target::Local(Box::new(local::Local::data(folder, &args.tenant)?)));
    }
    let here = if args.server.is_named() { None } else { Some(Box::new(local::Local::nothing()?)) };
    Ok(Target::Server { server: args.server.clone(), here })
}

impl Target {
    pub(super) fn ask(&self, question: &Question) -> Result<Reply, Fault> {
        match self {
            Target::Local(local) => local.ask(question),
            Target::Server { here: Some(local), .. } if !reads_tables(&question.text) => local.ask(question),
            Target::Server { server, .. } => remote::ask(server, question),
        }
    }

    fn check(&self, question: &Question) -> Result<Vec<Lint>, Fault> {
        match self {
            Target::Local(local) => local.check(question),
            // A check needs no data, so none is fetched.
            Target::Server { here: Some(local), .. } => local.check(question),
            Target::Server { here: None, .. } => local::Local::nothing()?.check(question),
        }
    }

    fn explain(&self, question: &Question) -> Result<String, Fault> {
        match self {
            Target::Local(local) => local.explain(question),
            Target::Server { here: Some(local), .. } if !reads_tables(&question.text) => local.explain(question),
            Target::Server { .. } => Err(usage_fault("--explain needs the data", "add --data DIR or --input FILE")),
        }
    }
}

fn stdin_text() -> Result<String, Fault> {
    let mut text = String::new();
    let limit = weir_event::limits::QUERY_BYTES_MAX as u64;
    io::stdin().lock().take(limit).read_to_string(&mut text).map_err(|error| io_fault("stdin", &error))?;
    Ok(text)
}
