//! `weir fmt`: queries in their usual form.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use weir_event::{Fault, limits};
use weir_lang::tools::format;

use super::{Exit, io_fault};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// Files with one query each, rewritten where they differ; without, stdin goes to stdout
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only name the files that differ; exit code 1 when there are any
    #[arg(long, requires = "files")]
    check: bool,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    if args.files.is_empty() {
        let formatted = format(&read("stdin", &mut io::stdin().lock())?)?;
        say::data(formatted.trim_end_matches('\n'));
        return Ok(Exit::Ok);
    }
    let mut differing = 0;
    for path in &args.files {
        differing += usize::from(file(path, args.check)?);
    }
    Ok(if args.check && differing > 0 { Exit::Findings } else { Exit::Ok })
}

/// True when the file was not in its usual form.
fn file(path: &Path, only_check: bool) -> Result<bool, Fault> {
    let mut input = std::fs::File::open(path).map_err(|error| io_fault(path.display(), &error))?;
    let text = read(path.display(), &mut input)?;
    let formatted = format(&text).map_err(|fault| {
        let place = format!("{}, {}", path.display(), fault.place());
        fault.at(place)
    })?;
    if formatted == text {
        return Ok(false);
    }
    say::data(path.display());
    if !only_check {
        std::fs::write(path, formatted).map_err(|error| io_fault(path.display(), &error))?;
    }
    Ok(true)
}

fn read(place: impl std::fmt::Display, input: &mut dyn Read) -> Result<String, Fault> {
    let mut text = String::new();
    let limit = limits::QUERY_BYTES_MAX as u64 + 1;
    input.take(limit).read_to_string(&mut text).map_err(|error| io_fault(&place, &error))?;
    if text.len() > limits::QUERY_BYTES_MAX {
        return Err(Fault::new("CLI-020", weir_event::FaultKind::Limit, "the query is too long")
            .at(place)
            .because(format!("a query has at most {} bytes", limits::QUERY_BYTES_MAX)));
    }
    Ok(text)
}
