//! `weir parse`: raw lines to typed fields and artifacts.

mod orders;

use std::sync::Arc;

use weir_event::{Fault, FaultKind, nearest};
use weir_parse::{LineContext, Packs, Parser, ParserOptions, lines};

use super::Exit;
use super::lines::{Answer, answer_stdin, workers_count};
use super::order::{Context, ContextArgs};

/// Parses raw lines on stdin: one JSON object per line on stdout, in order.
///
/// Each object says which pack recognised the line, the event's own time, its fields, the artifacts worth pivoting on, and
/// what was odd. A line that no pack recognises has `"parsed":false` and whatever could be found in its text. No server and no
/// configuration are needed.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  weir parse < firewall.log
  weir parse --tz Europe/Berlin --now 2026-01-02T00:00:00Z < last-year.log
  weir parse --pack vendor/product < product.log
  weir parse --jsonl < records.jsonl

Every answer is {\"parsed\",\"parser\",\"timestamp\",\"fields\",\"artifacts\",\"notes\"}. With --jsonl every line is
{\"id\",\"raw\",\"context\"} (the context may hold `tz` and `now`) and the answer begins with the id.")]
pub struct Args {
    /// Ask this pack only, named as vendor/product
    #[arg(long, value_name = "PACK", conflicts_with = "format")]
    pack: Option<String>,
    /// Ask all packs, or only the general reader of a format
    #[arg(long, value_enum, default_value = "auto")]
    format: Format,
    /// Lines are JSON objects with `id`, `raw` and `context`
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    context: ContextArgs,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Auto,
    Cef,
    Leef,
    Syslog,
    Json,
    Kv,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    let context = args.context.read(None)?;
    let packs = Arc::new(Packs::builtin().map_err(first)?);
    // Never given back, since the process ends with the lines: taking the packs apart costs a tenth of putting them together.
    std::mem::forget(packs.clone());
    let pack = args.pack.or_else(|| args.format.pack().map(str::to_owned));
    if let Some(name) = &pack
        && packs.find(name).is_none()
    {
        return Err(unknown_pack(name, &packs));
    }
    let options = ParserOptions { zone: context.zone.clone(), pack };
    let worker = || Worker {
        parser: Parser::new(packs.clone(), options.clone()),
        line: LineContext { zone: None, now: context.now },
        jsonl: args.jsonl,
        context: context.clone(),
    };
    answer_stdin((0..workers_count()).map(|_| worker()).collect())?;
    Ok(Exit::Ok)
}

struct Worker {
    parser: Parser,
    line: LineContext,
    jsonl: bool,
    context: Context,
}

impl Answer for Worker {
    fn answer(&mut self, text: &str, out: &mut Vec<u8>) {
        if self.jsonl {
            let lines: Vec<&str> = lines(text).collect();
            orders::answer(&mut self.parser, &mut self.context, &lines, out);
        } else {
            self.parser.write_text(text, &self.line, out);
        }
    }
}

impl Format {
    /// The pack that reads a format for which no pack of a product is asked.
    fn pack(self) -> Option<&'static str> {
        match self {
            Format::Auto => None,
            Format::Cef => Some("generic/cef"),
            Format::Leef => Some("generic/leef"),
            Format::Syslog => Some("generic/syslog"),
            Format::Json => Some("generic/json"),
            Format::Kv => Some("generic/kv"),
        }
    }
}

/// Built-in packs are tested, so one fault says enough.
fn first(faults: Vec<Fault>) -> Fault {
    let none = Fault::new("CLI-003", FaultKind::Bug, "the built-in packs cannot be read");
    faults.into_iter().next().unwrap_or(none)
}

fn unknown_pack(name: &str, packs: &Packs) -> Fault {
    let near = nearest(name, packs.iter().map(|pack| &*pack.name));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "leave `--pack` out to let weir recognise the lines".to_owned(),
    };
    Fault::new("CLI-004", FaultKind::Usage, format!("there is no pack `{name}`")).hint(hint)
}
