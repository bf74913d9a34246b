//! Which crate may depend on which, and which heavy packages belong to one crate alone.

use super::manifest::Manifest;

/// The whole table: a crate and the crates of ours it may be built with. Tests may use more, but never `weir`.
const EDGES: &[(&str, &[&str])] = &[
    ("weir-event", &[]),
    ("weir-lang", &["weir-event"]),
    ("weir-parse", &["weir-event", "weir-lang"]),
    ("weir-pipe", &["weir-event", "weir-lang", "weir-parse"]),
    ("weir-detect", &["weir-event", "weir-lang"]),
    ("weir-store", &["weir-event"]),
    ("weir-query", &["weir-event", "weir-lang", "weir-store", "weir-unify"]),
    ("weir-collect", &["weir-event", "weir-lang", "weir-parse", "weir-yaml"]),
    ("weir-drive", &["weir-event", "weir-parse", "weir-collect"]),
    ("weir-flow", &["weir-event", "weir-lang", "weir-collect", "weir-drive"]),
    ("weir-testkit", &["weir-event"]),
    ("weir-unify", &[]),
    ("weir-yaml", &["weir-event"]),
    (
        "weir",
        &[
            "weir-event",
            "weir-lang",
            "weir-parse",
            "weir-pipe",
            "weir-detect",
            "weir-store",
            "weir-query",
            "weir-yaml",
            "weir-collect",
            "weir-drive",
            "weir-flow",
        ],
    ),
];

/// Pure crates: a function of their input. They get no runtime, no network, no storage, no serialisation.
pub const PURE: &[&str] = &["weir-event", "weir-lang", "weir-parse", "weir-pipe", "weir-detect", "weir-yaml"];

/// Packages and the only crates that may name them. A prefix ends with `*`.
const OWNERS: &[(&str, &[&str])] = &[
    ("anyhow", &["weir"]),
    ("arrow", &["weir-store", "weir-query", "weir"]),
    ("arrow-*", &["weir-store", "weir-query", "weir"]),
    ("axum", &["weir"]),
    ("clap", &["weir"]),
    // Its parts are named one by one: what nobody uses is half of it.
    ("datafusion", &[]),
    ("datafusion-*", &["weir-query"]),
    ("hyper*", &["weir"]),
    ("object_store", &["weir-store", "weir-query"]),
    ("parquet", &["weir-store", "weir-query", "weir"]),
    ("reqwest", &["weir-drive"]),
    ("rusqlite", &["weir-store", "weir-drive"]),
    ("russh", &["weir-drive"]),
    ("rustls", &["weir", "weir-drive"]),
    ("sqlx-*", &["weir-drive"]),
    ("serde", &["weir", "weir-unify"]),
    ("serde_json", &["weir", "weir-flow", "weir-testkit", "weir-unify"]),
    ("tokio", &["weir", "weir-drive", "weir-flow", "weir-query"]),
];

pub fn check(manifests: &[Manifest]) -> Vec<String> {
    manifests.iter().flat_map(|manifest| inside(manifest).into_iter().chain(outside(manifest))).collect()
}

/// Edges between our crates.
fn inside(manifest: &Manifest) -> Vec<String> {
    let name = &manifest.name;
    let Some((_, allowed)) = EDGES.iter().find(|(from, _)| from == name) else {
        return vec![format!("crate {name} is not in the table of xtask/src/tidy/edges.rs")];
    };
    let ours = |dependency: &&String| dependency.starts_with("weir");
    let built = manifest.dependencies.iter().filter(ours).filter(|to| !allowed.contains(&to.as_str()));
    let tested = manifest.dev_dependencies.iter().filter(ours).filter(|to| to.as_str() == "weir");
    built.chain(tested).map(|to| format!("{name} must not depend on {to}")).collect()
}

/// Heavy packages stay with their owners.
fn outside(manifest: &Manifest) -> Vec<String> {
    let name = &manifest.name;
    let stray = |dependency: &&String| {
        OWNERS.iter().any(|(package, owners)| matches(package, dependency) && !owners.contains(&name.as_str()))
    };
    manifest
        .dependencies
        .iter()
        .filter(stray)
        .map(|package| format!("{name} must not depend on {package}; see OWNERS"))
        .collect()
}

fn matches(pattern: &str, package: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == package, |prefix| package.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::super::manifest;
    use super::*;

    #[track_caller]
    fn verdict(name: &str, text: &str, expected: &[&str]) {
        assert_eq!(check(&[manifest::parse(name, text)]), expected);
    }

    #[test]
    fn an_edge_of_the_table_is_fine() {
        verdict(
            "weir-lang",
            "[dependencies]\nweir-event.workspace = true\nmemchr.workspace = true\n[dev-dependencies]\nserde_json = \"1\"\n",
            &[],
        );
    }

    #[test]
    fn an_edge_against_the_stream_is_named() {
        verdict(
            "weir-event",
            "[dependencies]\nweir-lang.workspace = true\n",
            &["weir-event must not depend on weir-lang"],
        );
        verdict(
            "weir-store",
            "[dev-dependencies]\nweir = { path = \"../weir\" }\n",
            &["weir-store must not depend on weir"],
        );
    }

    #[test]
    fn heavy_packages_have_one_home() {
        verdict(
            "weir-store",
            "[dependencies]\ndatafusion-common = \"55\"\n",
            &["weir-store must not depend on datafusion-common; see OWNERS"],
        );
        verdict("weir-parse", "[dependencies]\ntokio = \"1\"\n", &["weir-parse must not depend on tokio; see OWNERS"]);
    }

    #[test]
    fn an_unknown_crate_must_be_entered() {
        verdict("weir-utils", "", &["crate weir-utils is not in the table of xtask/src/tidy/edges.rs"]);
    }
}
