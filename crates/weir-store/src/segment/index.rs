//! The file beside a segment: which words and which artifacts each row group may hold.
//!
//! Layout, little endian: magic, number of row groups, then per row group the length and bytes of its [`Bloom`], then the
//! number of artifact entries and the entries (hash, row group) sorted, then a CRC-32C of everything before.

use weir_event::ArtifactKind;

use super::bloom::{Bloom, hash_of};
use super::tokens::{each_token_hash, token_hash};

const MAGIC: &[u8; 8] = b"WEIRIDX1";

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    words: Vec<Bloom>,
    /// Sorted.
    artifacts: Vec<(u64, u32)>,
}

/// Collects the index, row group by row group.
pub(crate) struct IndexBuilder {
    index: Index,
    open: Bloom,
    open_artifacts: Vec<u64>,
    /// Hashes seen lately: most words repeat from line to line.
    recent: Vec<u64>,
    /// Hashes of words on their way into `open`: the places of many are looked up together, which the memory answers faster.
    pending: Vec<u64>,
}

const RECENT: usize = 2_048;
const PENDING: usize = 512;

/// Kept as if it were a token: text that has it may spell the words of its JSON in another way than it means them.
const ESCAPE: &str = "\\u";

impl IndexBuilder {
    pub fn new() -> Self {
        IndexBuilder {
            index: Index::default(),
            open: Bloom::for_lines(0),
            open_artifacts: Vec::new(),
            recent: vec![0; RECENT],
            pending: Vec::with_capacity(PENDING),
        }
    }

    /// What is added until [`IndexBuilder::end_row_group`] belongs to one row group of so many rows.
    pub fn begin_row_group(&mut self, rows: usize) {
        self.open = Bloom::for_lines(rows);
        self.recent.fill(0);
    }

    pub fn add_text(&mut self, text: &str) {
        let mut slashes = memchr::memchr_iter(b'\\', text.as_bytes());
        if slashes.any(|at| text.as_bytes()[at..].starts_with(ESCAPE.as_bytes())) {
            self.pending.push(token_hash(ESCAPE.as_bytes()));
        }
        let (pending, recent) = (&mut self.pending, &mut self.recent);
        each_token_hash(text, |hash| {
            let seen = &mut recent[hash as usize % RECENT];
            if *seen != hash || hash == 0 {
                *seen = hash;
                pending.push(hash);
            }
        });
        if self.pending.len() >= PENDING {
            self.insert_pending();
        }
    }

    fn insert_pending(&mut self) {
        for hash in self.pending.drain(..) {
            self.open.insert(hash);
        }
    }

    pub fn add_artifact(&mut self, kind: ArtifactKind, value: &str) {
        let hash = artifact_hash(kind, value);
        let seen = &mut self.recent[hash as usize % RECENT];
        if *seen != hash {
            *seen = hash;
            self.open_artifacts.push(hash);
        }
    }

    pub fn end_row_group(&mut self) {
        self.insert_pending();
        let bloom = std::mem::replace(&mut self.open, Bloom::for_lines(0));
        let number = self.index.words.len() as u32;
        self.index.words.push(bloom.shrink());
        self.open_artifacts.sort_unstable();
        self.open_artifacts.dedup();
        self.index.artifacts.extend(self.open_artifacts.drain(..).map(|hash| (hash, number)));
    }

    pub fn finish(mut self) -> Index {
        self.index.artifacts.sort_unstable();
        self.index
    }
}

fn artifact_hash(kind: ArtifactKind, value: &str) -> u64 {
    hash_of(kind as u64 + 1, value.as_bytes())
}

impl Index {
    /// False only when no `content` of the row group has the token. True for a row group that the index does not know.
    pub fn may_contain(&self, row_group: usize, token: &str) -> bool {
        self.words.get(row_group).is_none_or(|words| words.contains(token_hash(token.as_bytes())))
    }

    /// False only when no event of the row group has the artifact.
    pub fn may_hold(&self, row_group: usize, kind: ArtifactKind, value: &str) -> bool {
        let entry = (artifact_hash(kind, value), row_group as u32);
        row_group >= self.words.len() || self.artifacts.binary_search(&entry).is_ok()
    }

    pub fn bytes(&self) -> usize {
        self.words.iter().map(Bloom::bytes).sum::<usize>() + self.artifacts.len() * size_of::<(u64, u32)>()
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((self.words.len() as u32).to_le_bytes());
        for bloom in &self.words {
            out.extend((bloom.bytes() as u32).to_le_bytes());
            out.extend(bloom.to_bytes());
        }
        out.extend((self.artifacts.len() as u32).to_le_bytes());
        for (hash, row_group) in &self.artifacts {
            out.extend(hash.to_le_bytes());
            out.extend(row_group.to_le_bytes());
        }
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        out
    }

    /// `None` for a file that is damaged or not ours.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        (crc32c::crc32c(body) == u32::from_le_bytes(*crc)).then_some(())?;
        let mut rest = body.strip_prefix(MAGIC)?;
        let groups = number(&mut rest)?;
        let mut index = Index::default();
        for _ in 0..groups {
            let len = number(&mut rest)?;
            let (bloom, after) = rest.split_at_checked(len)?;
            index.words.push(Bloom::from_bytes(bloom)?);
            rest = after;
        }
        let entries = number(&mut rest)?;
        (entries.checked_mul(12)? == rest.len()).then_some(())?;
        for entry in rest.chunks_exact(12) {
            let (hash, group) = entry.split_at(8);
            index
                .artifacts
                .push((u64::from_le_bytes(hash.try_into().ok()?), u32::from_le_bytes(group.try_into().ok()?)));
        }
        Some(index)
    }
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_le_bytes(*number) as usize)
}
