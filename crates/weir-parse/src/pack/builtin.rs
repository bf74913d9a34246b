//! The packs of the repository, found and read by the build script.

use std::rc::Rc;

use super::tree::Node;
use super::tree_bytes;

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The tree of a pack file, when it is a built-in one as it stands.
pub fn tree(path: &str, text: &str) -> Option<Node> {
    let at = BUILTIN.binary_search_by_key(&path, |(path, _)| path).ok()?;
    let mut bytes = *TREES.get(at).filter(|_| std::ptr::eq(BUILTIN[at].1, text))?;
    tree_bytes::take(&mut bytes, &Rc::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{Packs, tree};

    #[test]
    fn trees_of_built_in_packs_are_what_their_files_say() {
        assert_eq!(BUILTIN.len(), TREES.len());
        for (path, text) in BUILTIN {
            assert_eq!(tree(path, text), tree::read(path, text).ok(), "{path}");
            assert_eq!(tree(path, String::from(*text).as_str()), None);
        }
    }

    #[test]
    fn all_patterns_of_built_in_packs_compile() {
        // Copies of the files are not known, so that all of them is compiled at once.
        let copies: Vec<String> = BUILTIN.iter().map(|(_, text)| String::from(*text)).collect();
        let files = BUILTIN.iter().zip(&copies).map(|((path, _), text)| (*path, text.as_str()));
        let faults = Packs::load(files).err().unwrap_or_default();
        assert!(faults.is_empty(), "{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>());
    }

    #[test]
    fn what_is_cut_off_is_no_tree() {
        let path = Rc::from("a.yaml");
        for bytes in TREES.iter().take(3) {
            assert!(tree_bytes::take(&mut &**bytes, &path).is_some());
            assert!((0..bytes.len()).all(|end| tree_bytes::take(&mut &bytes[..end], &path).is_none()));
        }
    }
}
