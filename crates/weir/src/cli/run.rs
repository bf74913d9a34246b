//! `weir run`: everything in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use weir_event::{Clock, Fault, FaultKind};

use super::{Exit, io_fault, report};
use crate::auth::{self, Scopes, TokenOrder};
use crate::config::{self, Config, Source, SourceKind, TENANT_DEFAULT};
use crate::http;
use crate::say;
use crate::server::{Ready, SystemClock, Weir};

#[derive(clap::Args)]
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
    /// Address of syslog over UDP and TCP; port 0 picks free ones
    #[arg(long, value_name = "ADDR")]
    pub syslog: Option<SocketAddr>,
    /// File that is written once everything listens, mode 0600
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    let config = match config::load(args.config.as_deref()) {
        Ok(config) => with_args(config, &args),
        Err(faults) => {
            faults.iter().for_each(|fault| {
                report(fault);
            });
            return Ok(Exit::Config);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| io_fault("the async runtime", &error))?;
    runtime.block_on(serve(config, args.ready_file))
}

fn with_args(mut config: Config, args: &Args) -> Config {
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    config.http = args.http.unwrap_or(config.http);
    if let Some(addr) = args.syslog {
        let kind = SourceKind::Syslog { udp: Some(addr), tcp: Some(addr) };
        match config.sources.iter_mut().find(|source| source.kind != SourceKind::Http) {
            Some(source) => source.kind = kind,
            None => config.sources.push(Source { kind, ..Source::http("syslog") }),
        }
    }
    config
}

async fn serve(config: Config, ready_file: Option<PathBuf>) -> Result<Exit, Fault> {
    let listener =
        tokio::net::TcpListener::bind(config.http).await.map_err(|error| not_listening(config.http, &error))?;
    let http = listener.local_addr().map_err(|error| io_fault(config.http, &error))?;
    let app = Arc::new(Weir::new(config));
    let order = TokenOrder { name: "first", tenant: TENANT_DEFAULT, scopes: Scopes::all(), now: SystemClock.now() };
    let (token, secret) = auth::make(&order)?;
    app.tokens.put(token);
    app.set_ready(true);
    if let Some(path) = ready_file {
        let ready = Ready { http, syslog_udp: None, syslog_tcp: None, token: secret.reveal(), tenant: TENANT_DEFAULT };
        ready.write(&path).map_err(|error| io_fault(path.display(), &error))?;
    }
    say::log("info", format_args!("listening http={http}"));
    axum::serve(listener, http::routes(app))
        .with_graceful_shutdown(stop_signal())
        .await
        .map_err(|error| io_fault(http, &error))?;
    Ok(Exit::Ok)
}

/// Returns at SIGTERM or SIGINT.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
}

fn not_listening(addr: SocketAddr, error: &std::io::Error) -> Fault {
    Fault::new("CLI-003", FaultKind::Storage, format!("cannot listen on {addr}"))
        .because(error)
        .hint("choose another address with --http or --syslog; port 0 picks a free one")
}
