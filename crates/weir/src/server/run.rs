//! Start and stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use weir_event::{Clock, Disk, Fault, FaultKind};
use weir_store::OsDisk;

use super::apart::Apart;
use super::{Ready, Stop, Stopper, SystemClock, Weir, keep, open};
use crate::auth::{self, Scopes, Secret, TokenOrder};
use crate::cli::io_fault;
use crate::config::{Config, Source, SourceKind};
use crate::http;
use crate::listen::{self, Feed, Tls, Udp};
use crate::outputs;
use crate::pull;
use crate::readers;
use crate::rules;

/// How often the free space of the disk is looked at.
const DISK_LOOK: Duration = Duration::from_millis(500);
/// Intake is refused this many bytes before the log itself would refuse, so that what comes between two looks is still taken.
const DISK_AHEAD: u64 = 64 << 20;
/// Requests that are being answered get this long at a stop.
const GRACE: Duration = Duration::from_secs(5);

/// What is up.
pub struct Running {
    pub app: Arc<Weir>,
    pub http: SocketAddr,
    pub syslog_udp: Option<SocketAddr>,
    pub syslog_tcp: Option<SocketAddr>,
    /// A token that may do everything: the first ever, or one for as long as this process lives.
    pub token: Secret,
    /// The token is new and kept: show it once.
    pub first: bool,
    /// Held for as long as there may be questions.
    _queries: Apart,
    /// Pulls read large answers, which must not hold up acknowledgements either.
    pulls: Apart,
    stopper: Stopper,
    tasks: JoinSet<()>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

/// Starts everything; returns when all of it listens.
pub async fn start(config: Config) -> Result<Running, Fault> {
    // Listening comes first, so that a port in use is said before the data directory is touched.
    let listener = bind_tcp(config.http).await?;
    let http = listener.local_addr().map_err(|error| io_fault(config.http, &error))?;
    let tls = config.http_tls.as_ref().map(Tls::open).transpose()?;
    let opened = {
        let config = config.clone();
        tokio::task::spawn_blocking(move || open(&config)).await.unwrap_or_else(|error| {
            Err(Fault::new("CLI-008", FaultKind::Bug, "the data directory could not be opened").because(error))
        })?
    };
    let (queries, pulls) = (Apart::new("query")?, Apart::new("pull")?);
    let app = Arc::new(Weir::new(config, opened, queries.handle().clone()));
    app.spine.start()?;
    let (token, first) = first_token(&app)?;
    let (stopper, stop) = Stop::new();
    let mut running = Running {
        app: app.clone(),
        http,
        syslog_udp: None,
        syslog_tcp: None,
        token,
        first,
        _queries: queries,
        pulls,
        stopper,
        tasks: JoinSet::new(),
        threads: Vec::new(),
    };
    let jobs = rules::prepare(&app).await;
    running.tasks.spawn(jobs.repeat(stop.clone()));
    running.tasks.spawn(watch_disk(app.clone(), stop.clone()));
    running.tasks.spawn(keep::forget(app.clone(), stop.clone()));
    running.listen(&stop).await?;
    running.pull(&stop);
    readers::start(&app, &stop, &mut running.tasks);
    running.threads.extend(outputs::start(&app, &stop, &mut running.tasks)?);
    let listener = http::Limited::new(listener, tls, app.config.limits.connections);
    let router = http::router(app.clone()).into_make_service_with_connect_info::<http::Peer>();
    let server = axum::serve(listener, router).with_graceful_shutdown({
        let stop = stop.clone();
        async move { stop.wait().await }
    });
    running.tasks.spawn(async move {
        // The server itself only ends when told to.
        let _ = server.await;
    });
    app.set_ready(true);
    Ok(running)
}

/// The first token of a data directory is kept. Later starts get one that lives as long as the process.
fn first_token(app: &Weir) -> Result<(Secret, bool), Fault> {
    let tenant = app.config.first_tenant();
    let first = app.tokens.list().is_empty();
    let name = if first { "first" } else { "this process" };
    let order = TokenOrder { name, tenant, scopes: Scopes::all(), now: SystemClock.now() };
    if first {
        return Ok((app.make_token(&order)?.1, true));
    }
    let (token, secret) = auth::make(&order)?;
    app.tokens.put(token);
    Ok((secret, false))
}

impl Running {
    async fn listen(&mut self, stop: &Stop) -> Result<(), Fault> {
        let app = self.app.clone();
        let mut sockets = Vec::new();
        for source in &app.config.sources {
            let SourceKind::Syslog { udp, tcp, tls } = &source.kind else { continue };
            let feed = feed(&app, source)?;
            let mut same_port = None;
            if let Some(addr) = *tcp {
                let tls = tls.as_ref().map(Tls::open).transpose()?.map(Arc::new);
                let listener = bind_tcp(addr).await?;
                let bound = listener.local_addr().map_err(|error| io_fault(addr, &error))?;
                same_port = Some(bound.port());
                self.syslog_tcp.get_or_insert(bound);
                let connections = app.config.limits.connections;
                let intake = app.intake.clone();
                let feed = feed.clone();
                self.tasks.spawn(listen::listen_tcp(listener, tls, feed, intake, connections, stop.clone()));
            }
            if let Some(addr) = *udp {
                let udp = bind_udp(addr, same_port)?;
                self.syslog_udp.get_or_insert(udp.addr);
                sockets.push((feed.stats.clone(), udp.addr));
                self.threads.push(listen::listen_udp(udp, feed, app.intake.clone(), stop.clone())?);
            }
        }
        // Set once: this is the only start.
        let _ = app.udp.set(sockets);
        Ok(())
    }

    /// Starts the pullers. What is wrong with one stops no other.
    fn pull(&mut self, stop: &Stop) {
        let (made, faults) = self.make_pulls(stop);
        pull::complain(&faults);
        let all: Vec<_> = made.iter().map(|(running, _)| running.clone()).collect();
        // Set once: this is the only start.
        let _ = self.app.pulling.set(all.clone());
        for (running, state) in made {
            self.tasks.spawn_on(running.serve(state, stop.clone()), self.pulls.handle());
        }
        if !all.is_empty() {
            self.tasks.spawn(pull::watch(self.app.clone(), all, stop.clone()));
        }
    }

    /// The services of pullers, ready to run, and what keeps their leases.
    fn make_pulls(&mut self, stop: &Stop) -> (Vec<pull::Made>, Vec<Fault>) {
        let app = self.app.clone();
        let workshop = match pull::Workshop::new(&app, stop) {
            Ok(workshop) => workshop,
            Err(fault) => return (Vec::new(), vec![fault]),
        };
        let (mut made, mut faults) = (Vec::new(), Vec::new());
        for job in &app.jobs {
            workshop.make(job).map_or_else(|fault| faults.push(fault), |one| made.push(one));
        }
        if let Some(keep) = workshop.keep() {
            self.tasks.spawn_on(keep, self.pulls.handle());
        }
        (made, faults)
    }

    /// Writes the ready file.
    pub fn write_ready(&self, path: &Path) -> Result<(), Fault> {
        let tenant = self.app.config.first_tenant();
        let ready = Ready {
            http: self.http,
            syslog_udp: self.syslog_udp,
            syslog_tcp: self.syslog_tcp,
            token: self.token.reveal(),
            tenant,
        };
        ready.write(path).map_err(|error| io_fault(path.display(), &error))
    }

    /// Stops listening, finishes what is in flight, seals.
    pub async fn stop(mut self) {
        self.app.set_ready(false);
        self.stopper.stop();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            self.tasks.abort_all();
        }
        let (app, threads) = (self.app.clone(), std::mem::take(&mut self.threads));
        let rest = tokio::task::spawn_blocking(move || {
            for thread in threads {
                // A listener thread that panicked has nothing more to give.
                let _ = thread.join();
            }
            app.spine.stop();
        });
        // It does not panic; and if it did, there would be nothing left to stop.
        let _ = rest.await;
    }
}

fn feed(app: &Weir, source: &Source) -> Result<Feed, Fault> {
    let stats = app.stats.source(&source.tenant, &source.name, source.kind_name())?;
    Ok(Feed {
        tenant: source.tenant.clone(),
        source: source.name.clone(),
        table: source.table.clone(),
        stats,
        peer: None,
    })
}

async fn bind_tcp(addr: SocketAddr) -> Result<TcpListener, Fault> {
    TcpListener::bind(addr).await.map_err(|error| not_listening(addr, &error))
}

/// A free port is the same for UDP as for TCP where that is free too.
fn bind_udp(addr: SocketAddr, wanted: Option<u16>) -> Result<Udp, Fault> {
    let same = wanted.filter(|_| addr.port() == 0).map(|port| Udp::bind(SocketAddr::new(addr.ip(), port)));
    match same {
        Some(Ok(udp)) => Ok(udp),
        _ => Udp::bind(addr).map_err(|error| not_listening(addr, &error)),
    }
}

fn not_listening(addr: SocketAddr, error: &std::io::Error) -> Fault {
    Fault::new("CLI-003", FaultKind::Storage, format!("cannot listen on {addr}"))
        .because(error)
        .hint("choose another address with --http or --syslog; port 0 picks a free one")
}

/// Refuses intake while the disk is nearly full, and takes it again by itself.
async fn watch_disk(app: Arc<Weir>, stop: Stop) {
    let reserve = app.config.limits.disk_reserve_bytes;
    loop {
        let free = OsDisk.free_bytes(&app.config.data);
        if free < reserve.saturating_add(2 * DISK_AHEAD) {
            // Intake comes first.
            app.spine.let_go();
        }
        let low = free < reserve.saturating_add(DISK_AHEAD);
        if low != app.intake.is_disk_low() {
            let what = if low { "disk nearly full, intake is refused" } else { "disk has room again, intake goes on" };
            crate::say::log("warn", format_args!("{what} disk_reserve_bytes={reserve}"));
            app.intake.set_disk_low(low);
        }
        tokio::select! {
            () = stop.wait() => return,
            () = tokio::time::sleep(DISK_LOOK) => {}
        }
    }
}
