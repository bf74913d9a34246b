//! Which blocks of rows hold a hash: the index of one row group.
//!
//! A row group is cut into at most 64 blocks of consecutive rows. Of every hash that was added, [`FINGERPRINT_BITS`] stay, with the
//! blocks that it stands in. Those are sorted and cut into buckets, so that a look-up reads two places of a file and decodes
//! some 50 entries. A bucket is bytes and a checksum; an entry in it is, as a varint, what its fingerprint adds to the one
//! before it and how its blocks follow: one, some, or all of them.

/// Blocks of a row group, as the bits of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks(pub u64);

impl Blocks {
    pub const NONE: Blocks = Blocks(0);
    pub const ALL: Blocks = Blocks(u64::MAX);

    pub fn and(self, other: Blocks) -> Blocks {
        Blocks(self.0 & other.0)
    }

    pub fn or(self, other: Blocks) -> Blocks {
        Blocks(self.0 | other.0)
    }

    pub fn has(self, block: usize) -> bool {
        block >= 64 || self.0 >> block & 1 == 1
    }
}

/// Least rows of a block.
const BLOCK_ROWS_MIN: usize = 1024;
/// Of a hash: one look-up in some hundred finds something that was not added, and then one block.
const FINGERPRINT_BITS: u32 = 26;
const BLOCK_BITS: u32 = 6;
/// Entries of a bucket, on average.
const BUCKET_ENTRIES: usize = 48;
pub(super) const BUCKETS_LOG_MAX: u32 = 20;
/// Hashes seen lately: most words repeat from line to line.
const RECENT: usize = 4096;

/// Rows of a block in a row group of so many rows.
pub(super) fn block_rows(rows: usize) -> usize {
    rows.div_ceil(64).max(BLOCK_ROWS_MIN)
}

/// Collects the hashes of one row group.
pub(super) struct PlacesBuilder {
    /// Fingerprint and block.
    entries: Vec<u32>,
    recent: Vec<u32>,
    blocks: usize,
}

impl PlacesBuilder {
    pub fn of(rows: usize) -> Self {
        let blocks = rows.div_ceil(block_rows(rows)).max(1);
        // An entry that nothing gives: its block does not exist, or else it is the one added first.
        PlacesBuilder { entries: Vec::new(), recent: vec![u32::MAX; RECENT], blocks }
    }

    #[inline]
    pub fn add(&mut self, hash: u64, block: usize) {
        let entry = entry_of(hash, block);
        let seen = &mut self.recent[(hash >> 20) as usize % RECENT];
        if *seen != entry || entry == u32::MAX {
            *seen = entry;
            self.entries.push(entry);
        }
    }

    /// The section of the file for this row group, and log2 of its buckets.
    pub fn finish(mut self) -> (Vec<u8>, u32) {
        self.entries.sort_unstable();
        self.entries.dedup();
        let distinct = self.entries.chunk_by(|a, b| fingerprint(*a) == fingerprint(*b)).count();
        let buckets_log = (distinct / BUCKET_ENTRIES).max(1).ilog2().min(BUCKETS_LOG_MAX);
        let buckets = 1usize << buckets_log;
        let mut data = Vec::with_capacity(self.entries.len() * 3);
        let mut ends = Vec::with_capacity(buckets);
        let mut rest = &self.entries[..];
        for bucket in 0..buckets {
            let end = rest.partition_point(|entry| bucket_of(fingerprint(*entry), buckets_log) <= bucket);
            let from = data.len();
            self.encode(&rest[..end], first_of(bucket, buckets_log), &mut data);
            let sum = checksum(bucket, &data[from..]);
            data.extend(sum);
            ends.push(data.len() as u32);
            rest = &rest[end..];
        }
        let mut section: Vec<u8> = ends.into_iter().flat_map(u32::to_le_bytes).collect();
        section.extend(data);
        (section, buckets_log)
    }

    fn encode(&self, entries: &[u32], mut before: u32, out: &mut Vec<u8>) {
        for places in entries.chunk_by(|a, b| fingerprint(*a) == fingerprint(*b)) {
            let adds = u64::from(fingerprint(places[0]) - before) << 2;
            before = fingerprint(places[0]);
            let blocks = places.iter().map(|place| (place & ((1 << BLOCK_BITS) - 1)) as u8);
            match places.len() {
                // What stands in many blocks tells little, and its blocks would cost most.
                many if many > 1 && many * 4 > self.blocks => put(adds | EVERYWHERE, out),
                1 => {
                    put(adds | ONE, out);
                    out.extend(blocks);
                }
                some => {
                    put(adds | SOME, out);
                    out.push(some as u8);
                    out.extend(blocks);
                }
            }
        }
    }
}

/// How the blocks of an entry follow: one byte, a number of bytes, or none.
const ONE: u64 = 0;
const SOME: u64 = 1;
const EVERYWHERE: u64 = 2;

fn entry_of(hash: u64, block: usize) -> u32 {
    ((hash >> (64 - FINGERPRINT_BITS)) as u32) << BLOCK_BITS | block as u32 & ((1 << BLOCK_BITS) - 1)
}

fn fingerprint(entry: u32) -> u32 {
    entry >> BLOCK_BITS
}

fn bucket_of(fingerprint: u32, buckets_log: u32) -> usize {
    (fingerprint >> (FINGERPRINT_BITS - buckets_log)) as usize
}

/// The least fingerprint of a bucket.
fn first_of(bucket: usize, buckets_log: u32) -> u32 {
    (bucket as u32) << (FINGERPRINT_BITS - buckets_log)
}

/// Two bytes; those of another bucket with the same bytes differ.
fn checksum(bucket: usize, bytes: &[u8]) -> [u8; 2] {
    let sum = crc32c::crc32c_append(bucket as u32, bytes).to_le_bytes();
    [sum[0], sum[1]]
}

/// A section, wherever its bytes are.
pub(super) struct Places<'s> {
    pub buckets_log: u32,
    /// Fills the buffer from an offset in the section; false when the section is shorter.
    pub read: &'s dyn Fn(u64, &mut [u8]) -> bool,
}

impl Places<'_> {
    /// The blocks that may hold the hash; `None` when what is stored is damaged.
    pub fn of(&self, hash: u64) -> Option<Blocks> {
        let wanted = fingerprint(entry_of(hash, 0));
        let bucket = bucket_of(wanted, self.buckets_log);
        self.decode(&self.bucket(bucket)?, first_of(bucket, self.buckets_log), wanted)
    }

    /// Whether every bucket is as it was written.
    pub fn is_whole(&self) -> bool {
        (0..1usize << self.buckets_log).all(|bucket| self.bucket(bucket).is_some())
    }

    fn bucket(&self, bucket: usize) -> Option<Vec<u8>> {
        let mut ends = [0; 8];
        let from = match bucket {
            0 => (self.read)(0, &mut ends[4..]).then_some(0)?,
            _ => {
                (self.read)(bucket as u64 * 4 - 4, &mut ends).then_some(())?;
                u32::from_le_bytes(ends[..4].try_into().ok()?)
            }
        };
        let end = u32::from_le_bytes(ends[4..].try_into().ok()?);
        let mut bytes = vec![0; end.checked_sub(from).filter(|size| *size <= BUCKET_BYTES_MAX)? as usize];
        (self.read)((4 << self.buckets_log) + u64::from(from), &mut bytes).then_some(())?;
        let (body, sum) = bytes.split_last_chunk::<2>()?;
        let whole = checksum(bucket, body) == *sum;
        bytes.truncate(bytes.len() - 2);
        whole.then_some(bytes)
    }

    fn decode(&self, mut bytes: &[u8], mut fingerprint: u32, wanted: u32) -> Option<Blocks> {
        while !bytes.is_empty() {
            let head = take(&mut bytes)?;
            fingerprint = fingerprint.checked_add(u32::try_from(head >> 2).ok()?)?;
            let blocks = match head & 3 {
                ONE => bytes.split_off(..1)?,
                SOME => {
                    let count = *bytes.split_off_first()?;
                    bytes.split_off(..usize::from(count))?
                }
                EVERYWHERE => &[],
                _ => return None,
            };
            if fingerprint >= wanted {
                let found = match fingerprint == wanted {
                    true if blocks.is_empty() => Blocks::ALL,
                    true => Blocks(blocks.iter().fold(0, |found, block| found | 1 << (block & 63))),
                    false => Blocks::NONE,
                };
                return Some(found);
            }
        }
        Some(Blocks::NONE)
    }
}

/// A bucket that claims more is damaged.
const BUCKET_BYTES_MAX: u32 = 1 << 22;

fn put(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::hash::hash_of;
    use super::*;

    fn hash(number: u64) -> u64 {
        hash_of(0, &number.to_le_bytes())
    }

    fn look(section: &[u8], buckets_log: u32, number: u64) -> Option<Blocks> {
        let read = |at: u64, buffer: &mut [u8]| {
            let bytes = section.get(at as usize..at as usize + buffer.len());
            bytes.map(|bytes| buffer.copy_from_slice(bytes)).is_some()
        };
        Places { buckets_log, read: &read }.of(hash(number))
    }

    /// Number `n` stands in the first `n % 20 + 1` blocks.
    fn section(numbers: u64, rows: usize) -> (Vec<u8>, u32) {
        let mut builder = PlacesBuilder::of(rows);
        for block in 0..20 {
            (0..numbers)
                .filter(|number| number % 20 >= block)
                .for_each(|number| builder.add(hash(number), block as usize));
        }
        builder.finish()
    }

    #[test]
    fn what_was_added_is_found_where_it_was_and_little_else() {
        let (section, log) = section(10_000, 65_536);
        for number in 0..10_000 {
            let blocks = match number % 20 + 1 {
                many if many > 16 => Blocks::ALL,
                some => Blocks((1 << some) - 1),
            };
            let found = look(&section, log, number).expect("whole");
            assert_eq!(found.and(blocks), blocks, "{number}");
        }
        let wrong = (10_000..110_000).filter(|&number| look(&section, log, number) != Some(Blocks::NONE)).count();
        assert!(wrong < 50, "{wrong} of 100000");
    }

    #[test]
    fn nothing_and_few_rows_are_sections_too() {
        let (empty, log) = section(0, 10);
        assert_eq!(look(&empty, log, 1), Some(Blocks::NONE));
        let (few, log) = section(3, 10);
        assert_eq!((look(&few, log, 0), look(&few, log, 7)), (Some(Blocks(1)), Some(Blocks::NONE)));
    }

    #[test]
    fn damage_is_noticed_or_does_no_harm() {
        let (section, log) = section(500, 65_536);
        let whole: Vec<_> = (0..500).map(|number| look(&section, log, number)).collect();
        for at in 0..section.len() {
            let mut damaged = section.clone();
            damaged[at] ^= 0x10;
            for number in (at as u64 % 7..500).step_by(7) {
                let found = look(&damaged, log, number);
                assert!(found.is_none() || found == whole[number as usize], "byte {at}, number {number}");
            }
        }
    }
}
