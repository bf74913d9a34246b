//! Texts to begin with: the examples of the reference, the samples of the packs, and the words of the languages.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::mutate::{Random, mutate};

/// Patterns, texts, queries, and records of the packs' samples.
pub struct Corpus {
    patterns: Vec<Box<str>>,
    inputs: Vec<Box<str>>,
    queries: Vec<Box<str>>,
    records: Vec<Box<str>>,
    pattern_words: Vec<Box<str>>,
    query_words: Vec<Box<str>>,
    record_words: Vec<Box<str>>,
}

const PATTERN_MARKS: &str = ":a :b :key :value ? * + {1,3} {0,2} {2} ( ) | , ; $m = >> !>> << !<< 'x' ' ' ',' '=' [a-z] [^é] [!,\\n]+ (fs=',') (flat=true) // /* \\ ' \" é 😀 (min=1,max=9) (cis=true) [] (strict=false) (maxlen=5) (greedy='o') @REGEX{'a+|b*'}";
const QUERY_MARKS: &str = "| , ( ) { } [ ] : = == != < > <= >= + - * / % and or not xor in ~ @d \"x\" \"\"\"x\"\"\" `a b` 1 2.5 1h now() null true by:{ alias: -1d 10.0.0.1 data record( filter fieldsAdd summarize sort limit dedup parse expand join append lookup makeTimeseries count() sum( if( // /* \\ é 😀 $p let case";
const RECORD_MARKS: &str = r#"= | \| \= \\ " \" ' , ; : :// [.] [at] { } [ ] < > <13> <999> CEF:0| LEEF:2.0| cs1Label= cs1= ="" %ASA-6-1: :: 1.2.3.4 a@b.example \u00e9 é 😀 % / \ ( ) 2026-11-21T00:00:00Z 1795262400"#;
const TEXTS: &[&str] = &[
    "",
    "a",
    "é😀",
    "\n",
    "\r\n",
    "1,2,3",
    "10.0.0.1:80",
    "::1",
    "{\"a\":[1,{\"b\":null}]}",
    "a=1 b=\"x y\"",
    "2024-02-29 23:59:60",
    "<a b='1'>t</a>",
    "4917 6100 0000 0000 003",
    "\0",
];

impl Corpus {
    /// Reads the reference beside this crate; without it the words alone make texts.
    pub fn read() -> Corpus {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut corpus = Corpus {
            patterns: boxed(["LD:a", "INT:i ',' LD:b"]),
            inputs: boxed(TEXTS.iter().copied()),
            records: Vec::new(),
            queries: boxed(["data record(a = 1)", "fetch logs | filter a == 1"]),
            pattern_words: boxed(weir_lang::dpl::matcher_names().chain(PATTERN_MARKS.split(' '))),
            record_words: boxed(RECORD_MARKS.split(' ').chain([" ", "\t", "\n", "\0", "\u{feff}"])),
            query_words: boxed(QUERY_MARKS.split(' ').chain(weir_lang::functions::all().map(|function| function.name))),
        };
        let mut samples = Vec::new();
        find(&root.join("packs"), &["log"], &mut samples);
        for sample in samples.iter().filter_map(|path| std::fs::read_to_string(path).ok()) {
            corpus.records.extend(boxed(sample.lines()));
        }
        let mut pages = Vec::new();
        find(&root.join("spec"), &["md", "jsonl"], &mut pages);
        for page in pages {
            let Ok(text) = std::fs::read_to_string(&page) else { continue };
            match page.extension().and_then(|extension| extension.to_str()) {
                Some("md") => corpus.blocks(&text),
                _ => corpus.lines(&text),
            }
        }
        corpus.lines(&std::fs::read_to_string(root.join("crates/weir-lang/tests-data/dpl.jsonl")).unwrap_or_default());
        corpus
    }

    /// `pattern`, `input` and `query` blocks of a page.
    fn blocks(&mut self, page: &str) {
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
            let body = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
            match kind.split(' ').next() {
                Some("pattern") => self.patterns.push(body.into()),
                Some("input") => self.inputs.push(body.into()),
                Some("query") => self.queries.push(body.into()),
                _ => {}
            }
        }
    }

    /// Vectors, one JSON object a line.
    fn lines(&mut self, text: &str) {
        for vector in text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok()) {
            let lists = [("pattern", &mut self.patterns), ("input", &mut self.inputs), ("query", &mut self.queries)];
            for (name, list) in lists {
                list.extend(vector[name].as_str().map(Into::into));
            }
        }
    }

    /// The input of one run.
    pub fn input(&self, target: &str, random: &mut Random) -> Vec<u8> {
        let mut made = |texts: &[Box<str>], words: &[Box<str>]| {
            let mut text = random.pick(texts).as_bytes().to_vec();
            if random.below(8) > 0 {
                mutate(&mut text, texts, words, random);
            }
            text
        };
        match target {
            "dql_compile" => made(&self.queries, &self.query_words),
            "dpl_compile" => made(&self.patterns, &self.pattern_words),
            "parse_line" if !self.records.is_empty() => made(&self.records, &self.record_words),
            _ => {
                let mut input = made(&self.patterns, &self.pattern_words);
                input.retain(|byte| *byte != weir_fuzz::MARK);
                input.push(weir_fuzz::MARK);
                input.extend(made(&self.inputs, &self.inputs));
                input
            }
        }
    }
}

fn boxed<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).collect()
}

/// The files below a folder whose names end like that.
fn find(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            find(&path, endings, found);
        } else if path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending)) {
            found.push(path);
        }
    }
    found.sort();
}
