//! An object as dotted paths, without a tree.

use std::borrow::Cow;

use weir_event::{Record, Value};

use super::scan::Scanner;
use super::{JsonError, tree};

/// Reads objects flat; keep it to read many without allocating for each.
#[derive(Default)]
pub struct Flattener {
    lenient: bool,
    path: String,
}

/// The dotted path of a member.
#[derive(Clone, Copy, Debug)]
pub enum Path<'t, 'p> {
    /// A name of the outermost object, as it stands in the text.
    Name(&'t str),
    Made(&'p str),
}

impl<'p, 't: 'p> Path<'t, 'p> {
    pub fn text(self) -> &'p str {
        match self {
            Path::Name(name) => name,
            Path::Made(path) => path,
        }
    }
}

type Sink<'s, 't> = dyn FnMut(Path<'t, '_>, Value<'t>) + 's;

impl Flattener {
    /// One that also takes members without a value, as null, and numbers with leading zeros.
    pub fn lenient() -> Self {
        Flattener { lenient: true, ..Flattener::default() }
    }

    /// See [`super::read`].
    pub fn read<'t>(&mut self, text: &'t str, sink: &mut Sink<'_, 't>) -> Result<(), JsonError> {
        self.path.clear();
        let mut scanner = Scanner::new(text);
        scanner.lenient = self.lenient;
        if scanner.peek() != b'{' {
            return scanner.fail("the text is not an object");
        }
        self.object(&mut scanner, 0, sink)?;
        scanner.end()
    }

    fn object<'t>(
        &mut self,
        scanner: &mut Scanner<'t>,
        depth: usize,
        sink: &mut Sink<'_, 't>,
    ) -> Result<(), JsonError> {
        tree::enter(scanner, depth)?;
        if scanner.take(b'}') {
            if depth > 0 {
                sink(Path::Made(&self.path), Value::Record(Record::new()));
            }
            return Ok(());
        }
        let outer = self.path.len();
        loop {
            let name = scanner.name()?;
            if scanner.peek() == b'{' {
                self.step_in(&name);
                self.object(scanner, depth + 1, sink)?;
            } else {
                let value = tree::value(scanner, depth + 1)?;
                // A number at the end of a text that was cut off may lack digits.
                if scanner.peek() == 0 {
                    scanner.more(b'}')?;
                }
                match name {
                    Cow::Borrowed(name) if depth == 0 => sink(Path::Name(name), value),
                    name => {
                        self.step_in(&name);
                        sink(Path::Made(&self.path), value);
                    }
                }
            }
            self.path.truncate(outer);
            if !scanner.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn step_in(&mut self, name: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
    }
}
