//! `weir pack score`: how well raw lines are read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use weir_event::{Fault, limits};
use weir_parse::{LineContext, Parser, ParserOptions};

use super::super::order::ContextArgs;
use super::super::{Exit, io_fault};
use super::load;
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// Files of raw events, one a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Folders of packs beside the built-in ones
    #[arg(long, value_name = "DIR")]
    packs: Vec<PathBuf>,
    /// The pack that should read all lines; lines of others are shown
    #[arg(long, value_name = "PACK")]
    pack: Option<String>,
    #[command(flatten)]
    context: ContextArgs,
}

/// What was counted.
#[derive(Default)]
struct Counts {
    lines: usize,
    read: usize,
    timed: usize,
    by_pack: BTreeMap<String, usize>,
    notes: BTreeMap<&'static str, usize>,
    artifacts: BTreeMap<&'static str, usize>,
}

/// Lines that are shown because another pack than the wanted one read them.
const SHOWN_MAX: usize = 10;

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let context = args.context.read(None)?;
    let packs = Arc::new(load(&args.packs)?);
    let mut parser = Parser::new(packs, ParserOptions { zone: context.zone.clone(), pack: None });
    let line_context = LineContext { zone: None, now: context.now };
    let mut counts = Counts::default();
    let mut others = 0;
    for path in &args.files {
        let file = File::open(path).map_err(|error| io_fault(path.display(), &error))?;
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(|error| io_fault(path.display(), &error))?;
            let text = String::from_utf8_lossy(&line[..line.len().min(limits::EVENT_BYTES_MAX)]);
            if text.trim().is_empty() {
                continue;
            }
            let reader = counts.line(&mut parser, &text, &line_context);
            if args.pack.is_some() && reader != args.pack {
                others += 1;
                if others <= SHOWN_MAX {
                    say::data(format_args!(
                        "{}:{}: {}",
                        path.display(),
                        counts.lines,
                        reader.as_deref().unwrap_or("no pack")
                    ));
                }
            }
        }
    }
    counts.tell();
    Ok(if others > 0 || counts.read < counts.lines { Exit::Findings } else { Exit::Ok })
}

impl Counts {
    /// Counts one line; the pack that read it.
    fn line(&mut self, parser: &mut Parser, text: &str, context: &LineContext) -> Option<String> {
        let parsed = parser.parse_line(text, context);
        self.lines += 1;
        self.read += usize::from(parsed.parsed);
        self.timed += usize::from(parsed.timestamp.is_some());
        let reader = parsed.parser.as_deref().map(str::to_owned);
        *self.by_pack.entry(reader.clone().unwrap_or_else(|| "(no pack)".to_owned())).or_default() += 1;
        parsed.row().notes().iter().for_each(|note| *self.notes.entry(note).or_default() += 1);
        parsed.row().artifacts().for_each(|(kind, _)| *self.artifacts.entry(kind.name()).or_default() += 1);
        reader
    }

    fn tell(&self) {
        let share = |count: usize| 100.0 * count as f64 / self.lines.max(1) as f64;
        say::data(format_args!("lines      {}", self.lines));
        say::data(format_args!("read       {} ({:.1} %)", self.read, share(self.read)));
        say::data(format_args!("with time  {} ({:.1} %)", self.timed, share(self.timed)));
        for (pack, count) in &self.by_pack {
            say::data(format_args!("pack       {pack}: {count} ({:.1} %)", share(*count)));
        }
        for (kind, count) in &self.artifacts {
            say::data(format_args!("artifacts  {kind}: {count}"));
        }
        for (note, count) in &self.notes {
            say::data(format_args!("note       {note}: {count}"));
        }
    }
}
