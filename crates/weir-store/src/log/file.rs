//! One file of the log as bytes: header, records, and what is found when they are damaged.

use std::fmt;
use std::ops::Range;

use memchr::memmem;

/// Format of files and records.
const VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"WEIR-LOG";
/// Bytes of one copy of the header.
const HEADER: usize = 40;
/// Bytes before the first record: the header, twice.
pub(crate) const PREAMBLE: usize = 2 * HEADER;

/// Begins the head of every record.
const MARK: &[u8; 4] = b"\xf5WRC";
/// Bytes before the payload: mark, length, position, checksum of the payload, checksum of the head.
pub(super) const HEAD: usize = 24;
/// Bytes of one payload.
pub(super) const PAYLOAD_MAX: usize = 256 << 20;

/// `FIRST-SERIAL.log`, both in hexadecimal: the position of the first record, and a number that tells files of one position
/// apart. In order of both, a later file replaces what an earlier one says from its first position on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileName {
    pub first: u64,
    pub serial: u32,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:08x}.log", self.first, self.serial)
    }
}

impl FileName {
    pub fn parse(name: &str) -> Option<Self> {
        let (first, serial) = name.strip_suffix(".log")?.split_once('-')?;
        let (first, serial) = (u64::from_str_radix(first, 16).ok()?, u32::from_str_radix(serial, 16).ok()?);
        let read = FileName { first, serial };
        (read.to_string() == name).then_some(read)
    }
}

/// The random number of a file that its checksums begin with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Salt(pub u64);

impl Salt {
    /// From the system's randomness, through the seed of a hasher.
    pub fn random() -> Self {
        use std::hash::{BuildHasher, Hasher, RandomState};
        Salt(RandomState::new().build_hasher().finish())
    }

    fn checksum(self, bytes: &[u8]) -> u32 {
        crc32c::crc32c_append(crc32c::crc32c(&self.0.to_le_bytes()), bytes)
    }
}

pub(super) fn preamble(first: u64, salt: Salt) -> Vec<u8> {
    let mut copy = MAGIC.to_vec();
    copy.extend(VERSION.to_le_bytes());
    copy.extend(0u32.to_le_bytes());
    copy.extend(first.to_le_bytes());
    copy.extend(salt.0.to_le_bytes());
    copy.extend(crc32c::crc32c(&copy).to_le_bytes());
    copy.resize(HEADER, 0);
    copy.repeat(2)
}

/// What a file begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Preamble {
    Good(Salt),
    /// Whole, but of another format.
    Foreign(u32),
    Damaged,
}

pub(super) fn read_preamble(bytes: &[u8]) -> Preamble {
    let copies = bytes.get(..PREAMBLE).unwrap_or(bytes).chunks(HEADER);
    copies.map(read_header).find(|found| *found != Preamble::Damaged).unwrap_or(Preamble::Damaged)
}

fn read_header(copy: &[u8]) -> Preamble {
    let whole = copy.len() == HEADER && copy.starts_with(MAGIC) && crc32c::crc32c(&copy[..32]) == word(copy, 32);
    match word(copy, 8) {
        _ if !whole => Preamble::Damaged,
        VERSION => Preamble::Good(Salt(long(copy, 24))),
        version => Preamble::Foreign(version),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Appends a record whose payload `write` writes.
pub(super) fn put_record(out: &mut Vec<u8>, salt: Salt, position: u64, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.resize(start + HEAD, 0);
    write(out);
    let payload = &out[start + HEAD..];
    let (len, sum) = (payload.len() as u32, salt.checksum(payload));
    let mut head = MARK.to_vec();
    head.extend(len.to_le_bytes());
    head.extend(position.to_le_bytes());
    head.extend(sum.to_le_bytes());
    head.extend(salt.checksum(&head).to_le_bytes());
    out[start..start + HEAD].copy_from_slice(&head);
}

/// What a walk through a file finds, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// A whole record: its position and where its payload is.
    Record { position: u64, payload: Range<usize> },
    /// Bytes that are no record, with a whole record behind them; or a record whose payload is damaged.
    Damage(Range<usize>),
    /// Bytes at the end that are no whole record: a write that was cut off.
    Torn(Range<usize>),
}

/// The version of a foreign file, or everything in a file of ours. A file without a header is one piece of damage.
pub(crate) fn scan(bytes: &[u8]) -> Result<Vec<Found>, u32> {
    let salt = match read_preamble(bytes) {
        Preamble::Good(salt) => salt,
        Preamble::Foreign(version) => return Err(version),
        Preamble::Damaged if bytes.len() < PREAMBLE || bytes.iter().all(|&byte| byte == 0) => {
            return Ok(if bytes.is_empty() { Vec::new() } else { vec![Found::Torn(0..bytes.len())] });
        }
        Preamble::Damaged => return Ok(vec![Found::Damage(0..bytes.len())]),
    };
    let mut found = Vec::new();
    let mut at = PREAMBLE;
    while let Some(next) = next_found(bytes, at, salt) {
        at = match &next {
            Found::Record { payload, .. } => payload.end,
            Found::Damage(range) | Found::Torn(range) => range.end,
        };
        found.push(next);
    }
    Ok(found)
}

/// What lies at `at`; `None` at the end. Whoever reads a file in pieces knows that what is torn may go on behind them.
pub(super) fn next_found(bytes: &[u8], at: usize, salt: Salt) -> Option<Found> {
    (at < bytes.len()).then(|| record(bytes, at, salt).unwrap_or_else(|| skip(bytes, at, salt)))
}

/// The record that begins at `at`; `None` when its head is not whole.
fn record(bytes: &[u8], at: usize, salt: Salt) -> Option<Found> {
    let head = bytes.get(at..at + HEAD)?;
    (head.starts_with(MARK) && salt.checksum(&head[..20]) == word(head, 20)).then_some(())?;
    let payload = at + HEAD..at + HEAD + word(head, 4) as usize;
    Some(match bytes.get(payload.clone()) {
        None => Found::Torn(at..bytes.len()),
        Some(content) if salt.checksum(content) == word(head, 16) => Found::Record { position: long(head, 8), payload },
        Some(_) => Found::Damage(at..payload.end),
    })
}

/// From `at`, where no record begins, to the next one.
fn skip(bytes: &[u8], at: usize, salt: Salt) -> Found {
    let marks = memmem::find_iter(&bytes[at + 1..], MARK).map(|offset| at + 1 + offset);
    let mut heads = marks.filter(|&mark| record_head(bytes, mark, salt));
    heads.next().map_or(Found::Torn(at..bytes.len()), |mark| Found::Damage(at..mark))
}

fn record_head(bytes: &[u8], at: usize, salt: Salt) -> bool {
    bytes.get(at..at + HEAD).is_some_and(|head| salt.checksum(&head[..20]) == word(head, 20))
}
