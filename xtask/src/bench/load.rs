//! The peer benchmark's events on their way into a weir: read by one, sent to another as any client would.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http::Client;
use super::lines::stamp;
use super::weir::Weir;

/// The columns besides the time.
pub const FIELDS: [&str; 16] = [
    "log_group",
    "kind",
    "category",
    "severity",
    "vendor",
    "product",
    "host",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "user",
    "action",
    "query_name",
    "bytes",
    "message",
];
const DAY: u64 = 86_400;
/// Seconds of events that are read at once, so that they fit into memory.
const SLICE: u64 = 300;
/// Events of a request.
const BATCH: usize = 1_000;
/// Nothing has changed for this long: the joining of segments is over.
const REST: Duration = Duration::from_secs(10);
const REST_MAX: Duration = Duration::from_secs(600);

/// Sends all events, and waits until they are stored.
pub fn events(binary: &Path, input: &Path, meta: &Value, weir: &Weir) -> Result<()> {
    let end = meta["end_us"].as_u64().context("no end_us")? / 1_000_000;
    let mut client = weir.client()?;
    let mut sent = 0;
    for from in (end - DAY..end).step_by(SLICE as usize) {
        sent += slice(binary, input, from, &mut client)?;
    }
    weir.wait_stored(sent)?;
    Ok(())
}

/// Sends the events of one slice of time; how many.
fn slice(binary: &Path, input: &Path, from: u64, client: &mut Client) -> Result<usize> {
    let named: Vec<&str> = FIELDS.into_iter().filter(|name| *name != "message").collect();
    let time = |seconds: u64| format!("toTimestamp(\"{}\")", stamp(seconds));
    let query = format!(
        "fetch events | filter ts >= {} and ts < {} | fields timestamp = ts, content = message, {}",
        time(from),
        time(from + SLICE),
        named.join(", ")
    );
    let mut command = Command::new(binary);
    command.arg("query").arg(query).args(["--format", "ndjson", "--limit", "0", "--input"]);
    command.arg(format!("events={}", input.display()));
    let mut reading = command.stdout(Stdio::piped()).spawn().context("cannot read the events")?;
    let lines = BufReader::new(reading.stdout.take().context("no output")?).lines();
    let (mut sent, mut batch) = (0, Vec::with_capacity(BATCH));
    for line in lines {
        batch.push(line?);
        if batch.len() == BATCH {
            sent += send(client, &mut batch)?;
        }
    }
    sent += send(client, &mut batch)?;
    match reading.wait()?.success() {
        true => Ok(sent),
        false => bail!("the events could not be read"),
    }
}

/// Sends a batch until it is taken; how many events it had.
fn send(client: &mut Client, batch: &mut Vec<String>) -> Result<usize> {
    let events = std::mem::take(batch);
    if events.is_empty() {
        return Ok(0);
    }
    let body = format!("[{}]", events.join(","));
    loop {
        match client.post("/v1/ingest/bench", body.as_bytes())?.status {
            202 => return Ok(events.len()),
            429 => sleep(Duration::from_millis(50)),
            status => bail!("ingest answered {status}"),
        }
    }
}

/// Waits until the files of segments stay the same.
pub fn wait_joined(segments: &Path) -> Result<()> {
    let names = || -> Result<Vec<_>> {
        let mut names = fs::read_dir(segments)?.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    };
    let (begun, mut have, mut since) = (Instant::now(), names()?, Instant::now());
    while since.elapsed() < REST && begun.elapsed() < REST_MAX {
        sleep(Duration::from_millis(500));
        let now = names()?;
        if now != have {
            (have, since) = (now, Instant::now());
        }
    }
    Ok(())
}
