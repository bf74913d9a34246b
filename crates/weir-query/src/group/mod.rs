//! Rows gathered into groups: `summarize`, and the slots of `makeTimeseries`.
//!
//! Each partition of the input has a worker. Keys become numbers that all workers share ([`codes`], [`pairs`]), so a group has the
//! same number everywhere and joining what the workers have counted is adding up lists.

mod codes;
mod distinct;
mod interner;
mod lane;
mod pairs;
mod worker;

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion_common::{DataFusionError, Result};
use datafusion_common_runtime::SpawnedTask;
use datafusion_execution::memory_pool::MemoryConsumer;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::ExecutionPlan;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

use crate::Form;
use crate::aggregate::Aggregate;
use crate::columns::{Column, schema_of};
use crate::expr::Ready;
use crate::operator::{Operator, OperatorExec, partitions};
use crate::scan::BATCH_ROWS;
use codes::Codes;
use distinct::Seen;
use lane::Way;
use pairs::Pairs;
use worker::Worker;

/// Groups of rows with equal keys, and what is known of each.
#[derive(Debug)]
pub struct Group {
    command: &'static str,
    keys: Vec<Ready>,
    parts: Vec<Part>,
    after: Vec<Column>,
}

/// One aggregate: what it takes, and how.
#[derive(Clone, Debug)]
pub struct Part {
    inputs: Vec<Ready>,
    plan: Plan,
    /// The form of its results.
    pub form: Form,
}

/// [`Way`] before there is anything to share.
#[derive(Clone, Debug)]
enum Plan {
    Way(Way),
    Distinct,
}

impl Part {
    /// `aggregate` of `inputs`; truths for `countIf`, keys for `countDistinctExact`, doubles for sums and means of numbers.
    pub fn of(aggregate: &Aggregate, inputs: Vec<Ready>) -> Part {
        let form = inputs.first().map(|ready| ready.form);
        let whole = matches!(form, Some(Form::Long | Form::Timestamp | Form::Duration));
        let (plan, form) = match (aggregate, form) {
            (Aggregate::Count, _) => (Plan::Way(Way::Rows), Form::Long),
            (Aggregate::CountIf, Some(Form::Bool)) => (Plan::Way(Way::RowsWhereTrue), Form::Long),
            (Aggregate::Sum, Some(Form::Double)) => (Plan::Way(Way::Sum), Form::Double),
            (Aggregate::Avg, Some(Form::Double)) => (Plan::Way(Way::Mean), Form::Double),
            (Aggregate::Min, Some(form)) if whole => (Plan::Way(Way::Least(form)), form),
            (Aggregate::Max, Some(form)) if whole => (Plan::Way(Way::Greatest(form)), form),
            (Aggregate::CountDistinctExact, Some(_)) => (Plan::Distinct, Form::Long),
            (other, _) => {
                let form = other.form().unwrap_or(Form::Dynamic);
                let forms = inputs.iter().map(|ready| ready.form).collect();
                (Plan::Way(Way::Tally(other.clone(), forms, form)), form)
            }
        };
        Part { inputs, plan, form }
    }

    fn way(&self) -> Way {
        match &self.plan {
            Plan::Way(way) => way.clone(),
            Plan::Distinct => {
                let form = self.inputs.first().map_or(Form::Dynamic, |ready| ready.form);
                Way::Distinct(Codes::of(form), Seen::new())
            }
        }
    }
}

/// The groups of `input` for `command`: columns of the keys, then of the aggregates, as `after` names them.
pub fn group(
    command: &'static str,
    keys: Vec<Ready>,
    parts: Vec<Part>,
    after: Vec<Column>,
    input: Arc<dyn ExecutionPlan>,
) -> Arc<dyn ExecutionPlan> {
    let schema = schema_of(&after);
    OperatorExec::of(Arc::new(Group { command, keys, parts, after }), vec![input], schema, 1)
}

/// What the workers of one run share.
struct Shared {
    group: Arc<Group>,
    codes: Vec<Arc<Codes>>,
    pairs: Vec<Arc<Pairs>>,
    ways: Vec<Way>,
    sets: Vec<Arc<Seen>>,
    workers: usize,
}

impl Operator for Group {
    fn name(&self) -> &'static str {
        self.command
    }

    fn detail(&self) -> String {
        let fast = self.parts.iter().filter(|part| !matches!(part.plan, Plan::Way(Way::Tally(..)))).count();
        format!("{} keys, {} aggregates, {fast} of them over whole columns", self.keys.len(), self.parts.len())
    }

    fn rows(
        &self,
        inputs: &[Arc<dyn ExecutionPlan>],
        _: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let (input, schema) = (inputs[0].clone(), schema_of(&self.after));
        let group = Arc::new(Group {
            command: self.command,
            keys: self.keys.clone(),
            parts: self.parts.clone(),
            after: self.after.clone(),
        });
        let batches = stream::once(async move { group.run(input, context).await });
        let batches = batches.map_ok(|batches| stream::iter(batches.into_iter().map(Ok))).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }
}

impl Group {
    async fn run(
        self: Arc<Self>,
        input: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
    ) -> Result<Vec<RecordBatch>> {
        let shared = Arc::new(Shared::of(self.clone(), partitions(&input)));
        let work = |partition: usize| {
            let (shared, context) = (shared.clone(), context.clone());
            let rows = input.execute(partition, context.clone());
            async move {
                let mut rows = rows?;
                let memory = MemoryConsumer::new(shared.group.command).register(context.memory_pool());
                let mut worker = Worker::new(shared, memory);
                while let Some(batch) = rows.next().await {
                    worker.push(&batch?)?;
                }
                worker.end();
                Ok::<Worker, DataFusionError>(worker)
            }
        };
        let tasks: Vec<_> = (0..partitions(&input)).map(|partition| SpawnedTask::spawn(work(partition))).collect();
        let mut all: Option<Worker> = None;
        for task in tasks {
            let worker = task.join_unwind().await.map_err(|error| DataFusionError::External(Box::new(error)))??;
            match &mut all {
                Some(all) => all.merge(worker),
                None => all = Some(worker),
            }
        }
        match all {
            Some(mut all) => self.results(&shared, &mut all),
            None => Ok(Vec::new()),
        }
    }

    /// The groups as batches. Without keys there is one group, even of no rows.
    fn results(&self, shared: &Shared, all: &mut Worker) -> Result<Vec<RecordBatch>> {
        if self.keys.is_empty() {
            all.rows.resize(1, 0);
        }
        let mut groups: Vec<u32> =
            (0..all.rows.len() as u32).filter(|&at| all.rows[at as usize] > 0 || self.keys.is_empty()).collect();
        if self.keys.len() == 1 && groups.first() == Some(&0) {
            // The others are in the order of their first row; null has its number beforehand.
            groups.rotate_left(1);
        }
        let mut codes: Vec<Vec<u32>> = vec![groups.clone()];
        for pairs in shared.pairs.iter().rev() {
            let list = pairs.list();
            let joined = std::mem::take(&mut codes[0]);
            let (left, right) = joined.into_iter().map(|number| list[number as usize]).unzip();
            codes[0] = left;
            codes.insert(1, right);
        }
        let mut arrays = Vec::with_capacity(self.after.len());
        for (of_key, codes) in shared.codes.iter().zip(codes) {
            arrays.push(of_key.values(codes.into_iter())?);
        }
        for lane in &mut all.lanes {
            arrays.push(lane.results(&groups, &all.rows)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(groups.len()));
        let whole = RecordBatch::try_new_with_options(schema_of(&self.after), arrays, &options)?;
        let starts = (0..whole.num_rows()).step_by(BATCH_ROWS);
        Ok(starts.map(|from| whole.slice(from, BATCH_ROWS.min(whole.num_rows() - from))).collect())
    }
}

impl Shared {
    fn of(group: Arc<Group>, workers: usize) -> Shared {
        let codes: Vec<Arc<Codes>> = group.keys.iter().map(|key| Codes::of(key.form)).collect();
        let pairs = (1..codes.len()).map(|_| Arc::default()).collect();
        let ways: Vec<Way> = group.parts.iter().map(Part::way).collect();
        let sets =
            ways.iter().filter_map(|way| if let Way::Distinct(_, seen) = way { Some(seen.clone()) } else { None });
        Shared { codes, pairs, sets: sets.collect(), ways, group, workers }
    }

    /// The share of one worker in the bytes that all hold together.
    fn size_each(&self) -> usize {
        let of_values = |way: &Way| if let Way::Distinct(codes, _) = way { codes.size() } else { 0 };
        let all = self.codes.iter().map(|codes| codes.size()).sum::<usize>()
            + self.pairs.iter().map(|pairs| pairs.size()).sum::<usize>()
            + self.sets.iter().map(|seen| seen.size()).sum::<usize>()
            + self.ways.iter().map(of_values).sum::<usize>();
        all / self.workers.max(1)
    }
}
