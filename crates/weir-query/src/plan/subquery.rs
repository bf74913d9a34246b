//! Sub-queries whose result is needed before the query around them can be planned.

use arrow::array::RecordBatch;
use datafusion_execution::memory_pool::MemoryConsumer;
use datafusion_physical_plan::execute_stream;
use futures::StreamExt;
use weir_event::{Fault, Record, Value};
use weir_lang::ast::{Arg, ArgValue, Call, Command, Expr, Node};
use weir_lang::functions;

use super::{Planner, Stream};
use crate::expr::walk;
use crate::operator::gather;
use crate::{fault, record};

/// Bytes of the side of a join, look-up or `in [..]` that is held in memory.
pub const SIDE_BYTES_MAX: usize = 128 << 20;

impl Planner {
    /// The command with every `x in [query]` replaced by a look into the query's values.
    pub(super) async fn with_subqueries(&self, command: &Command) -> Result<Command, Fault> {
        let mut command = command.clone();
        for arg in &mut command.args {
            Box::pin(self.resolve_arg(arg)).await?;
        }
        Ok(command)
    }

    async fn resolve_arg(&self, arg: &mut Arg) -> Result<(), Fault> {
        match &mut arg.value {
            ArgValue::Expr(expr) => Box::pin(self.resolve(expr)).await,
            ArgValue::Group(items) => {
                for item in items {
                    Box::pin(self.resolve_arg(item)).await?;
                }
                Ok(())
            }
            ArgValue::Block(_) => Ok(()),
        }
    }

    async fn resolve(&self, expr: &mut Expr) -> Result<(), Fault> {
        for part in walk::parts_mut(expr) {
            Box::pin(self.resolve(part)).await?;
        }
        if let Node::InQuery(needle, query) = &expr.node {
            let stream = Box::pin(self.query(query)).await?;
            let values = self.values_of("in", stream).await?;
            let function = functions::find("in").ok_or_else(|| fault::argument("in", "there is no function `in`"))?;
            let args = vec![Arg::of((**needle).clone()), Arg::of(Expr::literal(Value::Array(values)))];
            *expr = Expr::new(Node::Call(Call { function, args }), expr.span);
        }
        Ok(())
    }

    /// The values of the first column.
    async fn values_of(&self, command: &str, stream: Stream) -> Result<Vec<Value<'static>>, Fault> {
        let columns: Vec<_> = stream.columns.iter().take(1).cloned().collect();
        let batches = self.collect(command, stream).await?;
        let first = |record: Record<'static>| record.into_iter().next().map(|(_, value)| value);
        Ok(batches.iter().flat_map(|batch| record::records(batch, &columns)).filter_map(first).collect())
    }

    /// Runs a stream to its end. A fault when it gives more than [`SIDE_BYTES_MAX`].
    pub(super) async fn collect(&self, command: &str, stream: Stream) -> Result<Vec<RecordBatch>, Fault> {
        if self.dry {
            return Ok(Vec::new());
        }
        let outside = |error| self.asked.fault_of(error);
        let reservation = MemoryConsumer::new(command).register(self.context.memory_pool());
        let mut rows = execute_stream(gather(stream.plan), self.context.clone()).map_err(outside)?;
        let mut batches = Vec::new();
        let mut bytes = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(outside)?;
            bytes += batch.get_array_memory_size();
            reservation.try_resize(bytes).map_err(outside)?;
            if bytes > SIDE_BYTES_MAX {
                return Err(fault::too_many(command, "bytes on the side that is held in memory", SIDE_BYTES_MAX));
            }
            batches.push(batch);
        }
        Ok(batches)
    }

    /// A sub-query, planned and read.
    pub(super) async fn side(&self, command: &Command, query: &weir_lang::ast::Query) -> Result<Stream, Fault> {
        let stream = Box::pin(self.query(query)).await?;
        let columns = stream.columns.clone();
        let batches = self.collect(command.kind.name(), stream).await?;
        self.batches(batches, columns)
    }
}
