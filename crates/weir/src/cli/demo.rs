//! `weir demo`: `weir run` with traffic of its own.

mod lines;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use weir_event::{Clock, Fault};

use super::client::{Request, Server};
use super::run::{self, stop_signal};
use super::{Exit, io_fault};
use crate::config::Config;
use crate::listen::TlsFiles;
use crate::say;
use crate::server::{self, Running, Stop, SystemClock};
use lines::Lines;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    run: run::Args,
    /// Syslog events a second
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    rate: u64,
}

const SYSLOG: &str = include_str!("../../../../examples/demo/syslog.txt");
const RESOLVER: &str = include_str!("../../../../examples/demo/resolver.txt");
const RESOLVER_BAD: &str = include_str!("../../../../examples/demo/resolver-bad.txt");
/// Between two bundles of lines.
const STEP: Duration = Duration::from_millis(250);
/// Steps between two names that the rule looks for.
const BAD_EVERY: u64 = 40;

pub fn run(args: Args) -> Result<Exit, Fault> {
    let Some(mut config) = run::configuration(&args.run) else { return Ok(Exit::Config) };
    if args.run.data.is_none() && args.run.config.is_none() {
        config.data = std::env::temp_dir().join("weir-demo");
    }
    run::runtime()?.block_on(serve(config, &args))
}

async fn serve(config: Config, args: &Args) -> Result<Exit, Fault> {
    let stopped = stop_signal()?;
    let files = config.http_tls.clone();
    let running = server::start(config).await?;
    if let Some(path) = &args.run.ready_file {
        running.write_ready(path)?;
    }
    let server = reached(&running, files);
    greet(&running, &server);
    let (stopper, stop) = Stop::new();
    let traffic = Traffic { syslog: running.syslog_tcp, server, lines: (args.rate / 4).max(1), stop };
    let thread = std::thread::Builder::new().name("demo".to_owned()).spawn(move || traffic.run());
    let thread = thread.map_err(|error| io_fault("the demo traffic", &error))?;
    stopped.await;
    stopper.stop();
    // A failure of the traffic has been told already.
    let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    running.stop().await;
    Ok(Exit::Ok)
}

/// What a client has to know of this server. Of an encrypted one that is its own certificate.
fn reached(running: &Running, tls: Option<TlsFiles>) -> Server {
    let scheme = if tls.is_some() { "https" } else { "http" };
    Server {
        server: Some(format!("{scheme}://{}", running.http)),
        ca_file: tls.map(|files| files.cert_file),
        token: Some(running.token.reveal().to_owned()),
    }
}

fn greet(running: &Running, server: &Server) {
    let (url, token) = (server.url(), running.token.reveal());
    let trust = server.ca_file.as_ref().map(|path| format!(" --ca-file {}", path.display())).unwrap_or_default();
    let syslog = running.syslog_tcp.map(|addr| addr.to_string()).unwrap_or_default();
    let (host, port) = syslog.rsplit_once(':').unwrap_or_default();
    let weir = program();
    say::words(format_args!(
        "weir is up, with traffic of its own.\n\n  address  {url}\n  token    {token}\n  page     {url}/#token={token}\n\n\
        Three things to try:\n\n\
        1. Ask a question:\n   {weir} query 'fetch logs | summarize count(), by: {{ weir.pack }}' --server {url}{trust} --token {token}\n\n\
        2. Send a line of your own:\n   echo '<13>hello from me' | nc -q1 {host} {port}\n\n\
        3. See what the rules found, within a minute:\n   {weir} query 'fetch events | filter event.kind == \"SECURITY_EVENT\" | fields timestamp, event.description' --server {url}{trust} --token {token}\n\n\
        Stop with Ctrl-C."
    ));
}

/// How this program was called, so that what is printed can be pasted into the same shell. A path is kept, a name on PATH stays a name.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_else(|| "weir".to_owned());
    let here = std::env::current_dir().unwrap_or_default();
    match std::path::Path::new(&called).strip_prefix(here) {
        Ok(relative) => relative.display().to_string(),
        Err(_) => called,
    }
}

struct Traffic {
    syslog: Option<SocketAddr>,
    server: Server,
    /// A step.
    lines: u64,
    stop: Stop,
}

impl Traffic {
    /// Sends until told to stop. A connection that breaks is made again.
    fn run(self) {
        let mut syslog = Lines::new(SYSLOG);
        let mut resolver = Lines::new(RESOLVER);
        let mut bad = Lines::new(RESOLVER_BAD);
        let mut connection = None;
        let mut step = 0;
        let mut refused = None;
        while !self.stop.is_set() {
            let now = SystemClock.now();
            let text: String = (0..self.lines).map(|_| syslog.next(now) + "\n").collect();
            if connection.is_none() {
                connection = self.syslog.and_then(|addr| TcpStream::connect(addr).ok());
            }
            if connection.as_mut().is_some_and(|stream| stream.write_all(text.as_bytes()).is_err()) {
                connection = None;
            }
            let mut records = resolver.next(now) + "\n";
            if step % BAD_EVERY == 8 {
                records += &(bad.next(now) + "\n");
            }
            let request = Request { method: "POST", path: "/v1/ingest/resolver", body: Some(records) };
            let fault = self.server.json(&request).err();
            let id = fault.as_ref().map(Fault::id);
            // The same refusal four times a second says no more than once.
            if let Some(fault) = fault.filter(|_| id != refused) {
                say::log("warn", format_args!("demo traffic refused id={} why={}", fault.id(), fault.cause()));
            }
            refused = id;
            step += 1;
            std::thread::sleep(STEP);
        }
    }
}
