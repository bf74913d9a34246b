//! An object as dotted paths, without a tree.

use std::hash::BuildHasher;

use weir_event::{Record, Value};

use super::scan::Scanner;
use super::{Duplicates, JsonError, tree};

/// Reads objects flat; keep it to read many without allocating for each.
#[derive(Default)]
pub struct Flattener {
    lenient: bool,
    path: String,
    /// Hashes of the paths seen in this text.
    seen: Vec<u64>,
    hash: foldhash::fast::FixedState,
}

/// Up to so many paths are compared one by one.
const COMPARED_MAX: usize = 64;

impl Flattener {
    /// One that also takes members without a value, as null, and numbers with leading zeros.
    pub fn lenient() -> Self {
        Flattener { lenient: true, ..Flattener::default() }
    }

    /// See [`super::read`].
    pub fn read<'t>(&mut self, text: &'t str, sink: &mut dyn FnMut(&str, Value<'t>)) -> Result<Duplicates, JsonError> {
        self.path.clear();
        self.seen.clear();
        let mut scanner = Scanner::new(text);
        scanner.lenient = self.lenient;
        if scanner.peek() != b'{' {
            return scanner.fail("the text is not an object");
        }
        self.object(&mut scanner, 0, sink)?;
        scanner.end()?;
        Ok(self.has_duplicates())
    }

    fn object<'t>(
        &mut self,
        scanner: &mut Scanner<'t>,
        depth: usize,
        sink: &mut dyn FnMut(&str, Value<'t>),
    ) -> Result<(), JsonError> {
        tree::enter(scanner, depth)?;
        if scanner.take(b'}') {
            if depth > 0 {
                self.emit(Value::Record(Record::new()), sink);
            }
            return Ok(());
        }
        let outer = self.path.len();
        loop {
            let name = scanner.name()?;
            if outer > 0 {
                self.path.push('.');
            }
            self.path.push_str(&name);
            if scanner.peek() == b'{' {
                self.object(scanner, depth + 1, sink)?;
            } else {
                let value = tree::value(scanner, depth + 1)?;
                // A number at the end of a text that was cut off may lack digits.
                if scanner.peek() == 0 {
                    scanner.more(b'}')?;
                }
                self.emit(value, sink);
            }
            self.path.truncate(outer);
            if !scanner.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn emit<'t>(&mut self, value: Value<'t>, sink: &mut dyn FnMut(&str, Value<'t>)) {
        self.seen.push(self.hash.hash_one(self.path.as_bytes()));
        sink(&self.path, value);
    }

    fn has_duplicates(&mut self) -> bool {
        if self.seen.len() > COMPARED_MAX {
            self.seen.sort_unstable();
            return self.seen.windows(2).any(|pair| pair[0] == pair[1]);
        }
        self.seen.iter().enumerate().any(|(index, hash)| self.seen[..index].contains(hash))
    }
}
