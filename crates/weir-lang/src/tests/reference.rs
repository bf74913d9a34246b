//! The pages of `spec/dql/functions`, made from the table of functions. `UPDATE_EXPECT=1` writes them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::tools::function_pages;

#[test]
fn pages_of_functions_are_up_to_date() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql/functions"));
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut names = BTreeSet::new();
    for (name, text) in function_pages() {
        let path = folder.join(&name);
        if update {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &text).expect("a page");
        }
        let have = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(have == text, "{name} is not what the table says: run `cargo xtask docs`");
        names.insert(name);
    }
    let others = std::fs::read_dir(&folder).expect("the pages").map(|entry| entry.expect("a file").file_name());
    let others: Vec<_> = others.filter(|name| !names.contains(&*name.to_string_lossy())).collect();
    assert!(others.is_empty(), "no function is on {others:?}");
}

#[test]
fn every_function_has_a_common_an_empty_and_a_hostile_example() {
    let mut few = Vec::new();
    for (_, text) in function_pages() {
        for section in text.split("\n## ").skip(1) {
            let rows = section.lines().filter(|line| line.starts_with("| ")).count().saturating_sub(1);
            let takes_nothing = section.contains("()` gives");
            if rows < 3 && !takes_nothing {
                few.push(section.lines().next().unwrap_or_default().to_owned());
            }
        }
    }
    // These look at other records or fields; the pages of commands show them.
    few.retain(|name| !["lookup", "exists"].contains(&name.as_str()));
    assert!(few.is_empty(), "{few:?}");
}
