//! `weir explain`: why a line was read as it was.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;

use weir_event::{Fault, limits, write_json_string};
use weir_parse::{Explanation, LineContext, Parser, ParserOptions};

use super::order::ContextArgs;
use super::{Exit, io_fault, pack};
use crate::say;

/// Tells for every line on stdin which packs were looked at, which one read it and why, what its steps found, which rule gave the
/// time, and where each part went.
#[derive(clap::Args)]
pub struct Args {
    /// Folders of packs beside the built-in ones
    #[arg(long, value_name = "DIR")]
    packs: Vec<PathBuf>,
    /// Show every pack that was looked at, not only those that recognise the line
    #[arg(long)]
    all: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    context: ContextArgs,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    let context = args.context.read(None)?;
    let packs = pack::load(&args.packs)?;
    let options = ParserOptions { zone: context.zone.clone(), pack: None };
    let mut parser = Parser::new(Arc::new(packs), options);
    let line_context = LineContext { zone: None, now: context.now };
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.map_err(|error| io_fault("stdin", &error))?;
        let text = String::from_utf8_lossy(&line[..line.len().min(limits::EVENT_BYTES_MAX)]);
        let told = parser.explain(text.trim_end_matches('\r'), &line_context);
        say::data(if args.json { json(&told) } else { words(&told, args.all) });
    }
    Ok(Exit::Ok)
}

fn words(told: &Explanation, all: bool) -> String {
    let mut out = vec![format!("seen as   {}", told.outline), "packs".to_owned()];
    let shown = told.considered.iter().filter(|one| all || one.outcome != "not recognised");
    out.extend(shown.map(|one| format!("  {:<32} {}: {}", one.pack, one.outcome, one.why)));
    let hidden = told.considered.iter().filter(|one| !all && one.outcome == "not recognised").count();
    if hidden > 0 {
        out.push(format!("  and {hidden} that do not recognise it (`--all` shows them)"));
    }
    out.push(format!("read by   {}", told.winner.as_deref().unwrap_or("no pack")));
    out.extend(told.steps.iter().enumerate().map(|(index, step)| format!("step {}    {step}", index + 1)));
    out.extend(told.cases.iter().map(|case| format!("case      {case}")));
    out.push(format!("time      {}", told.time));
    if !told.parts.is_empty() {
        out.push("parts".to_owned());
    }
    out.extend(told.parts.iter().map(|part| format!("  {} = {} -> {}", part.name, part.value, part.to)));
    if let Some((member, within)) = &told.inside {
        out.push(format!("inside    {member}"));
        out.extend(words(within, all).lines().map(|line| format!("  {line}")));
    }
    out.push(String::new());
    out.join("\n")
}

fn json(told: &Explanation) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let considered = told
        .considered
        .iter()
        .map(|one| object(&[("pack", text(&one.pack)), ("outcome", text(one.outcome)), ("why", text(&one.why))]));
    let parts = told
        .parts
        .iter()
        .map(|part| object(&[("name", text(&part.name)), ("value", text(&part.value)), ("to", text(&part.to))]));
    let inside = told
        .inside
        .as_ref()
        .map_or("null".to_owned(), |(member, within)| object(&[("member", text(member)), ("event", json(within))]));
    object(&[
        ("outline", text(&told.outline)),
        ("considered", list(considered.collect())),
        ("winner", told.winner.as_deref().map_or("null".to_owned(), text)),
        ("steps", list(told.steps.iter().map(|step| text(step)).collect())),
        ("cases", list(told.cases.iter().map(|case| text(case)).collect())),
        ("time", text(&told.time)),
        ("parts", list(parts.collect())),
        ("inside", inside),
    ])
}

fn text(text: &str) -> String {
    let mut out = String::new();
    write_json_string(text, &mut out);
    out
}

/// An object of members whose values are JSON already.
fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", text(name))).collect();
    format!("{{{}}}", members.join(","))
}
