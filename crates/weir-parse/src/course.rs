//! The order in which names come, learnt from the records.
//!
//! Records of one kind repeat their names, mostly in the same order. Every name of a kind is a place on its course, and a place remembers
//! which names came next the last times: walking on costs one comparison for a name, and what was worth knowing about the name the first
//! time lies there.

use hashbrown::HashTable;

use crate::sign::Sign;

/// Names by kind of record, each with something made of it. Holds at most [`NODES_MAX`] names.
#[derive(Clone, Debug, Default)]
pub struct Course<T> {
    nodes: Vec<Node<T>>,
    names: Vec<u8>,
    /// By kind and name.
    places: HashTable<Place>,
    hasher: foldhash::fast::FixedState,
    /// Number of the record under way.
    record: u32,
    /// Some name of it has come twice.
    twice: bool,
}

/// Where a record is on a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

#[derive(Clone, Debug)]
struct Node<T> {
    sign: Sign,
    /// Where the name begins in [`Course::names`].
    start: u32,
    /// Where records of this kind begin.
    root: Place,
    /// What came next the last time, and another name that did.
    next: [Place; 2],
    /// The last record that had the name.
    record: u32,
    made: T,
}

impl Place {
    /// The record goes its own way from here.
    pub const OFF: Place = Place(u32::MAX);
}

impl Default for Place {
    fn default() -> Self {
        Place::OFF
    }
}

/// Names of one course: a few megabytes.
const NODES_MAX: usize = 32_768;
/// Bytes of all names.
const NAMES_BYTES_MAX: usize = 1 << 20;
/// Names that a record may add before the course counts as full.
const RECORD_NAMES: usize = 128;

impl<T: Default> Course<T> {
    /// Where records of a new kind begin.
    pub fn root(&mut self) -> Place {
        let place = Place(self.nodes.len() as u32);
        self.push(&[], place);
        place
    }

    /// A record begins; only then are its names told from those of the last.
    pub fn begin(&mut self) {
        self.twice = false;
        self.record = match self.record.checked_add(1) {
            Some(record) => record,
            None => {
                self.nodes.iter_mut().for_each(|node| node.record = 0);
                1
            }
        };
    }

    /// There is no room for another long record: time to [`Course::clear`].
    pub fn is_full(&self) -> bool {
        self.nodes.len() + RECORD_NAMES >= NODES_MAX || self.names.len() > NAMES_BYTES_MAX
    }

    /// Forgets everything; all places become worthless.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.names.clear();
        self.places.clear();
    }

    /// The place of `name` behind another. A name that is new is added, unless there are too many.
    #[inline]
    pub fn step(&mut self, at: Place, name: &str) -> Place {
        let Some(node) = self.nodes.get(at.0 as usize) else { return Place::OFF };
        let (next, sign) = (node.next[0], Sign::of(name.as_bytes()));
        let place = match self.nodes.get(next.0 as usize) {
            Some(node) if self.is(node, sign, name.as_bytes()) => next,
            _ => self.step_aside(at, sign, name.as_bytes()),
        };
        self.pass(place);
        place
    }

    /// The place of the name that came next last time, and the bytes of that name, when `text` ends with it. The record has not passed it
    /// yet.
    #[inline]
    pub fn step_back(&self, at: Place, text: &[u8]) -> Option<(Place, usize)> {
        let next = self.nodes.get(at.0 as usize)?.next[0];
        let node = self.nodes.get(next.0 as usize)?;
        let length = node.sign.length as usize;
        let name = text.get(text.len().checked_sub(length)?..)?;
        self.is(node, Sign::of(name), name).then_some((next, length))
    }

    /// The record has the name of that place.
    #[inline]
    pub fn pass(&mut self, place: Place) {
        if let Some(node) = self.nodes.get_mut(place.0 as usize) {
            self.twice |= node.record == self.record;
            node.record = self.record;
        }
    }

    #[inline]
    fn is(&self, node: &Node<T>, sign: Sign, name: &[u8]) -> bool {
        node.sign == sign && (name.len() <= Sign::BYTES || self.name(node) == name)
    }

    /// The same when another name came last: the one that came now is the first to be compared next time.
    fn step_aside(&mut self, at: Place, sign: Sign, name: &[u8]) -> Place {
        let Node { next: [last, before], root, .. } = self.nodes[at.0 as usize];
        let place = match self.nodes.get(before.0 as usize) {
            Some(node) if self.is(node, sign, name) => before,
            _ => self.place(root, sign, name),
        };
        if place != Place::OFF {
            self.nodes[at.0 as usize].next = [place, last];
        }
        place
    }

    /// The place of a name of a kind of record.
    fn place(&mut self, root: Place, sign: Sign, name: &[u8]) -> Place {
        let hash = self.hash(root, name);
        let is = |place: &Place| {
            let node = &self.nodes[place.0 as usize];
            node.root == root && self.is(node, sign, name)
        };
        if let Some(place) = self.places.find(hash, is) {
            return *place;
        }
        if self.nodes.len() >= NODES_MAX || self.names.len() > NAMES_BYTES_MAX {
            return Place::OFF;
        }
        let place = Place(self.nodes.len() as u32);
        self.push(name, root);
        let Course { nodes, names, places, hasher, .. } = self;
        places.insert_unique(hash, place, |place| {
            let node = &nodes[place.0 as usize];
            hash_of(hasher, node.root, node.name(names))
        });
        place
    }

    fn push(&mut self, name: &[u8], root: Place) {
        let start = self.names.len() as u32;
        self.names.extend_from_slice(name);
        let (sign, next, made) = (Sign::of(name), [Place::OFF; 2], T::default());
        self.nodes.push(Node { sign, start, root, next, record: 0, made });
    }

    fn hash(&self, root: Place, name: &[u8]) -> u64 {
        hash_of(&self.hasher, root, name)
    }

    /// Whether some name of the record has come twice; `None` when it has left the course before `at`.
    pub fn twice(&self, at: Place) -> Option<bool> {
        (at != Place::OFF).then_some(self.twice)
    }

    /// What was made of the name at a place; `None` off the course.
    #[inline]
    pub fn made(&mut self, at: Place) -> Option<&mut T> {
        self.nodes.get_mut(at.0 as usize).map(|node| &mut node.made)
    }

    fn name(&self, node: &Node<T>) -> &[u8] {
        node.name(&self.names)
    }
}

impl<T> Node<T> {
    fn name<'n>(&self, names: &'n [u8]) -> &'n [u8] {
        let start = self.start as usize;
        names.get(start..start + self.sign.length as usize).unwrap_or_default()
    }
}

fn hash_of(hasher: &foldhash::fast::FixedState, root: Place, name: &[u8]) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut state = hasher.build_hasher();
    state.write_u32(root.0);
    state.write(name);
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a record of these names ends, and whether one of them occurred twice.
    fn walk(course: &mut Course<u8>, root: Place, names: &str) -> (Place, Option<bool>) {
        course.begin();
        let end = names.split(' ').fold(root, |at, name| course.step(at, name));
        (end, course.twice(end))
    }

    #[test]
    fn the_same_name_leads_to_the_same_place() {
        let mut course = Course::default();
        let root = course.root();
        let (c, twice) = walk(&mut course, root, "a b c");
        assert_eq!(twice, Some(false));
        *course.made(c).unwrap() = 7;
        assert_eq!(walk(&mut course, root, "a c"), (c, Some(false)));
        let (b, _) = walk(&mut course, root, "a c b");
        assert_eq!(walk(&mut course, root, "a b"), (b, Some(false)));
        assert_eq!(course.step_back(b, b"abc"), Some((c, 1)));
        assert_eq!(course.step_back(b, b"ab"), None);
        assert_eq!(course.made(c).copied(), Some(7));
        let second = course.root();
        assert_ne!(walk(&mut course, second, "a b c").0, c);
    }

    #[test]
    fn names_are_told_apart_whatever_their_length() {
        let mut course = Course::<u8>::default();
        let root = course.root();
        for length in 0..40 {
            let name = "x".repeat(length);
            let place = course.step(root, &name);
            for changed in 0..length {
                let mut other = name.clone().into_bytes();
                other[changed] = b'y';
                assert_eq!(course.step(root, &name), place);
                assert_eq!(course.step_back(root, &other), None);
                assert_eq!(course.step_back(root, &[b"z", name.as_bytes()].concat()), Some((place, length)));
            }
        }
    }

    #[test]
    fn names_that_occur_twice_are_known() {
        let mut course = Course::default();
        let root = course.root();
        assert_eq!(walk(&mut course, root, "a b a").1, Some(true));
        assert_eq!(walk(&mut course, root, "a b a c").1, Some(true));
        assert_eq!(walk(&mut course, root, "a b c").1, Some(false));
    }

    #[test]
    fn a_course_has_a_limit() {
        let mut course = Course::<u8>::default();
        let root = course.root();
        for number in 0..NODES_MAX {
            walk(&mut course, root, &format!("x{number} y{number}"));
        }
        assert!(course.is_full() && course.nodes.len() <= NODES_MAX);
        assert_eq!(walk(&mut course, root, "new x1"), (Place::OFF, None));
        assert_eq!(walk(&mut course, root, "x1 y1").1, Some(false));
        course.clear();
        let root = course.root();
        assert_eq!(walk(&mut course, root, "new new").1, Some(true));
    }
}
