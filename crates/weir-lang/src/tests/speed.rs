//! Rows per second of typical conditions. `WEIR_BENCH=1 cargo test -p weir-lang --profile fast speed -- --nocapture` measures.

use weir_event::{Timestamp, Value};

use crate::{CompileOptions, Program, Scratch, parse_expr};

const CONDITIONS: [&str; 6] = [
    "level == \"WARN\"",
    "bytes > 1000 and level != \"INFO\"",
    "contains(content, \"denied\")",
    "matchesPhrase(content, \"access denied\")",
    "matchesValue(content, \"*denied*\")",
    "in(level, {\"WARN\", \"ERROR\", \"FATAL\"})",
];

#[test]
fn speed() {
    let rows = if std::env::var_os("WEIR_BENCH").is_some() { 5_000_000 } else { 1_000 };
    let content = "2024-06-01T12:00:00Z fw01 kernel: connection from 192.0.2.7 port 4711 to 198.51.100.9: Access denied by rule 17";
    let values = [Value::text("WARN"), Value::Long(4711), Value::text(content)];
    let row: &[Value] = &values;
    for condition in CONDITIONS {
        let slots = |name: &str| ["level", "bytes", "content"].iter().position(|have| *have == name);
        let options = CompileOptions { now: Timestamp(0), zone: "UTC", strict: false, slots: &slots };
        let program = Program::compile(&parse_expr(condition).expect("it is read"), &options).expect("it compiles");
        let mut scratch = Scratch::default();
        let start = std::time::Instant::now();
        let held = (0..rows).filter(|_| program.holds(&row, &mut scratch)).count();
        let per_row = start.elapsed().as_nanos() as f64 / rows as f64;
        assert_eq!(held, rows, "{condition}");
        if rows > 1_000 {
            std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{per_row:7.1} ns  {condition}\n"))
                .expect("stdout");
        }
    }
}
