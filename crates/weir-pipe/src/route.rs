//! From a chunk's rows to the rows of each table.

use std::sync::Arc;

use weir_event::{Batch, Cell, Chunk, FieldId, Row, Value};

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
    way: Way<'p>,
    rows: Vec<u32>,
}

/// Who decides where a row goes.
#[derive(Clone, Copy)]
enum Way<'p> {
    Route(&'p Route),
    Pack(&'p RouteTo),
    Chunk,
}

impl<'p> Way<'p> {
    fn of(plan: &'p Plan, routes: &[&'p Route], pack: FieldId, row: &Row<'_>) -> Way<'p> {
        if let Some(route) = routes.iter().find(|route| route.matches(row)) {
            return Way::Route(route);
        }
        let own = if plan.packs.is_empty() { None } else { row.text(pack).and_then(|name| plan.packs.get(name)) };
        own.map_or(Way::Chunk, Way::Pack)
    }

    fn is(self, other: Way<'_>) -> bool {
        match (self, other) {
            (Way::Route(a), Way::Route(b)) => std::ptr::eq(a, b),
            (Way::Pack(a), Way::Pack(b)) => std::ptr::eq(a, b),
            (Way::Chunk, Way::Chunk) => true,
            _ => false,
        }
    }
}

/// Sets the fields of the source and of the pull, and sends each row its way.
pub fn route(plan: &Plan, chunk: &Chunk, mut batch: Batch) -> Output {
    let origin = plan.origins.get(&(chunk.tenant.clone(), chunk.source.clone()));
    let constant = origin.map_or(&[][..], |origin| &origin.fields);
    let mut cells = cells_of(&mut batch, constant);
    if let Some(pull) = &chunk.pull {
        cells.push((FieldId::known("weir.pull_id"), batch.cell(&Value::text(pull))));
    }
    if !cells.is_empty() {
        batch.set_everywhere(&cells);
    }
    if let Some(origin) = origin.filter(|origin| !origin.defaults.is_empty()) {
        let cells = cells_of(&mut batch, &origin.defaults);
        batch.set_where_missing(&cells);
    }
    let routes: Vec<&Route> = plan.routes.iter().filter(|route| route.is_for(&chunk.source)).collect();
    let mut targets = targets(plan, &routes, &batch);
    if targets.len() == 1 {
        let target = targets.remove(0);
        return Output::default().with(plan, chunk, &target, || (None, batch));
    }
    targets.into_iter().fold(Output::default(), |output, target| {
        output.with(plan, chunk, &target, || (Some(target.rows.clone()), batch.select(&target.rows)))
    })
}

fn cells_of(batch: &mut Batch, fields: &[(FieldId, Value<'static>)]) -> Vec<(FieldId, Cell)> {
    fields.iter().map(|(field, value)| (*field, batch.cell(value))).collect()
}

/// Rows by who decides about them. With no rows there is no target.
fn targets<'p>(plan: &'p Plan, routes: &[&'p Route], batch: &Batch) -> Vec<Target<'p>> {
    let pack = FieldId::known("weir.pack");
    let mut targets: Vec<Target> = Vec::new();
    for (index, row) in batch.rows().enumerate() {
        let way = Way::of(plan, routes, pack, &row);
        match targets.iter_mut().find(|target| target.way.is(way)) {
            Some(target) => target.rows.push(index as u32),
            None => targets.push(Target { way, rows: vec![index as u32] }),
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
        let to = match target.way {
            Way::Route(route) => Some((&route.to, Some(&route.name))),
            Way::Pack(to) => Some((to, None)),
            Way::Chunk => None,
        };
        let (table, bucket) = match to {
            Some((RouteTo::Drop, name)) => {
                self.counts.filtered.push((name.cloned().unwrap_or_else(|| "pack".into()), count));
                return self;
            }
            Some((RouteTo::Table { table, bucket }, _)) => (table.clone(), bucket.clone()),
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
