//! From a chunk's rows to the rows of each table.

use std::sync::Arc;

use weir_event::{Batch, Cell, Chunk, FieldId};

use crate::plan::{Plan, Route, RouteTo};

/// Rows of one chunk that go to one bucket.
#[derive(Clone, Debug)]
pub struct Routed {
    pub tenant: Arc<str>,
    pub table: Arc<str>,
    pub bucket: Arc<str>,
    /// Index in the chunk of each row; `None`: row `i` is record `i`.
    pub indexes: Option<Vec<u32>>,
    pub batch: Batch,
}

/// What became of a chunk's records. `stored` and the filtered ones add up to the records of the chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub stored: u64,
    /// Route name and number of events it dropped.
    pub filtered: Vec<(Arc<str>, u64)>,
}

#[derive(Clone, Debug, Default)]
pub struct Output {
    pub routed: Vec<Routed>,
    pub counts: Counts,
}

/// A place events go to, and who goes there.
struct Target<'p> {
    route: Option<&'p Route>,
    rows: Vec<u32>,
}

/// Sets the fields of the source and sends each row its way.
pub fn route(plan: &Plan, chunk: &Chunk, mut batch: Batch) -> Output {
    let origin = plan.origins.get(&(chunk.tenant.clone(), chunk.source.clone()));
    if let Some(origin) = origin.filter(|origin| !origin.fields.is_empty()) {
        let cells: Vec<(FieldId, Cell)> =
            origin.fields.iter().map(|(field, value)| (*field, batch.cell(value.borrowed()))).collect();
        batch.set_everywhere(&cells);
    }
    let routes: Vec<&Route> = plan.routes.iter().filter(|route| route.is_for(&chunk.source)).collect();
    let mut targets = targets(&routes, &batch);
    if targets.len() == 1 {
        let target = targets.remove(0);
        return Output::default().with(plan, chunk, &target, || (None, batch));
    }
    targets.into_iter().fold(Output::default(), |output, target| {
        output.with(plan, chunk, &target, || (Some(target.rows.clone()), batch.select(&target.rows)))
    })
}

/// Rows by the first route that takes them. With no rows there is no target.
fn targets<'p>(routes: &[&'p Route], batch: &Batch) -> Vec<Target<'p>> {
    let mut targets: Vec<Target> = Vec::new();
    for (index, row) in batch.rows().enumerate() {
        let route = routes.iter().copied().find(|route| route.matches(&row));
        let same = |target: &&mut Target| match (target.route, route) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        match targets.iter_mut().find(same) {
            Some(target) => target.rows.push(index as u32),
            None => targets.push(Target { route, rows: vec![index as u32] }),
        }
    }
    targets
}

impl Output {
    fn with(
        mut self,
        plan: &Plan,
        chunk: &Chunk,
        target: &Target<'_>,
        rows: impl FnOnce() -> (Option<Vec<u32>>, Batch),
    ) -> Self {
        let count = target.rows.len() as u64;
        let (table, bucket) = match target.route.map(|route| (&route.name, &route.to)) {
            Some((name, RouteTo::Drop)) => {
                self.counts.filtered.push((name.clone(), count));
                return self;
            }
            Some((_, RouteTo::Table { table, bucket })) => (table.clone(), bucket.clone()),
            None => (chunk.table.clone(), None),
        };
        let bucket = bucket.unwrap_or_else(|| plan.bucket(&table));
        let (indexes, batch) = rows();
        self.counts.stored += count;
        self.routed.push(Routed { tenant: chunk.tenant.clone(), table, bucket, indexes, batch });
        self
    }
}

#[cfg(test)]
mod tests;
