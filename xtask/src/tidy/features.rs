//! Heavy dependencies must have the same features whichever of our crates is selected.
//!
//! Cargo unites the features of what is selected: when `-p weir-query` and `--workspace` differ in one feature of one small package, the
//! query engine above it is compiled twice, which costs minutes each time somebody changes the selection.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::sh;

/// Crates whose selections are compared with the whole workspace: those above the query engine. (`weir-store` alone compiles a smaller
/// Arrow beside the workspace's, less than a minute, once.)
const SELECTIONS: &[&str] = &["weir-query", "weir"];

pub fn check() -> Result<Vec<String>> {
    let whole = features(&["--workspace"])?;
    let mut wrong = Vec::new();
    for name in SELECTIONS.iter().filter(|name| sh::root().join("crates").join(name).exists()) {
        let alone = features(&["-p", name])?;
        wrong.extend(differences(name, &alone, &whole));
    }
    Ok(wrong)
}

/// Package and version to its sets of features: one, or two when it is built for build scripts as well.
type Features = BTreeMap<String, BTreeSet<String>>;

/// The features of all packages, as Cargo resolves them for a selection.
fn features(selection: &[&str]) -> Result<Features> {
    let mut args = vec!["tree", "--locked", "-e", "normal,build", "--prefix", "none", "-f", "{p}|{f}"];
    args.extend(selection);
    Ok(parse(&sh::output(&mut sh::cargo(&args))?))
}

/// Lines of `name vVERSION [(path)]|features`, with ` (*)` behind what was already shown.
fn parse(text: &str) -> Features {
    let mut found = Features::new();
    for (package, features) in text.lines().filter_map(|line| line.split_once('|')) {
        let features = features.trim_end_matches(" (*)").trim_end();
        found.entry(package.trim().to_owned()).or_default().insert(features.to_owned());
    }
    found
}

/// Packages that a selection builds in a way that the whole workspace does not.
fn differences(name: &str, alone: &Features, whole: &Features) -> Vec<String> {
    let differs = |(package, sets): &(&String, &BTreeSet<String>)| {
        whole.get(*package).is_some_and(|other| !sets.is_subset(other))
    };
    let joined = |sets: &BTreeSet<String>| sets.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
    let say = |(package, sets): (&String, &BTreeSet<String>)| {
        format!(
            "{package} has features `{}` with -p {name}, `{}` with --workspace: name them in crates/weir-unify/Cargo.toml",
            joined(sets),
            joined(&whole[package])
        )
    };
    alone.iter().filter(differs).map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_with_other_features_is_named_once() {
        let alone = parse("serde v1.0.0|default,std\nlog v0.4.0|\nserde v1.0.0|default,std (*)\n");
        let whole = parse("serde v1.0.0|default,derive,std\nlog v0.4.0|\nextra v1.0.0|x\n");
        let wrong = differences("weir-query", &alone, &whole);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].starts_with("serde v1.0.0 has features `default,std` with -p weir-query"), "{wrong:?}");
    }
}
