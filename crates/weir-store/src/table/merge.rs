//! Batches whose columns differ, made alike.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder, new_null_array};
use arrow::compute::concat;
use arrow::datatypes::{Schema, SchemaRef};
use hashbrown::HashMap;
use weir_event::{Kind, kind_of, limits};

use super::{Names, Part};
use crate::column::{FIXED, REST, data_type, field, kind_of_field};
use crate::{cell, rest};

/// The columns that several batches get in common.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub schema: SchemaRef,
    /// Names of fields that lose a column of theirs to the rest.
    pub moved: Names,
}

/// How often a column of a name and kind has a value.
struct Seen {
    kind: Kind,
    values: usize,
}

impl Layout {
    /// A layout for columns given as name, kind and number of values: the most frequent kind of a name wins, a kind of the
    /// dictionary always; the rarest names beyond [`limits::SEGMENT_COLUMNS_MAX`] go to the rest.
    pub fn of<'s>(columns: impl Iterator<Item = (&'s str, Kind, usize)>) -> Self {
        let mut seen: HashMap<&str, Vec<Seen>, foldhash::fast::RandomState> = HashMap::default();
        let mut order: Vec<&str> = Vec::new();
        for (name, kind, values) in columns.filter(|(name, ..)| !is_fixed(name)) {
            let kinds = seen.entry(name).or_insert_with(|| {
                order.push(name);
                Vec::new()
            });
            match kinds.iter_mut().find(|seen| seen.kind == kind) {
                Some(seen) => seen.values += values,
                None => kinds.push(Seen { kind, values }),
            }
        }
        let mut moved = Names::default();
        let mut chosen: Vec<(&str, Kind, usize)> = Vec::new();
        for name in order {
            let kinds = &seen[name];
            if kinds.len() > 1 {
                moved.add(name);
            }
            chosen.push((name, best(name, kinds), kinds.iter().map(|seen| seen.values).sum()));
        }
        let room = limits::SEGMENT_COLUMNS_MAX - FIXED.len() - 1;
        if chosen.len() > room {
            chosen.sort_by_key(|&(_, _, values)| std::cmp::Reverse(values));
            chosen.drain(room..).for_each(|(name, ..)| moved.add(name));
        }
        let fixed = FIXED.into_iter().chain(chosen.iter().map(|&(name, kind, _)| (name, kind)));
        let mut fields: Vec<_> = fixed.map(|(name, kind)| field(name, kind)).collect();
        fields.push(field(REST, Kind::Text));
        Layout { schema: Arc::new(Schema::new(fields)), moved }
    }

    /// A layout for whole parts.
    pub fn of_parts(parts: &[&Part]) -> Self {
        Self::of(parts.iter().flat_map(|part| columns_of(&part.batch)))
    }
}

/// Name, kind and number of values of every column but the rest.
fn columns_of(batch: &RecordBatch) -> impl Iterator<Item = (&str, Kind, usize)> {
    let fields = batch.schema_ref().fields().iter().zip(batch.columns());
    fields.filter(|(field, _)| field.name() != REST).filter_map(|(field, column)| {
        Some((field.name().as_str(), kind_of_field(field)?, column.len() - column.null_count()))
    })
}

fn is_fixed(name: &str) -> bool {
    FIXED.iter().any(|(fixed, _)| *fixed == name)
}

fn best(name: &str, kinds: &[Seen]) -> Kind {
    let known = kind_of(name).filter(|&kind| kinds.iter().any(|seen| seen.kind == kind));
    let frequent = || kinds.iter().max_by_key(|seen| seen.values).map_or(Kind::Text, |seen| seen.kind);
    known.unwrap_or_else(frequent)
}

/// All parts as one; `None` when Arrow refuses, which would be a bug: the parts stay as they are then.
pub(crate) fn merge(parts: &[&Part]) -> Option<Part> {
    let layout = Layout::of_parts(parts);
    let mut names = layout.moved.clone();
    parts.iter().for_each(|part| names.add_all(&part.names));
    let alike: Vec<RecordBatch> = parts.iter().map(|part| adapt(&part.batch, &layout)).collect::<Option<_>>()?;
    let columns = (0..layout.schema.fields().len()).map(|index| {
        let arrays: Vec<&dyn Array> = alike.iter().map(|batch| batch.column(index).as_ref()).collect();
        concat(&arrays).ok()
    });
    let columns: Vec<ArrayRef> = columns.collect::<Option<_>>()?;
    let batch = without_empty_rest(RecordBatch::try_new(layout.schema, columns).ok()?);
    let times = parts.iter().fold((i64::MAX, i64::MIN), |t, part| (t.0.min(part.times.0), t.1.max(part.times.1)));
    Some(Part::new(batch, names, times))
}

fn without_empty_rest(mut batch: RecordBatch) -> RecordBatch {
    let last = batch.num_columns() - 1;
    if batch.column(last).null_count() == batch.num_rows() {
        batch.remove_column(last);
    }
    batch
}

/// `batch` with the columns of `layout`: missing ones null, columns of another kind moved to the rest.
pub(crate) fn adapt(batch: &RecordBatch, layout: &Layout) -> Option<RecordBatch> {
    let rows = batch.num_rows();
    let mut used = vec![false; batch.num_columns()];
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(layout.schema.fields().len());
    let mut have: HashMap<&str, usize, foldhash::fast::RandomState> = HashMap::default();
    for (index, field) in batch.schema_ref().fields().iter().enumerate() {
        have.insert(field.name(), index);
    }
    for target in layout.schema.fields() {
        let kind = kind_of_field(target)?;
        let found = have.get(target.name().as_str()).copied();
        let alike = found.filter(|&index| kind_of_field(batch.schema_ref().field(index)) == Some(kind));
        columns.push(match alike {
            Some(index) => {
                used[index] = true;
                batch.column(index).clone()
            }
            None => new_null_array(&data_type(kind), rows),
        });
    }
    let moving: Vec<usize> = (0..used.len()).filter(|&index| !used[index]).collect();
    if !moving.is_empty() {
        let rest = columns.pop()?;
        columns.push(with_moved(batch, &rest, &moving)?);
    }
    RecordBatch::try_new(layout.schema.clone(), columns).ok()
}

/// The column of the rest with the values of the columns `moving` added.
fn with_moved(batch: &RecordBatch, rest: &ArrayRef, moving: &[usize]) -> Option<ArrayRef> {
    let rest = rest.as_string_opt::<i32>()?;
    let mut builder = StringBuilder::with_capacity(batch.num_rows(), rest.value_data().len());
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        text.clear();
        if rest.is_valid(row) {
            text.push_str(rest.value(row).strip_suffix('}').unwrap_or_default());
        }
        for &index in moving {
            let field = batch.schema_ref().field(index);
            let value = cell::value_at(batch.column(index), kind_of_field(field)?, row);
            if !value.is_null() {
                rest::encode_member(field.name(), &value, &mut text);
            }
        }
        if text.is_empty() {
            builder.append_null();
        } else {
            text.push('}');
            builder.append_value(&text);
        }
    }
    Some(Arc::new(builder.finish()))
}
