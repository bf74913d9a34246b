//! Records, arrays and rare values of a batch, laid flat: no allocation for each.

use super::{Batch, Cell, Span};
use crate::{Record, Value};

/// A piece of a value; what it holds follows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    /// A value that holds no others.
    Cell(Cell),
    /// The items follow.
    Array(u32),
    /// A name and a value for each member follow.
    Record(u32),
    Name(Span),
    /// Index of a value that no cell can hold.
    Rare(u32),
}

/// The values of a batch that are more than a cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Nested {
    nodes: Vec<Node>,
    rare: Vec<Value<'static>>,
}

impl Nested {
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.rare.clear();
    }

    /// Bytes held, but for those of rare values.
    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>()
    }
}

impl Batch {
    /// The cell of a value that is more than a cell; its text is kept like that of [`Batch::span_of`].
    pub(super) fn nest(&mut self, value: &Value<'_>) -> Cell {
        let at = self.nested.nodes.len() as u32;
        self.lay(value);
        Cell::Nested(at)
    }

    fn lay(&mut self, value: &Value<'_>) {
        let node = match value {
            Value::Array(items) => {
                self.nested.nodes.push(Node::Array(items.len() as u32));
                return items.iter().for_each(|item| self.lay(item));
            }
            Value::Record(record) => {
                self.nested.nodes.push(Node::Record(record.len() as u32));
                for (name, value) in record.iter() {
                    let name = self.span_of(name);
                    self.nested.nodes.push(Node::Name(name));
                    self.lay(value);
                }
                return;
            }
            value => match self.plain(value) {
                Some(cell) => Node::Cell(cell),
                None => {
                    self.nested.rare.push(value.clone().into_owned());
                    Node::Rare(self.nested.rare.len() as u32 - 1)
                }
            },
        };
        self.nested.nodes.push(node);
    }

    /// The piece at a place; null where there is none.
    pub(crate) fn node(&self, at: u32) -> Node {
        self.nested.nodes.get(at as usize).copied().unwrap_or(Node::Cell(Cell::Null))
    }

    pub(crate) fn rare(&self, at: u32) -> &Value<'static> {
        self.nested.rare.get(at as usize).unwrap_or(&Value::Null)
    }

    /// The value that begins at a place, which is moved behind it.
    pub(super) fn unnest(&self, at: &mut u32) -> Value<'_> {
        let node = self.node(*at);
        *at += 1;
        match node {
            Node::Cell(cell) => self.value(cell),
            Node::Array(items) => Value::Array((0..items).map(|_| self.unnest(at)).collect()),
            Node::Record(members) => {
                let mut record = Record::with_capacity(members as usize);
                for _ in 0..members {
                    let name = match self.node(*at) {
                        Node::Name(name) => self.text(name),
                        _ => "",
                    };
                    *at += 1;
                    record.push_new(name, self.unnest(at));
                }
                Value::Record(record)
            }
            Node::Name(name) => Value::text(self.text(name)),
            Node::Rare(at) => self.rare(at).borrowed(),
        }
    }
}
