//! Numbers.

use weir_event::{Duration, Record, Timestamp, Value};

use super::{Args, Fallback, Function, Param, Row, arg, opt};
use crate::arithmetic;
use crate::types::{DOUBLE, DURATION, LONG, NUMBER, RECORD, TEXT, TIMESTAMP, Types};

const ONE: &[Param] = &[arg("expression", NUMBER)];
const BINNED: Types = NUMBER.or(DURATION).or(TIMESTAMP);
const BIN: &[Param] =
    &[arg("expression", BINNED), arg("interval", NUMBER.or(DURATION)), opt("at", BINNED, Fallback::Null)];

macro_rules! double {
    ($name:literal, $says:literal, $examples:expr, $row:expr) => {
        Function {
            name: $name,
            takes: ONE,
            gives: DOUBLE,
            says: $says,
            examples: $examples,
            row: Row::Plain(|args| of_double(args, $row)),
        }
    };
}

macro_rules! two {
    ($name:literal, $a:literal, $b:literal, $says:literal, $examples:expr, $row:expr) => {
        Function {
            name: $name,
            takes: &[arg($a, NUMBER), arg($b, NUMBER)],
            gives: DOUBLE,
            says: $says,
            examples: $examples,
            row: Row::Plain(|args| {
                let row: fn(f64, f64) -> f64 = $row;
                finite(row(args.number(0)?, args.number(1)?))
            }),
        }
    };
}

pub(super) const CONSTANTS: &[Function] = &[
    Function {
        name: "e",
        takes: &[],
        gives: DOUBLE,
        says: "Euler's number.",
        examples: &[("round(e(), decimals: 2)", "2.72")],
        row: Row::Plain(|_| Some(Value::Double(std::f64::consts::E))),
    },
    Function {
        name: "pi",
        takes: &[],
        gives: DOUBLE,
        says: "The circumference of a circle of diameter 1.",
        examples: &[("round(pi(), decimals: 2)", "3.14")],
        row: Row::Plain(|_| Some(Value::Double(std::f64::consts::PI))),
    },
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        takes: &[arg("expression", NUMBER.or(DURATION))],
        gives: NUMBER.or(DURATION),
        says: "The value without its sign.",
        examples: &[("abs(-3)", "3"), ("abs(-1.5)", "1.5")],
        row: Row::Plain(|args| {
            Some(match args.value(0) {
                Value::Long(number) => Value::Long(number.checked_abs()?),
                Value::Double(number) => Value::Double(number.abs()),
                Value::Duration(length) => Value::Duration(Duration(length.0.checked_abs()?)),
                _ => return None,
            })
        }),
    },
    double!("acos", "The arc cosine.", &[("acos(1)", "0.0"), ("acos(2)", "null")], f64::acos),
    double!("asin", "The arc sine.", &[("asin(0)", "0.0")], f64::asin),
    double!("atan", "The arc tangent.", &[("atan(0)", "0.0")], f64::atan),
    two!("atan2", "ordinate", "abscissa", "The angle of a point.", &[("atan2(0, 1)", "0.0")], f64::atan2),
    Function {
        name: "bin",
        takes: BIN,
        gives: BINNED,
        says: "The value rounded down to a multiple of the interval; `at` moves the multiples.",
        examples: &[
            ("bin(27, 10)", "20"),
            ("bin(-42.13, 10)", "-50.0"),
            ("bin(27, 10, at: 5)", "25"),
            ("bin(1, 0)", "null"),
        ],
        row: Row::Plain(|args| bin(args).map(|(start, _)| start)),
    },
    double!("cbrt", "The cube root.", &[("cbrt(-27)", "-3.0")], f64::cbrt),
    Function {
        name: "ceil",
        takes: ONE,
        gives: NUMBER,
        says: "The number rounded up.",
        examples: &[("ceil(1.2)", "2.0"), ("ceil(3)", "3")],
        row: Row::Plain(|args| whole(args, f64::ceil)),
    },
    double!("cos", "The cosine.", &[("cos(0)", "1.0")], f64::cos),
    double!("cosh", "The hyperbolic cosine.", &[("cosh(0)", "1.0")], f64::cosh),
    double!("degreeToRadian", "Degrees to radians.", &[("degreeToRadian(0)", "0.0")], f64::to_radians),
    double!("exp", "The power of Euler's number.", &[("exp(0)", "1.0")], f64::exp),
    Function {
        name: "floor",
        takes: ONE,
        gives: NUMBER,
        says: "The number rounded down.",
        examples: &[("floor(-1.2)", "-2.0"), ("floor(3)", "3")],
        row: Row::Plain(|args| whole(args, f64::floor)),
    },
    Function {
        name: "hexStringToNumber",
        takes: &[arg("expression", TEXT)],
        gives: NUMBER,
        says: "The number that a text of up to 64 hex digits is, with or without `0x`; a double when a long is too short for it.",
        examples: &[
            ("hexStringToNumber(\"0x7f\")", "127"),
            ("hexStringToNumber(\"ffffffffffffffff\")", "1.8446744073709552e19"),
            ("hexStringToNumber(\"x\")", "null"),
        ],
        row: Row::Plain(|args| {
            let text = args.text(0)?;
            let digits = text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or(text);
            if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            Some(match i64::from_str_radix(digits, 16) {
                Ok(number) => Value::Long(number),
                Err(_) => {
                    Value::Double(digits.bytes().fold(0.0, |number, digit| {
                        number * 16.0 + f64::from(char::from(digit).to_digit(16).unwrap_or(0))
                    }))
                }
            })
        }),
    },
    two!("hypotenuse", "x", "y", "The distance from the origin.", &[("hypotenuse(3, 4)", "5.0")], f64::hypot),
    double!("log", "The natural logarithm; null for 0 and less.", &[("log(1)", "0.0"), ("log(0)", "null")], f64::ln),
    double!("log10", "The logarithm to base 10.", &[("log10(100)", "2.0")], f64::log10),
    double!("log1p", "The natural logarithm of 1 and the number.", &[("log1p(0)", "0.0")], f64::ln_1p),
    Function {
        name: "numberToHexString",
        takes: &[arg("expression", LONG), opt("minLength", LONG, Fallback::Long(0))],
        gives: TEXT,
        says: "The number in base 16, filled with zeros to a length of at most 64.",
        examples: &[("numberToHexString(255)", "ff"), ("numberToHexString(255, minLength: 4)", "00ff")],
        row: Row::Plain(|args| {
            let width = args.long(1)?.clamp(0, 64) as usize;
            Some(Value::owned(format!("{:0width$x}", args.long(0)?)))
        }),
    },
    two!("power", "base", "exponent", "The base to the power of the exponent.", &[("power(2, 4)", "16.0")], f64::powf),
    double!("radianToDegree", "Radians to degrees.", &[("radianToDegree(0)", "0.0")], f64::to_degrees),
    Function {
        name: "random",
        takes: &[],
        gives: DOUBLE,
        says: "A number from 0 up to but without 1, another one each time.",
        examples: &[("random() < 1", "true")],
        row: Row::Plain(|_| Some(Value::Double(random()))),
    },
    Function {
        name: "range",
        takes: BIN,
        gives: RECORD,
        says: "A record of the start and the end of the interval around the value.",
        examples: &[("range(27, 10)", "{\"start\":20,\"end\":30}")],
        row: Row::Plain(|args| {
            let (start, end) = bin(args).and_then(|(start, end)| Some((start, end?)))?;
            let mut record = Record::new();
            record.set("start", start);
            record.set("end", end);
            Some(Value::Record(record))
        }),
    },
    Function {
        name: "round",
        takes: &[arg("expression", NUMBER), opt("decimals", LONG, Fallback::Long(0))],
        gives: NUMBER,
        says: "The number rounded to decimals, halves up.",
        examples: &[
            ("round(0.5)", "1.0"),
            ("round(-0.5)", "0.0"),
            ("round(0.55, decimals: 1)", "0.6"),
            ("round(3)", "3"),
        ],
        row: Row::Plain(round),
    },
    Function {
        name: "signum",
        takes: ONE,
        gives: NUMBER,
        says: "-1, 0 or 1.",
        examples: &[("signum(-4)", "-1"), ("signum(0.5)", "1.0")],
        row: Row::Plain(|args| {
            Some(match args.value(0) {
                Value::Long(number) => Value::Long(number.signum()),
                _ => Value::Double(args.number(0).map(|number| if number == 0.0 { 0.0 } else { number.signum() })?),
            })
        }),
    },
    double!("sin", "The sine.", &[("sin(0)", "0.0")], f64::sin),
    double!("sinh", "The hyperbolic sine.", &[("sinh(0)", "0.0")], f64::sinh),
    double!("sqrt", "The square root; null for less than 0.", &[("sqrt(81)", "9.0"), ("sqrt(-1)", "null")], f64::sqrt),
    double!("tan", "The tangent.", &[("tan(0)", "0.0")], f64::tan),
    double!("tanh", "The hyperbolic tangent.", &[("tanh(0)", "0.0")], f64::tanh),
];

fn finite<'r>(number: f64) -> Option<Value<'r>> {
    number.is_finite().then_some(Value::Double(number))
}

fn of_double<'r>(args: &Args<'_, 'r>, row: fn(f64) -> f64) -> Option<Value<'r>> {
    finite(row(args.number(0)?))
}

/// A long stays what it is.
fn whole<'r>(args: &Args<'_, 'r>, round: fn(f64) -> f64) -> Option<Value<'r>> {
    Some(match args.value(0) {
        Value::Long(number) => Value::Long(*number),
        _ => Value::Double(round(args.number(0)?) + 0.0),
    })
}

/// Doubles from here on have no fraction.
const WHOLE_ABOVE: f64 = 4_503_599_627_370_496.0;

fn round<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let decimals = i32::try_from(args.long(1)?.clamp(-308, 308)).ok()?;
    if let Value::Long(number) = args.value(0) {
        if decimals >= 0 {
            return Some(Value::Long(*number));
        }
        let step = 10i64.checked_pow(decimals.unsigned_abs())?;
        let half = number.checked_add(step / 2)?;
        return half.checked_sub(half.rem_euclid(step)).map(Value::Long);
    }
    let number = args.number(0)?;
    let scale = 10f64.powi(decimals.abs());
    let scaled = if decimals < 0 { number / scale } else { number * scale };
    if scaled.abs() >= WHOLE_ABOVE {
        return Some(Value::Double(number));
    }
    // What was written with a 5 at the end may be a hair below it in binary once it is multiplied.
    let hair = if decimals == 0 { 0.0 } else { scaled.abs() * f64::EPSILON };
    let below = scaled.floor();
    let whole = if scaled - below + hair >= 0.5 { below + 1.0 } else { below };
    let rounded = if decimals < 0 { whole * scale } else { whole / scale } + 0.0;
    Some(Value::Double(if rounded.is_finite() { rounded } else { number }))
}

/// The interval around a value: start and end.
fn bin<'r>(args: &Args<'_, 'r>) -> Option<(Value<'r>, Option<Value<'r>>)> {
    let (value, interval, at) = (args.value(0), args.value(1), args.value(2));
    let (start, step) = match (value, interval, at) {
        (Value::Long(value), Value::Long(step), Value::Null | Value::Long(_)) => {
            (Value::Long(down(*value, *step, args.long(2).unwrap_or(0))?), interval)
        }
        (Value::Timestamp(value), _, _) => {
            let at = match at {
                Value::Null => 0,
                Value::Timestamp(at) => at.0,
                Value::Duration(at) => at.0,
                _ => args.long(2)?,
            };
            (Value::Timestamp(Timestamp(down(value.0, nanos(interval)?, at)?)), interval)
        }
        (Value::Duration(value), _, _) => {
            let at = if at.is_null() { 0 } else { nanos(at)? };
            (Value::Duration(Duration(down(value.0, nanos(interval)?, at)?)), interval)
        }
        _ => {
            let (value, step) = (args.number(0)?, args.number(1)?);
            let at = if at.is_null() { 0.0 } else { args.number(2)? };
            if step <= 0.0 {
                return None;
            }
            (finite(((value - at) / step).floor() * step + at)?, interval)
        }
    };
    let step = match (&start, step) {
        (Value::Timestamp(_) | Value::Duration(_), Value::Long(nanos)) => Value::Duration(Duration(*nanos)),
        (_, step) => step.clone().into_owned(),
    };
    let end = arithmetic::add(&start, &step).filter(|end| !matches!(end, Value::Double(end) if !end.is_finite()));
    Some((start, end))
}

fn nanos(value: &Value) -> Option<i64> {
    match value {
        Value::Duration(length) => Some(length.0),
        Value::Long(nanos) => Some(*nanos),
        _ => None,
    }
}

fn down(value: i64, step: i64, at: i64) -> Option<i64> {
    if step <= 0 {
        return None;
    }
    let value = i128::from(value) - i128::from(at);
    i64::try_from(value - value.rem_euclid(i128::from(step)) + i128::from(at)).ok()
}

/// Good enough for sampling; not for secrets.
fn random() -> f64 {
    use std::cell::Cell;
    use std::hash::{BuildHasher, Hasher, RandomState};
    thread_local! {
        static STATE: Cell<u64> = Cell::new(RandomState::new().build_hasher().finish() | 1);
    }
    STATE.with(|state| {
        let mut bits = state.get();
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        state.set(bits);
        (bits >> 11) as f64 / (1u64 << 53) as f64
    })
}
