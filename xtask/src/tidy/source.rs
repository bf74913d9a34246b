//! What source text may not contain.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::edges::PURE;
use crate::ui::walk;

/// One Rust file of a crate's `src/`.
pub struct Source {
    pub krate: String,
    /// Relative to `crates/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The lines that ship, with their numbers from 1: everything before the tests, nothing of a file of tests.
    pub fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.path.ends_with("tests.rs") || self.path.contains("/tests/") || self.path.ends_with("_test.rs");
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let mut before = None;
        lines.take_while(move |(_, line)| {
            // `#[cfg(test)]` above a module with a body ends what ships; above anything else it concerns one item.
            let ends = before == Some("#[cfg(test)]") && line.starts_with("mod ") && line.ends_with('{');
            before = Some(line.trim());
            !tests && !ends
        })
    }
}

/// Words that pure crates must not use, and what to do instead.
const IMPURE: &[(&str, &str)] = &[
    ("std::fs", "the caller hands in text"),
    ("std::net::Tcp", "the caller hands in bytes"),
    ("std::net::Udp", "the caller hands in bytes"),
    ("std::thread", "the caller owns the threads"),
    ("std::env::", "the caller hands in settings"),
    ("SystemTime::now", "take `now` as an argument"),
    ("Instant::now", "take `now` as an argument"),
    ("Zoned::now", "take `now` as an argument"),
    ("Timestamp::now()", "take `now` as an argument"),
];

/// Places that may, because they are where the trait meets the system. The list may only shrink.
const EXCEPTIONS: &[(&str, &str)] =
    &[("weir-event/src/disk.rs", "std::fs"), ("weir-event/src/time.rs", "SystemTime::now")];

/// Unfinished business, in any crate, tests included.
const UNFINISHED: &[&str] = &["todo!(", "unimplemented!(", "dbg!("];

pub fn read_all(crates: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    walk(crates, &mut files)?;
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        let path = file.strip_prefix(crates)?.to_string_lossy().replace('\\', "/");
        let krate = path.split('/').next().unwrap_or_default().to_owned();
        if !path.ends_with(".rs") || !path.starts_with(&format!("{krate}/src/")) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        sources.push(Source { krate, path, text });
    }
    Ok(sources)
}

pub fn check(sources: &[Source]) -> Vec<String> {
    let pure = sources.iter().filter(|source| PURE.contains(&source.krate.as_str())).flat_map(impure);
    pure.chain(sources.iter().flat_map(unfinished)).collect()
}

fn impure(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in source.shipped().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for (word, instead) in IMPURE.iter().filter(|(word, _)| line.contains(word)) {
            if !EXCEPTIONS.contains(&(source.path.as_str(), word)) {
                wrong.push(format!("{}:{number}: `{word}` in a pure crate: {instead}", source.path));
            }
        }
    }
    wrong
}

fn unfinished(source: &Source) -> Vec<String> {
    let found =
        |line: &str| UNFINISHED.iter().find(|word| line.contains(*word) && !line.trim_start().starts_with("//"));
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| found(line).map(|word| format!("{}:{}: `{word}`", source.path, index + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            krate: path.split('/').next().unwrap_or_default().to_owned(),
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_pure_crate_reads_no_file_and_no_clock() {
        let text = "use std::fs;\n// std::fs in words is fine\nlet t = Instant::now();\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        let wrong = check(&[source("weir-parse/src/pack.rs", text)]);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[1].starts_with("weir-parse/src/pack.rs:3: `Instant::now`"));
        assert!(check(&[source("weir-store/src/log.rs", text)]).is_empty());
        assert!(check(&[source("weir-parse/src/pack/tests.rs", text)]).is_empty());
    }

    #[test]
    fn code_after_an_inner_cfg_test_item_still_ships() {
        let text = "#[cfg(test)]\nmod tests;\nuse std::fs;\n";
        assert_eq!(check(&[source("weir-lang/src/lib.rs", text)]).len(), 1);
    }

    #[test]
    fn unfinished_code_is_named_even_in_tests() {
        let text = format!("fn a() {{ {} }}\n", ["to", "do!()"].concat());
        assert_eq!(check(&[source("weir/src/a/tests.rs", &text)]).len(), 1);
    }
}
