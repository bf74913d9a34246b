//! Times as sources write them.

use weir_event::{Timestamp, Value};
use weir_parse::{TimeContext, Zone};

/// What a number counts since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// Told by size: the unit that puts the time between 1973 and 5138.
    Guess,
}

impl Unit {
    pub fn named(name: &str) -> Option<Unit> {
        Some(match name {
            "s" => Unit::Seconds,
            "ms" => Unit::Millis,
            "us" => Unit::Micros,
            "ns" => Unit::Nanos,
            _ => return None,
        })
    }
}

/// A time from a timestamp, a number, or text: ISO 8601 (UTC when it has no zone), digits, or a date as `weir parse` knows it.
pub fn read(value: &Value<'_>, unit: Unit) -> Option<Timestamp> {
    read_in(value, unit, &Zone::UTC)
}

/// The same, with the zone of times that name none.
pub fn read_in(value: &Value<'_>, unit: Unit, zone: &Zone) -> Option<Timestamp> {
    match value {
        Value::Timestamp(time) => Some(*time),
        Value::Long(number) => whole(*number, unit),
        Value::Double(number) => fraction(*number, unit),
        Value::Text(text) => {
            let text = text.trim();
            match text.parse::<i64>() {
                Ok(number) if text.len() > 8 => whole(number, unit),
                _ => Timestamp::parse_rfc3339(text)
                    .or_else(|| weir_parse::read_time(text, &TimeContext { zone: zone.clone(), ..TimeContext::utc() })),
            }
        }
        _ => None,
    }
}

fn whole(number: i64, unit: Unit) -> Option<Timestamp> {
    let nanos = match unit {
        Unit::Seconds => 1_000_000_000,
        Unit::Millis => 1_000_000,
        Unit::Micros => 1_000,
        Unit::Nanos => 1,
        Unit::Guess => match number.unsigned_abs() {
            0..100_000_000_000 => 1_000_000_000,
            100_000_000_000..100_000_000_000_000 => 1_000_000,
            100_000_000_000_000..100_000_000_000_000_000 => 1_000,
            _ => 1,
        },
    };
    number.checked_mul(nanos).map(Timestamp)
}

fn fraction(number: f64, unit: Unit) -> Option<Timestamp> {
    if !number.is_finite() || number.abs() >= 9e18 {
        return None;
    }
    let whole_part = whole(number.trunc() as i64, unit)?.0;
    let one = whole(1, if unit == Unit::Guess { Unit::Seconds } else { unit })?.0;
    Some(Timestamp(whole_part.checked_add((number.fract() * one as f64) as i64)?))
}
