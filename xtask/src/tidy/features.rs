//! Heavy dependencies must have the same features whichever of our crates is selected.
//!
//! Cargo unites the features of what is selected: when `-p weir-query` and `--workspace` differ in one feature of one small package, the
//! query engine above it is compiled twice, which costs minutes each time somebody changes the selection.

use std::collections::BTreeMap;

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

/// Package and version to its features, as Cargo resolves them for a selection.
fn features(selection: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut args = vec!["tree", "--locked", "-e", "normal,build", "--prefix", "none", "-f", "{p}|{f}"];
    args.extend(selection);
    Ok(parse(&sh::output(&mut sh::cargo(&args))?))
}

/// Lines of `name vVERSION [(path)]|features`, with ` (*)` behind what was already shown. A package that is built for host and target may stand there twice: both are kept, joined.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (package, features) in text.lines().filter_map(|line| line.split_once('|')) {
        let features = features.trim_end_matches(" (*)").trim_end();
        let sets = found.entry(package.trim().to_owned()).or_default();
        if !sets.contains(&features) {
            sets.push(features);
        }
    }
    let joined = |mut sets: Vec<&str>| {
        sets.sort_unstable();
        sets.join(" and ")
    };
    found.into_iter().map(|(package, sets)| (package, joined(sets))).collect()
}

fn differences(name: &str, alone: &BTreeMap<String, String>, whole: &BTreeMap<String, String>) -> Vec<String> {
    let differs =
        |(package, features): &(&String, &String)| whole.get(*package).is_some_and(|other| other != *features);
    let say = |(package, features): (&String, &String)| {
        format!(
            "{package} has features `{features}` with -p {name}, `{}` with --workspace: name them in crates/weir-unify/Cargo.toml",
            whole[package]
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
