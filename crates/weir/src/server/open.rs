//! A data directory as its parts: store, engine, tokens. What `run` and `query --data` have in common.

use std::sync::Arc;

use weir_event::{Clock, Fault, FaultKind, FieldId};
use weir_parse::{BUILTIN, Packs};
use weir_pipe::{Origin, Plan, Route, RouteTo};
use weir_query::{Engine, EngineOptions, StoreTables};

use weir_store::{LogOptions, StoreOptions};

use super::{Spine, SpineOptions, SystemClock};
use crate::auth::{Scopes, Token, Tokens};
use crate::config::{self, Config, SourceKind};
use crate::pull::{self, Job};
use crate::rules::is_finding;
use crate::stats::{Stats, minute_start};

pub struct Opened {
    pub spine: Spine,
    pub engine: Engine,
    pub tokens: Tokens,
    pub stats: Arc<Stats>,
    /// Services of pullers that can run.
    pub jobs: Vec<Arc<Job>>,
}

/// Opens the data directory of a configuration; refused while another process holds it.
pub fn open(config: &Config) -> Result<Opened, Fault> {
    let stats = Arc::new(Stats::default());
    for source in config.sources.iter().filter(|source| source.kind != SourceKind::Http) {
        stats.source(&source.tenant, &source.name, source.kind_name())?;
    }
    let (jobs, faults) = pull::jobs(config, None, SystemClock.now());
    pull::complain(&faults);
    for job in &jobs {
        stats.source(&job.tenant, &job.source, pull::KIND)?;
    }
    let packs = packs(config)?;
    let mut plan = plan(config, &packs)?;
    pull::add_origins(&jobs, &mut plan);
    let options = SpineOptions {
        plan,
        packs,
        stats: stats.clone(),
        store: StoreOptions {
            seal_bytes: config.limits.seal_bytes,
            seal_age: config.limits.seal_age.0,
            ..StoreOptions::default()
        },
        log: LogOptions { reserve_bytes: config.limits.disk_reserve_bytes, ..LogOptions::default() },
    };
    let spine = Spine::open(&config.data, options)?;
    remember(config, &spine, &stats)?;
    let lookups = EngineOptions { lookups: Some(config.data.join("lookups")), ..EngineOptions::default() };
    let engine = Engine::new(Arc::new(StoreTables(spine.store.clone())), lookups);
    let tokens = Tokens::default();
    for row in spine.store.tokens()? {
        tokens.put(token(row)?);
    }
    Ok(Opened { spine, engine, tokens, stats, jobs })
}

/// Sources that have sent before are known, with the minute of their last event.
fn remember(config: &Config, spine: &Spine, stats: &Stats) -> Result<(), Fault> {
    for tenant in &config.tenants {
        for (name, _, last) in spine.store.sources(&tenant.id)? {
            let name: Arc<str> = name.into();
            let kind = match config.source(&name) {
                _ if is_finding(&name) => "rule",
                Some(source) => source.kind_name(),
                None => "http",
            };
            stats.source(&tenant.id, &name, kind)?.remember(minute_start(last));
        }
    }
    Ok(())
}

fn token(row: weir_store::TokenRow) -> Result<Token, Fault> {
    Ok(Token {
        id: row.id,
        hash: row.hash,
        name: row.name,
        tenant: row.tenant.into(),
        scopes: Scopes::read(&row.scopes.replace(' ', ","))?,
        created_at: row.created,
        revoked_at: row.revoked,
    })
}

/// The packs that come with weir, and those of the configuration over them.
pub fn packs(config: &Config) -> Result<Arc<Packs>, Fault> {
    let own = config.packs.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let packs = Packs::load(BUILTIN.iter().copied().chain(own)).map_err(|faults| {
        let first = faults.into_iter().next();
        first.unwrap_or_else(|| Fault::new("CONFIG-015", FaultKind::Config, "the packs cannot be read"))
    })?;
    Ok(Arc::new(packs))
}

/// Sources, routes and buckets as the pipeline wants them.
pub fn plan(config: &Config, packs: &Packs) -> Result<Plan, Fault> {
    let mut plan = Plan::default();
    for pack in packs.iter() {
        if let Some(table) = &pack.table {
            let to = RouteTo::Table { table: table.clone(), bucket: pack.bucket.clone() };
            plan.packs.insert(pack.name.clone(), to);
        }
    }
    for source in &config.sources {
        let fields = source.fields.iter().map(|(name, value)| (FieldId::known(name), value.clone())).collect();
        let origin = Origin { zone: source.zone.clone(), fields, ..Origin::default() };
        plan.origins.insert((source.tenant.clone(), source.name.clone()), origin);
    }
    for bucket in config.buckets.iter().filter_map(|bucket| config.main_bucket(&bucket.table)) {
        plan.buckets.insert(bucket.table.clone(), bucket.name.clone());
    }
    for route in &config.routes {
        let to = match &route.to {
            config::RouteTo::Drop => RouteTo::Drop,
            config::RouteTo::Table { table, bucket } => RouteTo::Table { table: table.clone(), bucket: bucket.clone() },
        };
        let filter = route.filter.as_ref().map(super::filter::compile).transpose()?;
        plan.routes.push(Route { name: route.name.clone(), source: route.source.clone(), filter, to });
    }
    Ok(plan)
}
