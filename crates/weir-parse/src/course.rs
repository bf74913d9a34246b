//! The order in which names come, learnt from the records.
//!
//! Records of one kind repeat their names in the same order. A course is a tree of the beginnings of records that were seen; walking along
//! it costs one comparison for a name, and what was worth knowing about the name the first time lies there.

/// A tree of names, each with something made of it. Holds at most [`NODES_MAX`] names.
#[derive(Clone, Debug, Default)]
pub struct Course<T> {
    nodes: Vec<Node<T>>,
    names: Vec<u8>,
}

/// Where a record is on a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

#[derive(Clone, Debug)]
struct Node<T> {
    sign: Sign,
    /// Where the name begins in [`Course::names`].
    start: u32,
    /// The first of the names that came next.
    next: Place,
    /// Another name that came after the same one.
    beside: Place,
    before: Place,
    depth: u16,
    /// Some name has occurred twice up to here.
    twice: bool,
    made: T,
}

/// What tells a name apart at a glance: its length, its first and its last eight bytes. Of a name of at most sixteen that is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sign {
    length: u32,
    head: u64,
    tail: u64,
}

impl Sign {
    const BYTES: usize = 16;

    #[inline]
    fn of(name: &[u8]) -> Sign {
        let (head, tail) = if let (Some(head), Some(tail)) = (name.first_chunk(), name.last_chunk()) {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (name.first_chunk(), name.last_chunk()) {
            (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into())
        } else {
            (name.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0)
        };
        Sign { length: name.len() as u32, head, tail }
    }
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

/// Names of one course: about two megabytes.
const NODES_MAX: usize = 8_192;
/// Bytes of all names.
const NAMES_BYTES_MAX: usize = 1 << 20;
/// Names that may follow one; a record that goes on with yet another leaves the course.
const BESIDE_MAX: usize = 48;
/// Names of one record.
const DEPTH_MAX: u16 = 128;

impl<T: Default> Course<T> {
    /// Where records of a new kind begin.
    pub fn root(&mut self) -> Place {
        self.add(&[], Place::OFF)
    }

    /// There is no room for another long record: time to [`Course::clear`].
    pub fn is_full(&self) -> bool {
        self.nodes.len() + usize::from(DEPTH_MAX) >= NODES_MAX || self.names.len() > NAMES_BYTES_MAX
    }

    /// Forgets everything; all places become worthless.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.names.clear();
    }

    /// The place behind `name`. A name that never came here is added, unless there are too many.
    #[inline]
    pub fn step(&mut self, at: Place, name: &str) -> Place {
        let Some(node) = self.nodes.get(at.0 as usize) else { return Place::OFF };
        let (next, sign) = (node.next, Sign::of(name.as_bytes()));
        if self.nodes.get(next.0 as usize).is_some_and(|node| self.is(node, sign, name.as_bytes())) {
            return next;
        }
        self.step_aside(at, next, sign, name.as_bytes())
    }

    /// The place behind the name that came next last time, and the bytes of that name, when `text` ends with it.
    #[inline]
    pub fn step_back(&self, at: Place, text: &[u8]) -> Option<(Place, usize)> {
        let next = self.nodes.get(at.0 as usize)?.next;
        let node = self.nodes.get(next.0 as usize)?;
        let length = node.sign.length as usize;
        let name = text.get(text.len().checked_sub(length)?..)?;
        self.is(node, Sign::of(name), name).then_some((next, length))
    }

    #[inline]
    fn is(&self, node: &Node<T>, sign: Sign, name: &[u8]) -> bool {
        node.sign == sign && (name.len() <= Sign::BYTES || self.name(node) == name)
    }

    /// The same when another name came last: the one that came now is the first to be compared next time.
    fn step_aside(&mut self, at: Place, first: Place, sign: Sign, name: &[u8]) -> Place {
        let (mut last, mut count) = (first, 0);
        while let Some(next) = self.nodes.get(last.0 as usize).map(|node| node.beside) {
            count += 1;
            let Some(node) = self.nodes.get(next.0 as usize) else { break };
            if self.is(node, sign, name) {
                self.nodes[last.0 as usize].beside = node.beside;
                self.nodes[next.0 as usize].beside = first;
                self.nodes[at.0 as usize].next = next;
                return next;
            }
            last = next;
        }
        let deep = self.nodes[at.0 as usize].depth >= DEPTH_MAX;
        if count >= BESIDE_MAX || deep || self.nodes.len() >= NODES_MAX || self.names.len() > NAMES_BYTES_MAX {
            return Place::OFF;
        }
        self.add(name, at)
    }

    fn add(&mut self, name: &[u8], before: Place) -> Place {
        let (place, start) = (Place(self.nodes.len() as u32), self.names.len() as u32);
        self.names.extend_from_slice(name);
        let (mut beside, mut depth, mut twice) = (Place::OFF, 0, false);
        if let Some(last) = self.nodes.get(before.0 as usize) {
            (beside, depth) = (last.next, last.depth + 1);
            twice = last.twice || self.names_before(before).any(|have| have == name);
            self.nodes[before.0 as usize].next = place;
        }
        let (sign, next, made) = (Sign::of(name), Place::OFF, T::default());
        self.nodes.push(Node { sign, start, next, beside, before, depth, twice, made });
        place
    }

    /// The names of the record up to `at`, the last one first.
    fn names_before(&self, at: Place) -> impl Iterator<Item = &[u8]> {
        let node = |at: Place| self.nodes.get(at.0 as usize).filter(|node| node.depth > 0);
        std::iter::successors(node(at), move |last| node(last.before)).map(|node| self.name(node))
    }

    /// Whether some name has occurred twice up to there; `None` off the course.
    pub fn twice(&self, at: Place) -> Option<bool> {
        self.nodes.get(at.0 as usize).map(|node| node.twice)
    }

    /// What was made of the name at a place; `None` off the course.
    #[inline]
    pub fn made(&mut self, at: Place) -> Option<&mut T> {
        self.nodes.get_mut(at.0 as usize).map(|node| &mut node.made)
    }

    fn name(&self, node: &Node<T>) -> &[u8] {
        let start = node.start as usize;
        self.names.get(start..start + node.sign.length as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a record of these names ends, and whether one of them occurred twice.
    fn walk(course: &mut Course<u8>, root: Place, names: &str) -> (Place, Option<bool>) {
        let end = names.split(' ').fold(root, |at, name| course.step(at, name));
        (end, course.twice(end))
    }

    #[test]
    fn the_same_names_lead_to_the_same_place() {
        let mut course = Course::default();
        let root = course.root();
        let (first, twice) = walk(&mut course, root, "a b c");
        assert_eq!(twice, Some(false));
        let (other, _) = walk(&mut course, root, "a c b");
        assert_ne!(first, other);
        *course.made(first).unwrap() = 7;
        assert_eq!(walk(&mut course, root, "a b c"), (first, Some(false)));
        assert_eq!(course.made(first).copied(), Some(7));
        let (b, _) = walk(&mut course, root, "a b");
        assert_eq!(course.step_back(b, b"abc"), Some((first, 1)));
        assert_eq!(course.step_back(b, b"ab"), None);
        let second = course.root();
        assert_ne!(walk(&mut course, second, "a b c").0, first);
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
        for number in 0..100_000 {
            let names: Vec<String> = (0..5).map(|digit| (number >> (3 * digit) & 7).to_string()).collect();
            walk(&mut course, root, &names.join(" "));
        }
        assert!(course.is_full() && course.nodes.len() <= NODES_MAX);
        let long = vec!["x"; 1_000].join(" ");
        assert_eq!(walk(&mut course, root, &long), (Place::OFF, None));
        course.clear();
        let root = course.root();
        let many: Vec<Place> = (0..100).map(|number| course.step(root, &number.to_string())).collect();
        assert_eq!(many.iter().filter(|place| **place != Place::OFF).count(), BESIDE_MAX);
        assert_eq!(course.step(root, "3"), many[3]);
    }
}
