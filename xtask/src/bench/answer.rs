//! `cargo xtask bench answer`: weir as the peer benchmark wants an engine.
//!
//! `BENCH_INPUT` is a folder of Parquet files and `meta.json`, `WEIR_BINARY` the binary. The first time, the events go into a weir the way
//! any sender's do, and its data stay beside that folder. Then every letter from stdin is a question to `/v1/query`, and its
//! answer one line on stdout with the digest that the benchmark compares.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::http::Client;
use super::lines::stamp;
use super::load;
use super::weir::Weir;

/// Nobody needs more of an answer than its digest and its first rows.
const ROWS_SHOWN: usize = 200;
const HOUR: u64 = 3_600;

/// Answers questions until `quit`.
pub fn run() -> Result<()> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).with_context(|| format!("{name} is not set"));
    let (input, binary) = (variable("BENCH_INPUT")?, variable("WEIR_BINARY")?);
    let meta: Value = serde_json::from_slice(&fs::read(input.join("meta.json"))?)?;
    let weir = stored(&binary, &input, &meta)?;
    let mut client = weir.client()?;
    println!("{}", json!({"ready": true}));
    for line in io::stdin().lock().lines() {
        let line = line?;
        match line.trim() {
            "quit" => break,
            "" => {}
            letter => {
                let answer = answer(&mut client, &question(letter, &meta)?)?;
                println!("{answer}");
                io::stdout().flush()?;
            }
        }
    }
    Ok(())
}

/// A weir that holds the events.
fn stored(binary: &Path, input: &Path, meta: &Value) -> Result<Weir> {
    let folder = input.with_extension("weir");
    let done = folder.join("loaded");
    if !done.exists() {
        let _ = fs::remove_dir_all(&folder);
        let weir = Weir::on(binary, &folder)?;
        load::events(binary, input, meta, &weir)?;
        load::wait_joined(&folder.join("data/segments"))?;
        weir.stop()?;
        fs::write(done, "")?;
    }
    Weir::on(binary, &folder)
}

/// A query and the fields of its answer, in order.
struct Question {
    query: String,
    fields: Vec<&'static str>,
}

fn question(letter: &str, meta: &Value) -> Result<Question> {
    let end = meta["end_us"].as_u64().context("no end_us")? / 1_000_000;
    let text = |name: &str| meta[name].as_str().unwrap_or_default();
    let fetch = |seconds: u64| format!("fetch logs, from: \"{}\", to: \"{}\"", stamp(end - seconds), stamp(end));
    let micros = "us = unixNanosFromTimestamp(timestamp) / 1000";
    let (query, fields) = match letter {
        "a" => (
            format!(
                "{} | filter log_group == \"/aws/route53/unguard-secla-demo/resolver-logs\"\n\
                 | parse query_name, \"ld* '.'? ( (ld '.' ld):domain '.' eos) \" | filter domain == \"{}\"\n\
                 | fields {micros}, src_ip, query_name | sort us, src_ip",
                fetch(300),
                text("domain")
            ),
            vec!["us", "src_ip", "query_name"],
        ),
        "b" => (
            format!(
                "{} | summarize n = count(), by: {{h = bin(timestamp, 1h), category}}\n\
                 | fields h = unixSecondsFromTimestamp(h), category, n | sort h, category",
                fetch(12 * HOUR)
            ),
            vec!["h", "category", "n"],
        ),
        "c" => (
            format!(
                "{} | filter contains(content, \"{}\") | fields {micros}, host, content | sort us",
                fetch(24 * HOUR),
                text("needle")
            ),
            vec!["us", "host", "content"],
        ),
        "d" => (
            format!(
                "{} | summarize n = countDistinctExact(query_name), by: {{src_ip}} | sort n desc, src_ip | limit 20",
                fetch(24 * HOUR)
            ),
            vec!["src_ip", "n"],
        ),
        "e" => {
            let mut fields = vec!["us"];
            fields.extend(load::FIELDS.iter().filter(|name| **name != "message"));
            fields.push("content");
            let names = fields[1..].join(", ");
            let found = format!("{} | filter src_ip == \"{}\"", fetch(24 * HOUR), text("lookup_ip"));
            (format!("{found} | fields {micros}, {names} | sort us, src_port"), fields)
        }
        other => bail!("no question `{other}`"),
    };
    Ok(Question { query, fields })
}

fn answer(client: &mut Client, question: &Question) -> Result<Value> {
    let body = json!({"query": question.query, "limit": 0}).to_string();
    let answer = client.post("/v1/query", body.as_bytes())?;
    let text = String::from_utf8(answer.body)?;
    if answer.status != 200 {
        bail!("the query answered {}: {text}", answer.status);
    }
    let mut rows = Vec::new();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line)?;
        if let Some(error) = record.get("weir.error") {
            bail!("the query failed: {error}");
        }
        if record.get("weir.meta").is_none() {
            rows.push(question.fields.iter().map(|name| plain(&record[*name])).collect::<Vec<_>>());
        }
    }
    let digest: String = Sha256::digest(python_json(&rows)).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let shown = &rows[..rows.len().min(ROWS_SHOWN)];
    Ok(json!({"rows": rows.len(), "result": shown, "digest": digest}))
}

/// Numbers and texts as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The rows as Python's `json.dumps` writes them, which is what the digest is of.
fn python_json(rows: &[Vec<Option<String>>]) -> String {
    let value = |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| python_text(text));
    let row = |row: &Vec<Option<String>>| format!("[{}]", row.iter().map(value).collect::<Vec<_>>().join(", "));
    format!("[{}]", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

/// A text in quotes; what is not ASCII is escaped.
fn python_text(text: &str) -> String {
    let plain = Value::from(text).to_string();
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            ' '..='~' => out.push(c),
            other => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_of_what_python_writes() {
        let rows = vec![vec![Some("a \"b\"".to_owned()), None], vec![Some("é\n🐶".to_owned())]];
        assert_eq!(python_json(&rows), "[[\"a \\\"b\\\"\", null], [\"\\u00e9\\n\\ud83d\\udc36\"]]");
    }

    #[test]
    fn every_question_has_a_query() {
        let meta = json!({"end_us": 1_795_219_200_000_000_u64, "domain": "d.example", "needle": "n", "lookup_ip": "192.0.2.1"});
        for letter in ["a", "b", "c", "d", "e"] {
            let question = question(letter, &meta).expect("a question");
            assert!(question.query.starts_with("fetch logs, from: \"2026-11-2"), "{}", question.query);
        }
        assert_eq!(question("e", &meta).expect("a question").fields.len(), 17);
        assert!(question("z", &meta).is_err());
    }
}
