//! The running whole, shared by every task.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;
use weir_event::{Clock, Fault, Record};
use weir_query::{Engine, RunOptions};
use weir_store::{LedgerRow, TokenRow};

use super::{Opened, Spine, SystemClock};
use crate::auth::{self, Secret, Token, TokenOrder, Tokens};
use crate::config::Config;
use crate::listen::{Intake, Udp};
use crate::outputs;
use crate::pull::{self, Job};
use crate::readers::Standing;
use crate::rules::Runs;
use crate::stats::Stats;

/// Bytes of request bodies in memory, as received and decompressed, over all requests.
const BODIES_BYTES: usize = 96 << 20;

pub struct Weir {
    pub config: Config,
    pub spine: Spine,
    pub engine: Engine,
    pub tokens: Tokens,
    pub stats: Arc<Stats>,
    pub intake: Arc<Intake>,
    pub runs: Runs,
    pub bodies: Arc<Semaphore>,
    /// Queries run apart from intake, so that a heavy one does not hold up acknowledgements.
    pub queries: tokio::runtime::Handle,
    /// UDP sockets, with the source they belong to.
    pub udp: OnceLock<Vec<(Arc<crate::stats::SourceStats>, SocketAddr)>>,
    /// Services of pullers that can run, and those that do.
    pub jobs: Vec<Arc<Job>>,
    pub pulling: OnceLock<Vec<Arc<pull::Running>>>,
    /// Readers that run.
    pub reading: OnceLock<Vec<Arc<Standing>>>,
    pub outputs: OnceLock<Vec<Arc<outputs::Counts>>>,
    ready: AtomicBool,
}

impl Weir {
    pub fn new(config: Config, opened: Opened, queries: tokio::runtime::Handle) -> Weir {
        let Opened { spine, engine, tokens, stats, jobs } = opened;
        let intake = Intake::new(spine.log.clone(), stats.clone(), config.limits.queue_bytes, config.number);
        Weir {
            config,
            spine,
            engine,
            tokens,
            stats,
            intake: Arc::new(intake),
            runs: Runs::default(),
            bodies: Arc::new(Semaphore::new(BODIES_BYTES)),
            queries,
            udp: OnceLock::new(),
            jobs,
            pulling: OnceLock::new(),
            reading: OnceLock::new(),
            outputs: OnceLock::new(),
            ready: AtomicBool::new(false),
        }
    }

    /// A word that names the data directory, the same for as long as it lives.
    pub fn home(&self) -> Result<String, Fault> {
        super::kept_word(&self.spine.store, "", "home")
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire) && !self.intake.is_disk_low()
    }

    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }

    /// Makes a token and keeps its hash.
    pub fn make_token(&self, order: &TokenOrder<'_>) -> Result<(Token, Secret), Fault> {
        let (token, secret) = auth::make(order)?;
        self.spine.store.put_token(&row(&token))?;
        self.tokens.put(token.clone());
        Ok((token, secret))
    }

    /// Revokes a token. One that `may` says no of is not there.
    pub fn revoke_token(&self, id: &str, may: impl FnOnce(&Token) -> bool) -> Result<Arc<Token>, Fault> {
        let now = SystemClock.now();
        let token = self.tokens.revoke(id, now, may)?;
        self.spine.store.revoke_token(id, now)?;
        Ok(token)
    }

    /// The ledger of a tenant from a minute on, each row with what is in flight beside it. Sorted by minute and source.
    pub fn ledger(&self, tenant: &str, minute: i64) -> Result<Vec<(LedgerRow, u64)>, Fault> {
        let mut flight = self.stats.in_flight.of(tenant);
        let settled = self.spine.store.ledger(minute)?.into_iter().filter(|row| *row.tenant == *tenant);
        let mut rows: Vec<(LedgerRow, u64)> = settled
            .map(|row| {
                let in_flight = flight.remove(&(row.minute, row.tenant.clone(), row.source.clone()));
                (row, in_flight.unwrap_or(0))
            })
            .collect();
        rows.extend(flight.into_iter().filter(|(key, _)| key.0 >= minute).map(|((minute, tenant, source), count)| {
            (LedgerRow { minute, tenant, source, ..LedgerRow::default() }, count)
        }));
        rows.sort_by(|(a, _), (b, _)| (a.minute, &a.source).cmp(&(b.minute, &b.source)));
        Ok(rows)
    }

    /// Asks the kernel how many datagrams it threw away.
    pub fn refresh_kernel_drops(&self) {
        for (stats, addr) in self.udp.get().into_iter().flatten() {
            stats.dropped_kernel.store(Udp::kernel_drops(*addr), Ordering::Relaxed);
        }
    }

    /// The whole answer of a query, run apart from intake.
    pub async fn rows(&self, query: String, options: RunOptions) -> Result<Vec<Record<'static>>, Fault> {
        let engine = self.engine.clone();
        let task = self.queries.spawn(async move {
            let mut answer = engine.run(&query, &options).await?;
            let mut rows = Vec::new();
            while let Some(batch) = answer.next().await {
                rows.extend(answer.records(&batch?));
            }
            Ok(rows)
        });
        let abort = AbortOnDrop(task.abort_handle());
        let result = task.await;
        drop(abort);
        result.unwrap_or_else(|error| {
            Err(Fault::new("HTTP-500", weir_event::FaultKind::Bug, "the query ended by a fault of weir").because(error))
        })
    }
}

/// Ends a task when nobody waits for it any more.
pub struct AbortOnDrop(pub tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn row(token: &Token) -> TokenRow {
    TokenRow {
        id: token.id.clone(),
        hash: token.hash,
        name: token.name.clone(),
        tenant: token.tenant.to_string(),
        scopes: token.scopes.names().collect::<Vec<_>>().join(" "),
        created: token.created_at,
        expires: None,
        last_used: None,
        revoked: token.revoked_at,
    }
}
