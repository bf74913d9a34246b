//! Which rows of a chunk become one part.

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::{Batch, Cell, FieldId, Timestamp};

use crate::segment::HOUR;

/// What the rows of a part have in common, besides their table. Such rows have much the same fields and end in the same segment,
/// so their columns have few holes and are written without being picked apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lot {
    /// Hours since the epoch; `None`: any.
    pub hour: Option<i64>,
    /// Name of the pack; `None`: any or none.
    pub pack: Option<Arc<str>>,
}

/// Lots of one chunk. Rows beyond share one of any hour and pack, so that a sender with odd clocks cannot make thousands of parts.
const LOTS_MAX: usize = 256;

/// The rows of a batch by lot, in order of their first rows. A row without a time counts as of `received_at`.
pub(super) fn split(batch: &Batch, received_at: Timestamp) -> Vec<(Lot, Vec<u32>)> {
    let (timestamp, pack) = (FieldId::known("timestamp"), FieldId::known("weir.pack"));
    let mut lots: Vec<(Lot, Vec<u32>)> = Vec::new();
    let mut places: HashMap<(i64, Option<&str>), usize, foldhash::fast::RandomState> = HashMap::default();
    let mut shared = None;
    for (index, row) in batch.rows().enumerate() {
        let (mut at, mut name) = (None, None);
        for &(field, cell) in row.slots() {
            match cell {
                Cell::Timestamp(time) if field == timestamp => at = Some(time),
                Cell::Text(span) if field == pack => name = Some(batch.text(span)),
                _ => continue,
            }
            // Both are among the first that the parser sets.
            if at.is_some() && name.is_some() {
                break;
            }
        }
        let key = (at.unwrap_or(received_at).0.div_euclid(HOUR), name);
        let place = match places.get(&key) {
            Some(&place) => place,
            None if places.len() >= LOTS_MAX => *shared.get_or_insert_with(|| open(&mut lots, Lot::default())),
            None => {
                let place = open(&mut lots, Lot { hour: Some(key.0), pack: name.map(Arc::from) });
                places.insert(key, place);
                place
            }
        };
        lots[place].1.push(index as u32);
    }
    lots
}

fn open(lots: &mut Vec<(Lot, Vec<u32>)>, lot: Lot) -> usize {
    lots.push((lot, Vec::new()));
    lots.len() - 1
}
