use std::io::{BufRead, Write};
use weir_parse::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let packs = match Packs::builtin() {
        Ok(p) => p,
        Err(f) => {
            for f in f {
                eprintln!("{f}")
            }
            std::process::exit(3)
        }
    };
    let _ = root;
    let mut parser = Parser::new(std::sync::Arc::new(packs), ParserOptions::default());
    let now = weir_event::Timestamp::parse_rfc3339("2026-11-21T12:00:00Z").unwrap();
    if args.get(1).is_some_and(|a| a == "bench") {
        let data = std::fs::read(&args[2]).unwrap();
        let mut recs = weir_event::Records::default();
        let mut chunks = vec![];
        let mk = |r: weir_event::Records| weir_event::Chunk {
            tenant: "t".into(),
            source: "s".into(),
            table: "logs".into(),
            received_at: now,
            peer: None,
            config: 0,
            cursor: None,
            bytes: r.bytes.into(),
            ends: r.ends,
        };
        for l in data.split(|b| *b == b'\n') {
            if l.is_empty() {
                continue;
            }
            recs.push(l);
            if recs.is_full() {
                chunks.push(mk(std::mem::take(&mut recs)));
            }
        }
        chunks.push(mk(recs));
        let n: usize = chunks.iter().map(|c| c.len()).sum();
        for _ in 0..3 {
            let t = std::time::Instant::now();
            let (mut arts, mut fields) = (0, 0);
            for c in &chunks {
                let b = parser.parse_chunk(c, now);
                for r in b.rows() {
                    arts += r.artifacts().count();
                    fields += r.slots().len();
                }
            }
            let e = t.elapsed().as_secs_f64();
            println!(
                "{n} lines {:.0}/s {:.2} us/line, artifacts/line {:.2} fields/line {:.2}",
                n as f64 / e,
                e * 1e6 / n as f64,
                arts as f64 / n as f64,
                fields as f64 / n as f64
            );
        }
        return;
    }
    if args.get(1).is_some_and(|a| a == "scan") {
        let data = std::fs::read_to_string(&args[2]).unwrap();
        struct C(usize);
        impl<'t> artifacts::Sink<'t> for C {
            fn part(&mut self, _: weir_event::ArtifactKind, p: &'t str) {
                self.0 += p.len()
            }
            fn made(&mut self, _: weir_event::ArtifactKind, p: &str) {
                self.0 += p.len()
            }
        }
        let mut c = C(0);
        let t = std::time::Instant::now();
        for l in data.lines() {
            artifacts::scan(l, &mut c);
        }
        let e = t.elapsed().as_secs_f64();
        println!("scan {:.0} MB/s ({})", data.len() as f64 / 1e6 / e, c.0);
        return;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let v = json::to_value(&line).unwrap();
        let weir_event::Value::Record(r) = v else { panic!() };
        let raw = r.get("raw").unwrap().as_str().unwrap();
        let tz = match r.get("context") {
            Some(weir_event::Value::Record(c)) => {
                c.get("tz").and_then(|v| v.as_str()).and_then(|z| Zone::parse(z).ok())
            }
            _ => None,
        };
        let p = parser.parse_line(raw, &LineContext { zone: tz, now });
        let mut s = String::new();
        p.write_json(&mut s);
        writeln!(out, "{s}").unwrap();
    }
}
