//! `weir run`: everything in one process.

use std::net::SocketAddr;
use std::path::PathBuf;

use weir_event::Fault;

use super::{Exit, io_fault, report};
use crate::config::{self, Config, Source, SourceKind};
use crate::say;
use crate::server;

#[derive(clap::Args)]
#[group(id = "run")]
pub struct Args {
    /// Directory of configuration files; without it the built-in defaults hold
    #[arg(long, value_name = "DIR")]
    pub config: Option<PathBuf>,
    /// Directory that holds the log, the segments and the state
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address of the API and the page; port 0 picks a free one
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Address of syslog over UDP and TCP, or TLS where the configuration says so; port 0 picks free ones
    #[arg(long, value_name = "ADDR")]
    pub syslog: Option<SocketAddr>,
    /// File that is written once everything listens, mode 0600
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    server::keep_what_is_free();
    let Some(config) = configuration(&args) else { return Ok(Exit::Config) };
    runtime()?.block_on(serve(config, args.ready_file))
}

/// The configuration that the arguments ask for; `None` when it is wrong, which has been told.
pub fn configuration(args: &Args) -> Option<Config> {
    match config::load(args.config.as_deref()) {
        Ok(config) => {
            config.say_notes();
            Some(with_args(config, args))
        }
        Err(faults) => {
            faults.iter().for_each(|fault| {
                report(fault);
            });
            None
        }
    }
}

/// The async runtime of a verb.
pub fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| io_fault("the async runtime", &error))
}

fn with_args(mut config: Config, args: &Args) -> Config {
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    config.http = args.http.unwrap_or(config.http);
    if let Some(addr) = args.syslog {
        match config.sources.iter_mut().find(|source| matches!(source.kind, SourceKind::Syslog { .. })) {
            Some(source) => source.kind = moved(&source.kind, addr),
            None => config.sources.push(Source { kind: moved(&SourceKind::Http, addr), ..Source::http("syslog") }),
        }
    }
    config
}

/// Syslog on another address. A listener that encrypts stays what it is.
fn moved(kind: &SourceKind, addr: SocketAddr) -> SourceKind {
    match kind {
        SourceKind::Syslog { udp, tls: Some(tls), .. } => {
            SourceKind::Syslog { udp: udp.map(|_| addr), tcp: Some(addr), tls: Some(tls.clone()) }
        }
        _ => SourceKind::Syslog { udp: Some(addr), tcp: Some(addr), tls: None },
    }
}

async fn serve(config: Config, ready_file: Option<PathBuf>) -> Result<Exit, Fault> {
    let stop = stop_signal()?;
    let running = server::start(config).await?;
    let show = |addr: Option<SocketAddr>| addr.map_or_else(|| "-".to_owned(), |addr| addr.to_string());
    let (udp, tcp) = (show(running.syslog_udp), show(running.syslog_tcp));
    say::log("info", format_args!("listening http={} syslog_udp={udp} syslog_tcp={tcp}", running.http));
    if running.first {
        say::words(format_args!("first token, shown once: {}", running.token.reveal()));
    }
    if let Some(path) = ready_file {
        running.write_ready(&path)?;
    }
    stop.await;
    say::log("info", "stopping");
    running.stop().await;
    say::log("info", "stopped");
    Ok(Exit::Ok)
}

/// A future that ends at SIGTERM or SIGINT. The signals are caught from the call on.
pub fn stop_signal() -> Result<impl Future<Output = ()>, Fault> {
    use tokio::signal::unix::{SignalKind, signal};
    let catch = |kind| signal(kind).map_err(|error| io_fault("signals", &error));
    let (mut term, mut int) = (catch(SignalKind::terminate())?, catch(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    })
}
