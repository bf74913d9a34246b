//! The file beside a segment: which blocks of rows may hold which words and which values.
//!
//! Layout, little endian: magic; one section of [`Places`] for each row group; then for each row group where its section begins
//! (8 bytes), the rows of its blocks (4) and log2 of its buckets (4); what is covered, the number of row groups and a CRC-32C of
//! everything since the sections (4 each). What a look-up reads of it, and no more, is read and checked for it.

use weir_event::ArtifactKind;

use super::hash::hash_of;
use super::places::{BUCKETS_LOG_MAX, Blocks, Places, PlacesBuilder, block_rows};
use super::tokens::{each_token_hash, token_hash};
use super::write::Effort;
use crate::column::{FIXED, REST};

const MAGIC: &[u8; 8] = b"WEIRIDX2";
/// Bytes that tell of one row group.
const ENTRY: usize = 16;
const TAIL: usize = 12;

/// Which values an index knows, besides the words of `content`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Values {
    /// The items of the columns of artifacts.
    Artifacts = 1,
    /// Those and the values of all columns of texts and addresses.
    Texts = 2,
}

impl Values {
    /// The values that an index of a segment written with `effort` knows.
    pub fn of(effort: Effort) -> Values {
        match effort {
            Effort::Quick => Values::Artifacts,
            Effort::Thorough => Values::Texts,
        }
    }

    /// Whether the values of a column, which holds texts or addresses, are known.
    pub fn cover(self, column: &str) -> bool {
        let artifacts = || ArtifactKind::ALL.iter().any(|kind| kind.field_name() == column);
        let fixed = || column == REST || FIXED.iter().any(|(name, _)| *name == column);
        (self == Values::Texts && !fixed()) || artifacts()
    }
}

/// Collects the index, row group by row group.
pub(crate) struct IndexBuilder {
    values: Values,
    file: Vec<u8>,
    groups: Vec<[u8; ENTRY]>,
    open: PlacesBuilder,
    block_rows: usize,
}

/// Kept as if it were a token: text that has it may spell the words of its JSON in another way than it means them.
const ESCAPE: &str = "\\u";

impl IndexBuilder {
    pub fn new(values: Values) -> Self {
        let open = PlacesBuilder::of(0);
        IndexBuilder { values, file: MAGIC.to_vec(), groups: Vec::new(), open, block_rows: block_rows(0) }
    }

    pub fn values(&self) -> Values {
        self.values
    }

    /// What is added until [`IndexBuilder::end_row_group`] belongs to one row group of so many rows.
    pub fn begin_row_group(&mut self, rows: usize) {
        self.open = PlacesBuilder::of(rows);
        self.block_rows = block_rows(rows);
    }

    /// The words of `content` in row `row` of the row group.
    pub fn add_text(&mut self, row: usize, text: &str) {
        let block = row / self.block_rows;
        let mut slashes = memchr::memchr_iter(b'\\', text.as_bytes());
        if slashes.any(|at| text.as_bytes()[at..].starts_with(ESCAPE.as_bytes())) {
            self.open.add(token_hash(ESCAPE.as_bytes()), block);
        }
        each_token_hash(text, |hash| self.open.add(hash, block));
    }

    /// A value of a column, or an item of it, in row `row` of the row group.
    pub fn add_value(&mut self, row: usize, value: &str) {
        self.open.add(value_hash(value), row / self.block_rows);
    }

    pub fn end_row_group(&mut self) {
        let (section, buckets_log) = std::mem::replace(&mut self.open, PlacesBuilder::of(0)).finish();
        let mut entry = [0; ENTRY];
        entry[..8].copy_from_slice(&(self.file.len() as u64).to_le_bytes());
        entry[8..12].copy_from_slice(&(self.block_rows as u32).to_le_bytes());
        entry[12..].copy_from_slice(&buckets_log.to_le_bytes());
        self.groups.push(entry);
        self.file.extend(section);
    }

    /// The whole file.
    pub fn finish(mut self) -> Vec<u8> {
        let from = self.file.len();
        self.file.extend(self.groups.iter().flatten());
        self.file.extend((self.values as u32).to_le_bytes());
        self.file.extend((self.groups.len() as u32).to_le_bytes());
        let sum = crc32c::crc32c(&self.file[from..]);
        self.file.extend(sum.to_le_bytes());
        self.file
    }
}

/// Another hash than that of a token, so that values and words do not meet.
fn value_hash(value: &str) -> u64 {
    hash_of(1, value.as_bytes())
}

/// What has to be known of an index before it is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Index {
    pub values: Values,
    groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq)]
struct Group {
    at: u64,
    block_rows: usize,
    buckets_log: u32,
}

/// Fills the buffer from an offset of the file; false when the file ends before.
pub(super) type Read<'r> = &'r dyn Fn(u64, &mut [u8]) -> bool;

impl Index {
    /// `None` for a file that is damaged or not ours.
    pub fn open(size: u64, read: Read<'_>) -> Option<Self> {
        let mut magic = [0; MAGIC.len()];
        let mut tail = [0; TAIL];
        (read(0, &mut magic) && magic == *MAGIC).then_some(())?;
        read(size.checked_sub(TAIL as u64)?, &mut tail).then_some(())?;
        let number = |at: usize| u32::from_le_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]);
        let entries = u64::from(number(4)) * ENTRY as u64;
        let from = size.checked_sub(TAIL as u64 + entries)?;
        let mut body = vec![0; entries as usize + TAIL - 4];
        read(from, &mut body).then_some(())?;
        (crc32c::crc32c(&body) == number(8)).then_some(())?;
        let values = [Values::Artifacts, Values::Texts].into_iter().find(|values| *values as u32 == number(0))?;
        let groups = body.chunks_exact(ENTRY).take(number(4) as usize).map(|entry| {
            let half = |at: usize| u32::from_le_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]);
            let at = u64::from(half(0)) | u64::from(half(4)) << 32;
            let known = half(8) > 0 && half(12) <= BUCKETS_LOG_MAX;
            known.then(|| Group { at, block_rows: half(8) as usize, buckets_log: half(12) })
        });
        Some(Index { values, groups: groups.collect::<Option<_>>()? })
    }

    /// Blocks of a row group with a `content` that may have the token. All of them in a row group that the index does not know.
    pub fn with_token(&self, row_group: usize, token: &str, read: Read<'_>) -> Blocks {
        self.look_up(row_group, token_hash(token.as_bytes()), read)
    }

    /// Blocks of a row group with a row that may have the value in a column that the index knows.
    pub fn with_value(&self, row_group: usize, value: &str, read: Read<'_>) -> Blocks {
        self.look_up(row_group, value_hash(value), read)
    }

    /// Rows of the blocks of a row group.
    pub fn block_rows(&self, row_group: usize) -> usize {
        self.groups.get(row_group).map_or(usize::MAX, |group| group.block_rows)
    }

    /// Whether every byte that a look-up can read is as it was written.
    pub fn is_whole(&self, read: Read<'_>) -> bool {
        self.groups.iter().all(|group| group.places(&|at, buffer| read(group.at + at, buffer)).is_whole())
    }

    fn look_up(&self, row_group: usize, hash: u64, read: Read<'_>) -> Blocks {
        let found =
            self.groups.get(row_group).map(|group| group.places(&|at, buffer| read(group.at + at, buffer)).of(hash));
        found.flatten().unwrap_or(Blocks::ALL)
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.groups.len() * size_of::<Group>()
    }
}

impl Group {
    fn places<'r>(&self, read: &'r dyn Fn(u64, &mut [u8]) -> bool) -> Places<'r> {
        Places { buckets_log: self.buckets_log, read }
    }
}
