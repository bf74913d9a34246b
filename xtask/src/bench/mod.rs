//! `cargo xtask bench`: what this machine does, beside a floor. Figures are printed, never judged: a busy machine must not fail anything.

mod answer;
mod http;
mod lines;
mod load;
mod peers;
mod weir;
mod work;

use anyhow::{Result, bail};

use crate::run;

/// How much to do.
#[derive(Clone, Copy)]
pub struct Size {
    /// Events of each ingest workload.
    pub events: usize,
    /// Events stored before the hunt.
    pub hunt: usize,
}

/// One line of the report.
pub struct Figure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// How it was taken, or what it is to be compared with.
    pub note: String,
}

type Workload = fn(&std::path::Path, Size) -> Result<Vec<Figure>>;

const WORKLOADS: &[(&str, Workload)] = &[
    ("idle", work::idle),
    ("parse", work::parse),
    ("tcp", work::tcp),
    ("http", work::http_json),
    ("hunt", work::hunt),
    ("peers", peers::peers),
];

/// Runs the named workloads, or all; `answer` is weir's part in the peer benchmark.
pub fn run(args: &[String]) -> Result<()> {
    if args.first().is_some_and(|arg| arg == "answer") {
        return answer::run();
    }
    let (size, names) = read(args)?;
    let binary = run::fast_binary()?;
    let chosen = WORKLOADS.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|each| each == name));
    let mut failed = Vec::new();
    for (name, workload) in chosen {
        match workload(&binary, size) {
            Ok(figures) => figures.iter().for_each(print),
            Err(error) => {
                eprintln!("{name}: {error:#}");
                failed.push(*name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("no figures for: {}", failed.join(", "));
    }
    Ok(())
}

fn print(figure: &Figure) {
    println!("{:<28} {:>14} {:<9} {}", figure.name, digits(figure.value), figure.unit, figure.note);
}

fn read(args: &[String]) -> Result<(Size, Vec<String>)> {
    let mut size = Size { events: 1_000_000, hunt: 1_000_000 };
    let mut names = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number =
            || args.next().and_then(|text| text.replace('_', "").parse::<usize>().ok()).filter(|number| *number > 0);
        match (arg.as_str(), WORKLOADS.iter().any(|(name, _)| name == arg)) {
            ("--quick", _) => size = Size { events: 50_000, hunt: 50_000 },
            ("--events", _) => size.events = number().unwrap_or(size.events),
            ("--hunt", _) => size.hunt = number().unwrap_or(size.hunt),
            (_, true) => names.push(arg.clone()),
            _ => bail!("no workload or option `{arg}`"),
        }
    }
    Ok((size, names))
}

/// `1234567.8` as `1,234,568`; small figures keep two decimals.
fn digits(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let text = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in text.chars().enumerate() {
        if index > 0 && (text.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(
            [digits(0.5), digits(99.0), digits(1000.0), digits(1_234_567.8)],
            ["0.50", "99.00", "1,000", "1,234,568"]
        );
    }

    #[test]
    fn options_are_read() {
        let (size, names) = read(&["--events", "10_000", "tcp"].map(str::to_owned)).expect("read");
        assert_eq!((size.events, names), (10_000, vec!["tcp".to_owned()]));
        assert!(read(&["typo".to_owned()]).is_err());
    }
}
