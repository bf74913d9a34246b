//! The examples of the table, and what must hold for every function.

mod edges;
mod growth;
mod hostile;

use super::{FAMILIES, Row, all};
use crate::{CompileOptions, Program, Scratch, parse_expr, text_form};
use weir_event::{Timestamp, Value};

fn eval(text: &str) -> String {
    let options = CompileOptions { now: Timestamp(0), zone: "UTC", strict: false, slots: &|_| None };
    let expr = parse_expr(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let program = Program::compile(&expr, &options).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let none: &[Value] = &[];
    match program.eval(&none, &mut Scratch::default()) {
        Value::Null => "null".to_owned(),
        value => text_form(&value),
    }
}

#[test]
fn examples_give_what_they_say() {
    let mut wrong = Vec::new();
    for (text, want) in all().flat_map(|function| function.examples) {
        let have = eval(text);
        if have != *want {
            wrong.push(format!("{text} gives {have}, not {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_occur_once_and_what_runs_has_examples() {
    let mut names: Vec<String> = all().map(|function| function.name.to_ascii_lowercase()).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    let bare: Vec<_> = FAMILIES
        .iter()
        .flat_map(|family| family.functions)
        .filter(|function| matches!(function.row, Row::Plain(_) | Row::Special(_)) && function.examples.is_empty())
        .map(|function| function.name)
        .collect();
    assert!(bare.len() < 8, "without examples: {bare:?}");
}
