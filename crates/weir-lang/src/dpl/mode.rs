//! Every way to use a pattern behind one call: for batches, tests and the command line.

use weir_event::{Fault, Record, Value};

use super::fault::{gave_up, unknown_mode};
use super::{Lint, Pattern, PatternOptions};

/// Compiles `pattern` and uses it on `input`; the members of the answer depend on `mode`:
/// `parse` gives `match` and, on a match, `fields`; `parseAll` gives `all`; `matches`, `replace` and `split` give `value`; `compile`
/// gives `exports` and `warnings`.
///
/// # Errors
/// The pattern's fault, `DPL-013` for another mode, or `DPL-016` when the budget is spent before there is an answer.
pub fn run_mode(
    mode: &str,
    pattern: &str,
    input: &str,
    replacement: &str,
    options: &PatternOptions,
) -> Result<Record<'static>, Fault> {
    let pattern = Pattern::compile(pattern, options)?;
    let mut matcher = pattern.matcher();
    let one = |name: &'static str, value: Value<'static>| [(name, value)].into_iter().collect::<Record>();
    let answer = match mode {
        "parse" => {
            let mut out = vec![Value::Null; pattern.exports().len()];
            let matched = matcher.parse(input, &mut out).is_some();
            let mut answer = one("match", Value::Bool(matched));
            if matched {
                answer.set("fields", Value::Record(matcher.record(&mut out).into_owned()));
            }
            answer
        }
        "parseAll" => one("all", Value::Array(matcher.parse_all(input).into_iter().map(Value::into_owned).collect())),
        "matches" => one("value", Value::Bool(matcher.matches(input))),
        "replace" => one("value", Value::owned(matcher.replace(input, replacement))),
        "split" => {
            let pieces = matcher.split(input).into_iter().map(|piece| Value::owned(piece.to_owned()));
            one("value", Value::Array(pieces.collect()))
        }
        "compile" => {
            let text = |text: &str| Value::owned(text.to_owned());
            let mut answer = one("exports", Value::Array(pattern.exports().iter().map(|e| text(&e.name)).collect()));
            answer.set("warnings", Value::Array(pattern.warnings().iter().map(|lint| text(&lint.says)).collect()));
            answer
        }
        other => return Err(unknown_mode(other)),
    };
    if matcher.gave_up() { Err(gave_up(input.len())) } else { Ok(answer) }
}

/// The warnings about `pattern`, and in the modes that look all over a text, about what it finds in `input`.
///
/// # Errors
/// The pattern's fault.
pub fn warnings(mode: &str, pattern: &str, input: &str, options: &PatternOptions) -> Result<Vec<Lint>, Fault> {
    let pattern = Pattern::compile(pattern, options)?;
    let mut lints = pattern.warnings().to_vec();
    if matches!(mode, "replace" | "split" | "parseAll") {
        // What is replaced or parted need not be exported.
        lints.retain(|lint| mode == "parseAll" || lint.id != "no-export");
        lints.extend(pattern.sample_warning(input));
    }
    Ok(lints)
}
