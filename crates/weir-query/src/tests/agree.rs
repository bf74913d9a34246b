//! What an expression gives for a row must not depend on how its columns lie: the language's own evaluation of a row is compared with
//! columns of one kind, with dictionaries, and with columns of any kind, for every function over random values.

use arrow::compute::cast;
use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value, write_json};
use weir_lang::functions::{self, Function, ParamKind, Row};
use weir_lang::{CompileOptions, Expr, Program, Scratch, parse_expr};

use super::NOW;
use crate::cells::{Cells, convert};
use crate::columns::{Column, find, schema_of};
use crate::expr::{Moment, compile};
use crate::{Form, dynamic, gather};

/// Rows of one comparison, and comparisons of one function.
const ROWS: usize = 12;
const TRIALS: usize = 24;

/// A small generator, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn value(&mut self, kind: usize) -> Value<'static> {
        let texts = [
            "",
            "a",
            "Abc def",
            "10.0.0.1",
            "2001:db8::1",
            "42",
            "-7.5",
            "true",
            "{\"a\": [1, {\"b\": 2}]}",
            "é日本",
            "a,b,,c",
            "%41 &amp; x",
        ];
        let texts = &texts;
        match kind {
            0 => Value::Null,
            1 => Value::Bool(self.roll(2) == 0),
            2 => Value::Long([0, 1, -1, 7, 42, i64::MAX, i64::MIN, 1_714_564_800][self.roll(8)]),
            3 => Value::Double([0.0, -0.0, 1.5, -2.25, 1e300, f64::MIN_POSITIVE][self.roll(6)]),
            4 => Value::text(texts[self.roll(texts.len())]),
            5 => Value::Timestamp(Timestamp(NOW.0 + self.roll(1_000_000) as i64 * 1_000_000_007)),
            6 => Value::Duration(Duration([0, 1, 3_600_000_000_000, -5_000_000_000][self.roll(4)])),
            7 => Value::Ip(["10.0.0.1", "192.168.3.4", "2001:db8::1"][self.roll(3)].parse().expect("an address")),
            8 => {
                let kind = 1 + self.roll(5);
                Value::Array((0..self.roll(4)).map(|_| self.value(kind)).collect())
            }
            9 => Value::Record([("a", self.value(2)), ("b", self.value(4))].into_iter().collect::<Record>()),
            10 => Value::Timeframe(Timeframe { start: NOW, end: Timestamp(NOW.0 + 1 + self.roll(99) as i64) }),
            11 => Value::Uid(Uid::Uid64(self.roll(1 << 20) as u64)),
            _ => Value::Binary(vec![self.roll(256) as u8; self.roll(4)].into()),
        }
    }
}

/// Kinds that [`Dice::value`] knows.
const KINDS: usize = 13;

#[test]
fn rows_and_columns_agree_for_every_function() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for function in functions::all().filter(|function| is_of_a_row(function)) {
        let exprs: Vec<(String, Expr)> =
            calls(function).into_iter().filter_map(|text| parse_expr(&text).ok().map(|expr| (text, expr))).collect();
        assert!(!exprs.is_empty(), "`{}` is compared in no way: tell `calls` how it is called", function.name);
        for (text, expr) in &exprs {
            (0..TRIALS).for_each(|_| check(text, expr, &mut dice));
        }
    }
}

#[test]
fn rows_and_columns_agree_for_operators() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for text in [
        "a == b",
        "a != b",
        "a < b",
        "a <= b",
        "a > b",
        "a >= b",
        "a + b",
        "a - b",
        "a * b",
        "a / b",
        "a % b",
        "-a",
        "not a",
        "a and b",
        "a or b",
        "a xor b",
        "a ~ \"abc\"",
        "a == \"a\"",
        "a > 5",
        "a == 1.5",
        "a@h",
        "a[0]",
        "a[a]",
        "a[]",
        "if(a == b, a, else: b)",
        "bin(a, 1h)",
        "a == \"10.0.0.1\"",
        "isNull(a) or a == 1",
        "a > toTimestamp(\"2024-05-01T00:00:00Z\")",
    ] {
        let expr = parse_expr(text).expect("an expression");
        (0..TRIALS * 4).for_each(|_| check(text, &expr, &mut dice));
    }
}

/// Functions that a row alone decides. The others run in the engine only, and nothing decides `random`.
fn is_of_a_row(function: &Function) -> bool {
    matches!(function.row, Row::Plain(_) | Row::Special(_)) && function.name != "random"
}

/// Calls of a function with fields where they may stand, and with what must be written out where it must.
fn calls(function: &Function) -> Vec<String> {
    match function.name {
        // Whether a field exists is known of columns; a row by itself has the fields that are not null.
        "exists" => return ["exists(a[a])", "exists(b[0])", "exists(a[a][b])"].map(str::to_owned).to_vec(),
        "iIndex" => {
            return vec!["iCollectArray(record(v = a[], i = iIndex()))".to_owned(), "a[] + iIndex()".to_owned()];
        }
        name if function.collects() => {
            return [format!("{name}(a[])"), format!("{name}(a[] == b)"), format!("{name}(concat(a[], b[]))")].to_vec();
        }
        _ => {}
    }
    let required: usize = function
        .takes
        .iter()
        .map(|param| match param.kind {
            ParamKind::Required => 1,
            ParamKind::Optional(_) => 0,
            ParamKind::Many(least) => least.max(2),
        })
        .sum();
    let fields = ["a", "b", "c", "d", "e", "f"];
    let list = |given: &[&str]| given.join(", ");
    let patterns = ["\"INT:n\"", "\"LD:x ' ' DATA:y\"", "\"','\""];
    let with_pattern = patterns.iter().map(|pattern| match required {
        3 => format!("{}(a, {pattern}, \"-\")", function.name),
        _ => format!("{}(a, {pattern})", function.name),
    });
    let plain = format!("{}({})", function.name, list(&fields[..required.min(fields.len())]));
    std::iter::once(plain).chain(with_pattern.filter(|_| required >= 2)).collect()
}

#[track_caller]
fn check(text: &str, expr: &Expr, dice: &mut Dice) {
    let names = ["a", "b", "c", "d", "e", "f"];
    let records: Vec<Record> = {
        let kinds: Vec<Option<usize>> = names.iter().map(|_| (dice.roll(4) > 0).then(|| dice.roll(KINDS))).collect();
        let mut record = || {
            let named = names.iter().zip(&kinds);
            named
                .map(|(name, kind)| {
                    let kind = if dice.roll(6) == 0 { 0 } else { kind.unwrap_or_else(|| dice.roll(KINDS)) };
                    (*name, dice.value(kind))
                })
                .collect()
        };
        (0..ROWS).map(|_| record()).collect()
    };
    let expected = by_row(expr, &names, &records);
    let native = gather::columns_of(&records);
    let words: Vec<Column> =
        native.iter().map(|column| Column::new(&column.name, column.form.with_dictionary())).collect();
    let any: Vec<Column> = native.iter().map(|column| Column::new(&column.name, Form::Dynamic)).collect();
    for columns in [native, words, any] {
        let have = by_column(expr, &columns, &records);
        for (row, (have, expected)) in have.iter().zip(&expected).enumerate() {
            let show = |value: &Value| {
                let mut text = String::new();
                write_json(value, &mut text);
                text
            };
            assert!(
                bytes(have) == bytes(expected),
                "{text} over {:?}\nrow {}\ngives {} in columns of {:?}, {} by row",
                columns.iter().map(|column| column.form).collect::<Vec<_>>(),
                show(&Value::Record(records[row].clone())),
                show(have),
                columns.first().map(|column| column.form),
                show(expected),
            );
        }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    dynamic::encode(value, &mut bytes);
    bytes
}

fn by_row(expr: &Expr, names: &[&str], records: &[Record<'static>]) -> Vec<Value<'static>> {
    let slots = |name: &str| names.iter().position(|have| *have == name);
    let program = Program::compile(expr, &CompileOptions { now: NOW, zone: "UTC", strict: false, slots: &slots });
    let program = program.unwrap_or_else(|fault| panic!("{fault}"));
    let row = |record: &Record<'static>| {
        let values: Vec<Value> = names.iter().map(|name| record.get(name).cloned().unwrap_or_default()).collect();
        program.eval(&values.as_slice(), &mut Scratch::default()).into_owned()
    };
    records.iter().map(row).collect()
}

fn by_column(expr: &Expr, columns: &[Column], records: &[Record<'static>]) -> Vec<Value<'static>> {
    let moment = Moment { now: NOW, zone: "UTC".into(), strict: false };
    let ready = compile(expr, columns, &moment).unwrap_or_else(|fault| panic!("{fault}"));
    let plain: Vec<Column> = columns.iter().map(|column| Column::new(&column.name, column.form.plain())).collect();
    let batch = gather::batch_of(records, &plain).expect("a batch");
    let arrays = columns.iter().map(|column| {
        let array = batch.column(find(&plain, &column.name).expect("a column"));
        match column.form.has_dictionary() {
            true => cast(array, &column.form.data_type()).expect("a dictionary"),
            false => convert(array, &column.form.field(""), column.form).expect("the same column"),
        }
    });
    let batch = arrow::array::RecordBatch::try_new(schema_of(columns), arrays.collect()).expect("a batch");
    let array = ready.expr.evaluate(&batch).and_then(|value| value.into_array(ROWS)).expect("a column of results");
    let cells = Cells::new(ready.form, &array);
    (0..ROWS).map(|row| cells.get(row).into_owned()).collect()
}
