//! Texts as dense numbers.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Every different run of bytes once, numbered in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct Interner {
    table: HashTable<u32>,
    /// Where each entry ends in `bytes`.
    ends: Vec<usize>,
    bytes: Vec<u8>,
    hasher: RandomState,
}

impl Interner {
    /// The number of `bytes`, new if need be.
    pub fn number(&mut self, bytes: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(bytes);
        let (ends, all, hasher) = (&self.ends, &self.bytes, &self.hasher);
        if let Some(&number) = self.table.find(hash, |&number| entry(ends, all, number) == bytes) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.table.insert_unique(hash, number, |&number| hasher.hash_one(entry(ends, all, number)));
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        number
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a number that [`Interner::number`] has given.
    pub fn get(&self, number: u32) -> &[u8] {
        entry(&self.ends, &self.bytes, number)
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>() + self.table.capacity() * 6
    }
}

fn entry<'b>(ends: &[usize], bytes: &'b [u8], number: u32) -> &'b [u8] {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}
