//! Checking, explaining and running queries.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion_execution::TaskContext;
use datafusion_execution::config::SessionConfig;
use datafusion_execution::memory_pool::FairSpillPool;
use datafusion_execution::runtime_env::RuntimeEnvBuilder;
use weir_event::Value;
use weir_event::{Fault, Timestamp, limits};
use weir_lang::tools::{Known, Lint, lint};
use weir_lang::{ReadOptions, read_query};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::explain;
use crate::expr::Moment;
use crate::fault;
use crate::plan::{Planner, Stream, limited};
use crate::scan::Footers;
use crate::tables::{Tables, Window};

/// The span before now that a query sees when nobody names one: two hours.
pub const DEFAULT_SPAN_NANOS: i64 = 2 * 3_600_000_000_000;

/// What an engine may use.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Threads that one query reads with.
    pub cores: usize,
    /// Memory of one query in bytes.
    pub memory_bytes_max: usize,
    /// Where the lookup tables of tenants lie: `TENANT/NAME.csv` and the like.
    pub lookups: Option<PathBuf>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        EngineOptions { cores, memory_bytes_max: limits::QUERY_MEMORY_BYTES_MAX, lookups: None }
    }
}

/// Whose query, when, and over what.
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub tenant: String,
    /// What `now()` gives, the same throughout the query.
    pub now: Timestamp,
    /// The span of time of every `fetch` that names none; without `from`, the two hours before `to`.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Reads the events with log positions in this half-open span instead, whatever their time.
    pub arrived: Option<Range<u64>>,
    /// IANA name of the time zone of calendar functions.
    pub zone: String,
    /// Rows of the answer: `None` for [`limits::ANSWER_ROWS_DEFAULT`], 0 for no limit.
    pub limit: Option<usize>,
    /// Refuses weir's own extensions of the languages.
    pub strict: bool,
    /// What `$name` stands for in the query.
    pub parameters: BTreeMap<String, Value<'static>>,
}

impl RunOptions {
    /// The tenant's events of the last two hours.
    pub fn new(tenant: impl Into<String>, now: Timestamp) -> Self {
        let zone = "UTC".to_owned();
        RunOptions {
            tenant: tenant.into(),
            now,
            from: None,
            to: None,
            arrived: None,
            zone,
            limit: None,
            strict: false,
            parameters: BTreeMap::new(),
        }
    }

    fn window(&self, timed: bool) -> Window {
        if let Some(span) = &self.arrived {
            return Window::Arrived(span.clone());
        }
        if !timed && self.from.is_none() && self.to.is_none() {
            return Window::All;
        }
        let to = self.to.unwrap_or(self.now);
        let from = self.from.unwrap_or(Timestamp(to.0.saturating_sub(DEFAULT_SPAN_NANOS)));
        Window::Time(from..to)
    }
}

/// Runs queries over tables. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    tables: Arc<dyn Tables>,
    options: EngineOptions,
    footers: Arc<Footers>,
}

impl Engine {
    pub fn new(tables: Arc<dyn Tables>, options: EngineOptions) -> Self {
        Engine { tables, options, footers: Arc::default() }
    }

    /// Whether the query could run: its grammar, commands, functions, arguments and patterns. Gives what is legal in it and hardly
    /// meant. Of `options` counts who asks, and how strictly the language is read.
    ///
    /// # Errors
    /// The first fault, with place and caret.
    pub async fn check(&self, query: &str, options: &RunOptions) -> Result<Vec<Lint>, Fault> {
        self.plan(query, options, true).await?;
        let tree = read_query(query, &ReadOptions { strict: options.strict, parameters: None })?;
        Ok(lint(&tree, &Known { tables: self.tables.names(&options.tenant), fields: Vec::new() }))
    }

    /// Runs the query and says how: its operators, the rows that each gave, and what was read.
    ///
    /// # Errors
    /// As for [`Engine::run`].
    pub async fn explain(&self, query: &str, options: &RunOptions) -> Result<String, Fault> {
        let begun = std::time::Instant::now();
        let (planner, stream) = self.plan(query, options, false).await?;
        let stream = cut(stream, options);
        let (plan, totals) = (stream.plan.clone(), planner.totals.clone());
        let mut answer = self.answer(planner, stream, options)?;
        while let Some(batch) = answer.next().await {
            batch?;
        }
        Ok(explain::text(&plan, &totals, begun.elapsed()))
    }

    /// Starts the query. Planning may already read: the values of `in [..]`, the sides of joins.
    ///
    /// # Errors
    /// `DQL-...` for the text, `QUERY-...` for what it asks of the tables.
    pub async fn run(&self, query: &str, options: &RunOptions) -> Result<Answer, Fault> {
        let (planner, stream) = self.plan(query, options, false).await?;
        let stream = cut(stream, options);
        self.answer(planner, stream, options)
    }

    fn answer(&self, planner: Planner, stream: Stream, options: &RunOptions) -> Result<Answer, Fault> {
        Answer::start(stream, planner.context, planner.totals, rows_max(options), planner.asked)
    }

    async fn plan(&self, query: &str, options: &RunOptions, dry: bool) -> Result<(Planner, Stream), Fault> {
        if options.tenant.is_empty() {
            return Err(fault::tenant_missing());
        }
        let parameters = (!dry).then_some(&options.parameters);
        let tree = read_query(query, &ReadOptions { strict: options.strict, parameters })?;
        let planner = Planner {
            asked: Arc::new(Asked::new(query, &tree, self.options.memory_bytes_max)),
            tables: self.tables.clone(),
            tenant: options.tenant.clone(),
            moment: Moment { now: options.now, zone: options.zone.clone(), strict: options.strict },
            window: options.window(self.tables.are_timed()),
            cores: self.options.cores,
            lookups: self.options.lookups.clone(),
            footers: self.footers.clone(),
            totals: Arc::default(),
            context: self.context()?,
            dry,
        };
        let stream = planner.query(&tree).await?;
        Ok((planner, stream))
    }

    /// Memory, threads and batch size of one query.
    fn context(&self) -> Result<Arc<TaskContext>, Fault> {
        let pool = Arc::new(FairSpillPool::new(self.options.memory_bytes_max));
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc().map_err(fault::storage)?;
        let config =
            SessionConfig::new().with_target_partitions(self.options.cores).with_batch_size(crate::scan::BATCH_ROWS);
        Ok(Arc::new(TaskContext::default().with_session_config(config).with_runtime(runtime)))
    }
}

/// Rows of the answer at most; 0 is no limit.
fn rows_max(options: &RunOptions) -> usize {
    options.limit.unwrap_or(limits::ANSWER_ROWS_DEFAULT)
}

/// One row more than the answer may have, so that a cut is noticed.
fn cut(stream: Stream, options: &RunOptions) -> Stream {
    match rows_max(options) {
        0 => stream,
        most => limited(stream, most.saturating_add(1)),
    }
}
