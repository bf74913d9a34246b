//! `cargo xtask bench peers`: weir beside the query engines of the peer benchmark, which `WEIR_PEERS` names the folder of.
//!
//! That benchmark makes the events, asks five questions of every engine that is installed and compares their answers. weir joins it as
//! `cargo xtask bench answer`, see [`super::answer`].

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Figure, Size};

/// The questions, and what each looks for.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("a", "query: last 5 minutes", "one domain in the newest of the events"),
    ("b", "query: counts by hour", "by hour and category over half a day"),
    ("c", "query: substring", "in the raw text of all events"),
    ("d", "query: top 20", "sources by how many names each asked for"),
    ("e", "query: look-up", "all fields of the events of one address"),
];
const PEERS: &str = "duckdb,duckdb-native,chdb,datafusion-pushdown,polars";

/// Milliseconds of weir for each question, beside the fastest of the others.
pub fn peers(binary: &Path, _: Size) -> Result<Vec<Figure>> {
    let Some(folder) = env::var_os("WEIR_PEERS") else {
        eprintln!("peers: skipped; WEIR_PEERS names the folder of the peer benchmark");
        return Ok(Vec::new());
    };
    let own = env::current_exe()?;
    let answering = format!("env WEIR_BINARY={} {} bench answer", binary.display(), own.display());
    let mut command = Command::new("sh");
    command.arg(Path::new(&folder).join("run.sh")).args(["W3", "--peer", PEERS, "--weir", &answering]);
    let output = command.stderr(Stdio::inherit()).output().context("cannot start the peer benchmark")?;
    if !output.status.success() {
        bail!("the peer benchmark ended with {}", output.status);
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let answers: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    answers.iter().filter(|answer| !answer["error"].is_null()).for_each(|answer| eprintln!("{answer}"));
    Ok(QUESTIONS.iter().filter_map(|question| figure(*question, &answers)).collect())
}

fn figure((letter, name, what): (&str, &'static str, &str), answers: &[Value]) -> Option<Figure> {
    let of_question = || answers.iter().filter(|answer| answer["mode"] == letter);
    let weir = of_question().find(|answer| answer["peer"] == "weir")?;
    let ms = |answer: &Value| answer["ms"].as_f64().unwrap_or(f64::INFINITY);
    let best = of_question().filter(|answer| answer["peer"] != "weir").min_by(|a, b| ms(a).total_cmp(&ms(b)));
    let best = best.map_or("no peer is installed".to_owned(), |best| {
        format!("fastest peer: {} ms ({})", super::digits(ms(best)), best["peer"].as_str().unwrap_or_default())
    });
    let agrees = if weir["agrees"].as_f64() == Some(0.0) { "; THE ANSWERS DIFFER" } else { "" };
    Some(Figure { name, value: ms(weir), unit: "ms", note: format!("{what}; {best}{agrees}") })
}
