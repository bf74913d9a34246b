//! The workloads. Each starts its own weir, so that one does not feel what another left behind.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::lines::{self, Random};
use super::weir::Weir;
use super::{Figure, Size};

const SEED: u64 = 20_261_121;
/// Different lines that a workload is made of; more events repeat them.
const BLOCK_LINES: usize = 100_000;
const HTTP_CONNECTIONS: usize = 8;
const HTTP_BATCH: usize = 100;
const HUNT_BATCH: usize = 1_000;
const HUNT_RUNS: usize = 5;
const SETTLE: Duration = Duration::from_secs(3);

/// Memory of a weir that has nothing to do.
pub fn idle(binary: &Path, _: Size) -> Result<Vec<Figure>> {
    let start = Instant::now();
    let weir = Weir::start(binary)?;
    let ready = start.elapsed().as_secs_f64() * 1e3;
    thread::sleep(SETTLE);
    Ok(vec![
        Figure { name: "start to ready", value: ready, unit: "ms", note: "empty data folder".into() },
        Figure {
            name: "idle RSS",
            value: weir.memory_mib("VmRSS")?,
            unit: "MiB",
            note: format!("{} s after ready", SETTLE.as_secs()),
        },
    ])
}

/// `weir parse` of a file, beside `wc -l` of the same file.
pub fn parse(binary: &Path, size: Size) -> Result<Vec<Figure>> {
    let path = std::env::temp_dir().join(format!("weir-bench-{}.log", std::process::id()));
    let block = lines::mixed(size.events.min(BLOCK_LINES), SEED);
    let mut file = File::create(&path)?;
    let blocks = size.events.div_ceil(BLOCK_LINES);
    (0..blocks).try_for_each(|_| file.write_all(&block))?;
    let lines = (blocks * size.events.min(BLOCK_LINES)) as f64;
    let parse = timed(Command::new(binary).arg("parse"), &path);
    let floor = timed(Command::new("wc").arg("-l"), &path);
    fs::remove_file(&path)?;
    let (parse, floor) = (parse?, floor?);
    let note = format!(
        "{lines} lines, {:.0} MB, JSON out; wc -l: {:.0} times faster",
        blocks as f64 * block.len() as f64 / 1e6,
        parse / floor
    );
    Ok(vec![Figure { name: "parse of a file", value: lines / parse, unit: "lines/s", note }])
}

/// Seconds a command takes with the file as its input and its output thrown away.
fn timed(command: &mut Command, input: &Path) -> Result<f64> {
    let start = Instant::now();
    let status = command.stdin(File::open(input)?).stdout(Stdio::null()).status()?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(start.elapsed().as_secs_f64())
}

/// One TCP connection of mixed syslog, until every event is durable and queryable, beside a reader that only counts line breaks.
pub fn tcp(binary: &Path, size: Size) -> Result<Vec<Figure>> {
    let block = lines::mixed(size.events.min(BLOCK_LINES), SEED);
    let blocks = size.events.div_ceil(BLOCK_LINES);
    let events = blocks * size.events.min(BLOCK_LINES);
    let weir = Weir::start(binary)?;
    let start = Instant::now();
    send(&weir.syslog_tcp, &block, blocks)?;
    let took = (weir.wait_stored(events)? - start).as_secs_f64();
    let floor = counting_floor(&block, blocks)?;
    let rate = format!(
        "{events} events, {:.0} MB/s; counting lines: {:.0} times faster",
        blocks as f64 * block.len() as f64 / took / 1e6,
        took / floor
    );
    Ok(vec![
        Figure { name: "syslog over one TCP", value: events as f64 / took, unit: "events/s", note: rate },
        Figure { name: "  its peak RSS", value: weir.memory_mib("VmHWM")?, unit: "MiB", note: String::new() },
    ])
}

fn send(address: &str, block: &[u8], blocks: usize) -> Result<()> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
    (0..blocks).try_for_each(|_| stream.write_all(block))?;
    Ok(())
}

/// Seconds to send the same bytes to a thread that counts line breaks.
fn counting_floor(block: &[u8], blocks: usize) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let start = Instant::now();
    let reader = thread::spawn(move || -> Result<usize> {
        let (mut stream, _) = listener.accept()?;
        let (mut buffer, mut lines) = (vec![0; 1 << 16], 0);
        loop {
            match stream.read(&mut buffer)? {
                0 => return Ok(lines),
                size => lines += buffer[..size].iter().filter(|byte| **byte == b'\n').count(),
            }
        }
    });
    send(&address, block, blocks)?;
    let counted = reader.join().ok().context("the counting thread ended early")??;
    eprintln!("floor counted {counted} lines");
    Ok(start.elapsed().as_secs_f64())
}

/// Batches of 100 JSON events over keep-alive connections, each answered after its fsync.
pub fn http_json(binary: &Path, size: Size) -> Result<Vec<Figure>> {
    let weir = Weir::start(binary)?;
    let each = size.events / HTTP_CONNECTIONS / HTTP_BATCH;
    let start = Instant::now();
    let posted: Result<Vec<usize>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..HTTP_CONNECTIONS)
            .map(|index| {
                scope.spawn({
                    let weir = &weir;
                    move || post(weir, each, HTTP_BATCH, SEED + index as u64, 1_000)
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().ok().context("a sender ended early")?).collect()
    });
    let (took, events) = (start.elapsed().as_secs_f64(), posted?.iter().sum::<usize>());
    weir.wait_stored(events)?;
    let note =
        format!("{events} events in batches of {HTTP_BATCH}, {HTTP_CONNECTIONS} connections, answered after fsync");
    Ok(vec![Figure { name: "JSON over HTTP", value: events as f64 / took, unit: "events/s", note }])
}

/// Posts batches of resolver records; gives how many events were acknowledged. A 429 is tried again after a moment.
fn post(weir: &Weir, batches: usize, batch: usize, seed: u64, hit_every: u64) -> Result<usize> {
    let mut client = weir.client()?;
    let mut random = Random::new(seed);
    let bodies: Vec<String> =
        (0..batches.min(200)).map(|_| lines::resolver(batch, &mut random, now(), hit_every)).collect();
    let mut index = 0;
    while index < batches {
        let answer = client.post("/v1/ingest/bench", bodies[index % bodies.len()].as_bytes())?;
        match answer.status {
            202 => index += 1,
            429 => thread::sleep(Duration::from_millis(50)),
            status => bail!("ingest answered {status}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }
    Ok(batches * batch)
}

const HUNT: &str = "fetch logs, from: -2h\n| filter aws.log_group == \"/aws/route53/unguard-secla-demo/resolver-logs\"\n\
    | parse content, \"json{timestamp('yyyy-MM-DDTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)\"\n\
    | parse query_name, \"ld* '.'? ( (ld '.' ld):domain '.' eos) \"\n| filter domain == \"tiitha-maliciousdomain.com\"\n\
    | fields query_timestamp, srcaddr, query_name\n| summarize count()";

/// The hunt over stored resolver records: the first run and the best of the later ones.
pub fn hunt(binary: &Path, size: Size) -> Result<Vec<Figure>> {
    let weir = Weir::start(binary)?;
    let start = Instant::now();
    let events = post(&weir, size.hunt.div_ceil(HUNT_BATCH), HUNT_BATCH, SEED, 10_000)?;
    weir.wait_stored(events)?;
    eprintln!("{events} events stored in {:.1} s", start.elapsed().as_secs_f64());
    let mut client = weir.client()?;
    let body = serde_json::json!({ "query": HUNT }).to_string();
    let mut runs = Vec::new();
    let mut found = String::new();
    for _ in 0..HUNT_RUNS {
        let start = Instant::now();
        let answer = client.post("/v1/query", body.as_bytes())?;
        runs.push(start.elapsed().as_secs_f64() * 1e3);
        found = String::from_utf8_lossy(&answer.body).lines().next().unwrap_or_default().to_owned();
        if answer.status != 200 {
            bail!("the query answered {}: {found}", answer.status);
        }
    }
    let best = runs.iter().skip(1).copied().fold(f64::INFINITY, f64::min);
    Ok(vec![
        Figure { name: "hunt, first", value: runs[0], unit: "ms", note: format!("{events} events, {found}") },
        Figure { name: "hunt, warm", value: best, unit: "ms", note: format!("best of {}", HUNT_RUNS - 1) },
        Figure { name: "  its peak RSS", value: weir.memory_mib("VmHWM")?, unit: "MiB", note: String::new() },
    ])
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
