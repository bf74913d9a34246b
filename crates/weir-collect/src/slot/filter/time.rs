//! Filters of times.

use jiff::tz::TimeZone;
use weir_event::{Timestamp, Value};
use weir_yaml::parse_duration;

use crate::slot::written;
use crate::when;

/// A time as a whole number of `unit` nanoseconds since 1970.
pub fn epoch(value: &Value<'_>, unit: i64) -> Result<Value<'static>, String> {
    Ok(Value::Long(of(value)?.0.div_euclid(unit)))
}

/// A time by a pattern of `strftime`. `+00:00` at the end is written `Z`.
pub fn format(value: &Value<'_>, pattern: &str, zone: &TimeZone) -> Result<Value<'static>, String> {
    let zoned = of(value)?.to_jiff().to_zoned(zone.clone());
    let mut text = jiff::fmt::strtime::format(pattern, &zoned).map_err(|error| error.to_string())?;
    if pattern.ends_with("%:z") && text.ends_with("+00:00") {
        text.truncate(text.len() - "+00:00".len());
        text.push('Z');
    }
    Ok(Value::owned(text))
}

/// The zone in which later filters write the time.
pub fn in_zone(value: Value<'static>, name: &Value<'_>, zone: &mut TimeZone) -> Result<Value<'static>, String> {
    let name = written(name);
    *zone = TimeZone::get(&name).map_err(|_| format!("there is no time zone `{name}`"))?;
    Ok(value)
}

/// A time, later or earlier.
pub fn shift(value: &Value<'_>, by: &Value<'_>, sign: i64) -> Result<Value<'static>, String> {
    let length = length(by)?;
    let shifted = length.checked_mul(sign).and_then(|length| of(value).ok()?.0.checked_add(length));
    shifted.map(|time| Value::Timestamp(Timestamp(time))).ok_or_else(|| "the time is out of range".to_owned())
}

/// The last whole minute, hour ... that is not after a time.
pub fn floor(value: &Value<'_>, unit: &Value<'_>) -> Result<Value<'static>, String> {
    let unit = length(unit)?;
    let time = of(value)?.0;
    Ok(Value::Timestamp(Timestamp(time - time.rem_euclid(unit))))
}

fn length(text: &Value<'_>) -> Result<i64, String> {
    let text = written(text);
    Ok(parse_duration(&text).ok_or_else(|| format!("`{text}` is not a length of time such as 5m"))?.0)
}

fn of(value: &Value<'_>) -> Result<Timestamp, String> {
    when::read(value, when::Unit::Guess).ok_or_else(|| format!("`{}` is not a time", written(value)))
}
