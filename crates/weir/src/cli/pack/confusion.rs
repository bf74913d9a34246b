//! `weir pack confusion`: which packs take the records of which others.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::Fault;
use weir_parse::{LineContext, Parser, ParserOptions};

use super::super::order::{Context, ContextArgs, Order};
use super::super::{Exit, io_fault, usage_fault};
use super::{folders, load_folders, pack_name};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// Folders of packs; their samples are read with all packs loaded
    #[arg(value_name = "DIR", default_value = "packs")]
    dirs: Vec<PathBuf>,
    /// Files of records whose pack is known, instead of the samples: one `{"pack":"vendor/product","raw":"..."}` a line; a vendor
    /// alone stands for any of its packs
    #[arg(long, value_name = "FILE")]
    labelled: Vec<PathBuf>,
    #[command(flatten)]
    context: ContextArgs,
}

/// How often records of one pack were read by another; the empty name is no pack.
#[derive(Default)]
struct Matrix {
    lines: usize,
    right: usize,
    wrong: BTreeMap<(String, String), usize>,
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let context = args.context.read(None)?;
    // Labelled records can be read by the built-in packs alone.
    let none = !args.labelled.is_empty() && args.dirs == [Path::new("packs")] && !args.dirs[0].is_dir();
    let folders = if none { Vec::new() } else { folders(&args.dirs)? };
    let options = ParserOptions { zone: context.zone.clone(), pack: None };
    let mut tried =
        Tried { parser: Parser::new(Arc::new(load_folders(&folders)?), options), context, matrix: Matrix::default() };
    match args.labelled.as_slice() {
        [] => folders.iter().try_for_each(|folder| tried.samples(folder))?,
        files => files.iter().try_for_each(|file| tried.labelled(file))?,
    }
    tried.matrix.tell();
    Ok(if tried.matrix.wrong.is_empty() { Exit::Ok } else { Exit::Findings })
}

struct Tried {
    parser: Parser,
    context: Context,
    matrix: Matrix,
}

impl Tried {
    fn line(&mut self, label: &str, raw: &str, context: &LineContext) {
        let parsed = self.parser.parse_line(raw, context);
        self.matrix.count(label, parsed.parser.as_deref().unwrap_or_default());
    }

    /// Every line of a pack's own samples.
    fn samples(&mut self, folder: &Path) -> Result<(), Fault> {
        let Some(name) = pack_name(folder)? else { return Ok(()) };
        let context = LineContext { zone: None, now: self.context.now };
        let files = fs::read_dir(folder.join("samples")).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in files.filter(|path| path.extension().is_some_and(|end| end == "log")) {
            if path.ends_with("not-mine.log") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
            text.lines().filter(|line| !line.trim().is_empty()).for_each(|line| self.line(&name, line, &context));
        }
        Ok(())
    }

    /// Every line of a file of labelled records.
    fn labelled(&mut self, path: &Path) -> Result<(), Fault> {
        let file = fs::File::open(path).map_err(|error| io_fault(path.display(), &error))?;
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(|error| io_fault(path.display(), &error))?;
            if line.trim().is_empty() {
                continue;
            }
            let bad = |why: &str| {
                let hint = "write `{\"pack\":\"vendor/product\",\"raw\":\"...\"}`, one a line";
                usage_fault(format!("{}:{}: {why}", path.display(), number + 1), hint)
            };
            let order = Order::read(&line).map_err(|why| bad(&why))?;
            let (Some(pack), Some(raw)) = (order.text("pack"), order.text("raw")) else {
                return Err(bad("`pack` or `raw` is missing or no text"));
            };
            let (zone, now) = self.context.of(&order);
            self.line(pack, raw, &LineContext { zone: Some(zone), now });
        }
        Ok(())
    }
}

impl Matrix {
    fn count(&mut self, label: &str, reader: &str) {
        self.lines += 1;
        let vendor = !label.contains('/') && reader.split('/').next() == Some(label);
        if reader == label || vendor {
            self.right += 1;
        } else {
            *self.wrong.entry((label.to_owned(), reader.to_owned())).or_default() += 1;
        }
    }

    /// What lies off the diagonal, and how much lies on it.
    fn tell(&self) {
        for ((label, reader), count) in &self.wrong {
            let reader = if reader.is_empty() { "(no pack)" } else { reader };
            say::data(format_args!("{label}  ->  {reader}: {count}"));
        }
        let share = 100.0 * self.right as f64 / self.lines.max(1) as f64;
        say::words(format_args!("{} of {} records were read by their own pack ({share:.2} %)", self.right, self.lines));
    }
}
