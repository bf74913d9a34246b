//! The bytes of one read: the unit of the log.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::{Cursor, Timestamp};

/// The records of one read, POST or page, as they came in, with what was known when they came.
///
/// At most [`crate::limits::CHUNK_EVENTS_MAX`] records and [`crate::limits::CHUNK_BYTES_MAX`] bytes unless one record alone is
/// larger. `bytes` holds the records one after the other; `ends[i]` is where record `i` ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    /// The table a record goes to unless its pack or a route says otherwise: `logs`, `events`, `security.events`, ...
    pub table: Arc<str>,
    pub received_at: Timestamp,
    /// The address that sent the bytes.
    pub peer: Option<IpAddr>,
    /// Number of the configuration that was in force.
    pub config: u64,
    /// Where the source goes on after these records.
    pub cursor: Option<Cursor>,
    /// Id of the pull that brought the records: the field `weir.pull_id` of every event.
    pub pull: Option<Arc<str>>,
    /// Shared, so that rows can point into it without a copy.
    pub bytes: Arc<[u8]>,
    pub ends: Vec<u32>,
}

/// Identity of an event: position of its chunk in the log, and index of the record in the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    pub position: u64,
    pub index: u32,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The records in order.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|index| self.record(index))
    }

    /// Record `index`. A damaged `ends` gives an empty record, never a panic.
    pub fn record(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).map_or(0, |&end| end as usize) };
        let end = self.ends.get(index).map_or(start, |&end| end as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// Collects the records of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub bytes: Vec<u8>,
    pub ends: Vec<u32>,
}

impl Records {
    pub fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// True when the next record belongs into a new chunk.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= crate::limits::CHUNK_BYTES_MAX || self.ends.len() >= crate::limits::CHUNK_EVENTS_MAX
    }
}

/// `POSITION-INDEX`, both in hexadecimal: sorts by arrival when positions have the same number of digits.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}-{:04x}", self.position, self.index)
    }
}

impl std::str::FromStr for EventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (position, index) = text.split_once('-').ok_or(())?;
        let position = u64::from_str_radix(position, 16).map_err(|_| ())?;
        let index = u32::from_str_radix(index, 16).map_err(|_| ())?;
        Ok(EventId { position, index })
    }
}
