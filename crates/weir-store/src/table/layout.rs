//! The columns that batches with different ones get in common.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder};
use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use hashbrown::HashMap;
use weir_event::{Kind, kind_of, limits};

use super::{Names, Part, kept};
use crate::column::{FIXED, REST, field, kind_of_field};
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
        Self::of_rows(columns, None)
    }

    /// The same for so many rows in memory, where columns must also be worth their holes.
    fn of_rows<'s>(columns: impl Iterator<Item = (&'s str, Kind, usize)>, rows: Option<usize>) -> Self {
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
        if let Some(rows) = rows {
            let values: Vec<usize> = chosen.iter().map(|&(.., values)| values).collect();
            let mut kept = kept(&values, rows).into_iter();
            chosen.retain(|&(name, ..)| {
                let keeps = kept.next().unwrap_or(true);
                if !keeps {
                    moved.add(name);
                }
                keeps
            });
        }
        let fixed = FIXED.into_iter().chain(chosen.iter().map(|&(name, kind, _)| (name, kind)));
        let mut fields: Vec<_> = fixed.map(|(name, kind)| field(name, kind)).collect();
        fields.push(field(REST, Kind::Text));
        Layout { schema: Arc::new(Schema::new(fields)), moved }
    }

    /// A layout for parts that become one in memory.
    pub fn of_merged(parts: &[Part]) -> Self {
        let rows = parts.iter().map(Part::rows).sum();
        Self::of_rows(parts.iter().flat_map(|part| columns_of(&part.batch)), Some(rows))
    }

    /// A layout for whole parts.
    pub fn of_parts<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Self {
        Self::of(parts.into_iter().flat_map(|part| columns_of(&part.batch)))
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

/// Where the columns of a layout are among the columns of a batch or a file.
pub(crate) struct Places {
    /// By column of the layout.
    columns: Vec<Option<usize>>,
    /// Columns that go to the rest, because the layout has none of their name and kind.
    moved: Vec<usize>,
}

/// A piece of a column.
pub(crate) enum Stretch {
    Values(ArrayRef),
    /// So many rows without a value.
    Nulls(usize),
}

impl Places {
    pub fn of(layout: &Layout, schema: &Schema) -> Self {
        let mut used = vec![false; schema.fields().len()];
        let mut have: HashMap<&str, usize, foldhash::fast::RandomState> = HashMap::default();
        have.extend(schema.fields().iter().enumerate().map(|(index, field)| (field.name().as_str(), index)));
        let mut place = |target: &FieldRef| {
            let index = have.get(target.name().as_str()).copied()?;
            let alike = kind_of_field(schema.field(index)) == kind_of_field(target);
            used[index] |= alike;
            alike.then_some(index)
        };
        let columns = layout.schema.fields().iter().map(&mut place).collect();
        let moved = (0..used.len()).filter(|&index| !used[index]).collect();
        Places { columns, moved }
    }

    /// The place of a column of the layout.
    pub fn column(&self, index: usize) -> Option<usize> {
        self.columns[index]
    }

    /// True for the column of the rest, which is the last one.
    pub fn is_rest(&self, index: usize) -> bool {
        index + 1 == self.columns.len()
    }

    /// Columns whose values go to the rest.
    pub fn moved(&self) -> &[usize] {
        &self.moved
    }

    /// Column `index` of the layout, out of a whole batch. `None` when Arrow refuses, which would be a bug.
    pub fn stretch(&self, batch: &RecordBatch, index: usize) -> Option<Stretch> {
        let own = self.columns[index].map(|place| batch.column(place).clone());
        if !self.moved.is_empty() && self.is_rest(index) {
            let moved: Vec<_> = self.moved.iter().map(|&at| (batch.schema_ref().field(at), batch.column(at))).collect();
            return rest_with(own.as_ref(), &moved).map(Stretch::Values);
        }
        Some(own.map_or(Stretch::Nulls(batch.num_rows()), Stretch::Values))
    }
}

/// The column of the rest with the values of other columns added.
pub(crate) fn rest_with(rest: Option<&ArrayRef>, moved: &[(&Field, &ArrayRef)]) -> Option<ArrayRef> {
    let rest = rest.map(|rest| rest.as_string_opt::<i32>()).unwrap_or_default();
    let rows = moved.first().map(|(_, column)| column.len())?;
    let mut builder = StringBuilder::with_capacity(rows, rest.map_or(0, |rest| rest.value_data().len()));
    let mut text = String::new();
    for row in 0..rows {
        text.clear();
        if let Some(rest) = rest.filter(|rest| rest.is_valid(row)) {
            text.push_str(rest.value(row).strip_suffix('}').unwrap_or_default());
        }
        for (field, column) in moved {
            let value = cell::value_at(column, kind_of_field(field)?, row);
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
