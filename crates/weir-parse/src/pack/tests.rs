use std::path::{Path, PathBuf};
use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{Packs, misread_samples, sample_results};

mod reading;
mod schema;

/// Every folder with a pack below `folder`.
fn pack_folders(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.join("pack.yaml").exists() {
            found.push(path.clone());
        }
        if path.is_dir() {
            pack_folders(&path, found);
        }
    }
}

/// Samples of each pack are read by it and give what stands beside them; foreign ones are not.
#[test]
fn samples_give_what_is_expected() {
    let packs = Arc::new(Packs::builtin().unwrap_or_else(|faults| panic!("{}", faults[0])));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let mut folders = Vec::new();
    pack_folders(&root, &mut folders);
    let mut wrong = Vec::new();
    for folder in folders {
        let pack = folder.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        assert!(packs.find(&pack).is_some(), "the pack in {pack} has another name");
        let samples = folder.join("samples");
        let (mut own, mut foreign) = (0, 0);
        for entry in std::fs::read_dir(&samples).unwrap_or_else(|_| panic!("{pack} has no samples")) {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "log") {
                continue;
            }
            let log = std::fs::read_to_string(&path).unwrap();
            let is_foreign = path.file_stem().is_some_and(|stem| stem == "not-mine");
            for number in misread_samples(&packs, &pack, &log, is_foreign) {
                wrong.push(format!(
                    "{}:{number}: {}",
                    path.display(),
                    if is_foreign { "read by this pack" } else { "not read by this pack" }
                ));
            }
            if is_foreign {
                foreign += 1;
                continue;
            }
            own += 1;
            compare(&path.with_extension("expect"), &sample_results(&packs, &log), &mut wrong);
        }
        assert!(own > 0 && foreign > 0, "{pack} needs a sample and samples/not-mine.log");
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 rewrites the expected lines\n{}", wrong.join("\n"));
}

fn compare(path: &Path, got: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return std::fs::write(path, got).unwrap();
    }
    let want = std::fs::read_to_string(path).unwrap_or_default();
    if want.lines().count() != got.lines().count() {
        wrong.push(format!(
            "{}: {} lines expected, {} came",
            path.display(),
            want.lines().count(),
            got.lines().count()
        ));
    }
    for (index, (want, got)) in want.lines().zip(got.lines()).enumerate().filter(|(_, (want, got))| want != got) {
        wrong.push(format!("{}:{}\n  expected {want}\n  came     {got}", path.display(), index + 1));
    }
}

#[track_caller]
fn refused(text: &str, expect: Expect) {
    let faults = Packs::load([("packs/a/b/pack.yaml", text)]).unwrap_err();
    let said: Vec<String> = faults.iter().map(|fault| format!("{fault}\n")).collect();
    expect.assert_eq(&said.concat());
}

#[test]
fn what_is_wrong_with_a_pack_is_said_with_its_place() {
    refused(
        "pack: a/b\nrecognize: { format: cef }\n",
        expect![[r#"
        error[PACK-003]: unknown key `recognize`
          at: packs/a/b/pack.yaml, line 2, column 12
          hint: did you mean `recognise`?
    "#]],
    );
    refused(
        "pack: a/b\nrecognise: { format: csf, vendor: A }\n",
        expect![[r#"
            error[PACK-006]: unknown format `csf`
              at: packs/a/b/pack.yaml, line 2, column 22
              hint: did you mean `cef`? known: cef, leef, json, kv, csv, xml, text, syslog, any
        "#]],
    );
    refused(
        "pack: a/b\nrecognise: { format: cef }\n",
        expect![[r#"
        error[PACK-010]: `recognise` names nothing that tells this product from others
          at: packs/a/b/pack.yaml, line 2, column 12
          hint: give vendor and product, literal text (`contains`, `any`), `keys` or `program`; `generic: true` marks a fall-back pack
    "#]],
    );
    refused(
        "pack: [a\n",
        expect![[r#"
        error[PACK-001]: the pack file is not YAML
          at: packs/a/b/pack.yaml, line 2, column 1
          because: while parsing a flow sequence, expected ',' or ']'
    "#]],
    );
    refused(
        "",
        expect![[r#"
        error[PACK-002]: the pack file is empty
          at: packs/a/b/pack.yaml, line 1, column 1
          hint: a pack begins with `pack: vendor/product`
    "#]],
    );
    refused(
        "pack: a/b\nrecognise: { format: cef, vendor: A }\nfields:\n  src: { to: source.ip, az: ip }\n",
        expect![[r#"
        error[PACK-003]: unknown key `az`
          at: packs/a/b/pack.yaml, line 4, column 29
          hint: did you mean `as`?
    "#]],
    );
    refused(
        "pack: a/b\nrecognise: { format: cef, vendor: A }\nfields:\n  src: { to: source.ip, as: ipp }\n",
        expect![[r#"
            error[PACK-006]: unknown type `ipp`
              at: packs/a/b/pack.yaml, line 4, column 29
              hint: did you mean `ip`? known: text, lower, upper, name, long, double, bool, time, seconds, milliseconds, microseconds, nanoseconds, ip, mac, domain, transport, list, endpoint, digest, direction
        "#]],
    );
    refused(
        "pack: a/b\nrecognise: { any: ['x'] }\nread:\n  patterns: [\"LD:a IPADR:b\"]\n",
        expect![[r#"
        error[PACK-009]: the pattern does not compile: The parsing pattern is invalid. Named pattern element 'IPADR' is not valid
          at: packs/a/b/pack.yaml, line 4, column 14
          because: the pattern stops making sense here
          LD:a IPADR:b
               ^^^^^ (line 1, column 6)
          hint: did you mean IPADDR? Text to match literally belongs in quotes
    "#]],
    );
    refused(
        "pack: a/b\nrecognise: { any: ['x'] }\nread:\n  macros: '$a = LD'\n  patterns: ['$a']\n",
        expect![[r#"
        error[PACK-009]: the pattern does not compile: The parsing pattern is invalid. Syntax error: the pattern ends where ; behind the macro is expected
          at: packs/a/b/pack.yaml, line 4, column 11
          because: the pattern stops making sense here
          $a = LD
                 ^ (line 1, column 8)
    "#]],
    );
    let empty = "pack: a/b\nrecognise: { any: ['x'] }\nread:\n  patterns: [~]\n";
    let faults = Packs::load([("packs/a/b/pack.yaml", empty)]).unwrap_err();
    assert_eq!((faults[0].id(), faults[0].place()), ("PACK-009", "packs/a/b/pack.yaml, line 4, column 14"));
    refused(
        "pack: a/b\nextends: no/such\nrecognise: { any: ['x'] }\n",
        expect![[r#"
        error[PACK-008]: the pack `no/such` that this one extends does not exist
          at: packs/a/b/pack.yaml, line 2, column 10
          because: `extends` names another pack that itself extends nothing
    "#]],
    );
}

#[test]
fn two_packs_of_a_name_are_refused_and_a_path_is_replaced() {
    let text = "pack: a/b\nrecognise: { any: ['x'] }\n";
    assert_eq!(Packs::load([("one", text), ("two", text)]).unwrap_err()[0].id(), "PACK-007");
    assert_eq!(Packs::load([("one", text), ("one", text)]).unwrap().iter().count(), 1);
}
