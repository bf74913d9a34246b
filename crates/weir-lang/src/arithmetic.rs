//! `+ - * / %` over values. `None` is null: other types, overflow, division of longs by zero.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::{Duration, Timeframe, Timestamp, Value};

use crate::ast::Binary;

type Result = Option<Value<'static>>;

/// Applies an arithmetic operator.
pub(crate) fn apply(op: Binary, a: &Value, b: &Value) -> Result {
    match op {
        Binary::Add => add(a, b),
        Binary::Subtract => subtract(a, b),
        Binary::Multiply => multiply(a, b),
        Binary::Divide => divide(a, b),
        Binary::Remainder => remainder(a, b),
        _ => None,
    }
}

pub(crate) fn add(a: &Value, b: &Value) -> Result {
    use Value as V;
    Some(match (a, b) {
        (V::Long(a), V::Long(b)) => V::Long(a.checked_add(*b)?),
        (V::Timestamp(t), V::Duration(d)) | (V::Duration(d), V::Timestamp(t)) => V::Timestamp(shift(*t, d.0)?),
        (V::Duration(a), V::Duration(b)) => V::Duration(Duration(a.0.checked_add(b.0)?)),
        (V::Timeframe(frame), V::Duration(d)) | (V::Duration(d), V::Timeframe(frame)) => move_frame(*frame, d.0)?,
        (V::Ip(a), V::Ip(b)) => ip_of(*a, number_of(*a).checked_add(number_of(*b))?)?,
        (V::Ip(ip), other) | (other, V::Ip(ip)) => ip_of(*ip, number_of(*ip).checked_add_signed(whole(other)?)?)?,
        _ => V::Double(double(a)? + double(b)?),
    })
}

pub(crate) fn subtract(a: &Value, b: &Value) -> Result {
    use Value as V;
    Some(match (a, b) {
        (V::Long(a), V::Long(b)) => V::Long(a.checked_sub(*b)?),
        (V::Timestamp(a), V::Timestamp(b)) => V::Duration(Duration(a.0.checked_sub(b.0)?)),
        (V::Timestamp(t), V::Duration(d)) => V::Timestamp(shift(*t, d.0.checked_neg()?)?),
        (V::Duration(a), V::Duration(b)) => V::Duration(Duration(a.0.checked_sub(b.0)?)),
        (V::Timeframe(frame), V::Duration(d)) => move_frame(*frame, d.0.checked_neg()?)?,
        (V::Ip(a), V::Ip(b)) => ip_of(*a, number_of(*a).checked_sub(number_of(*b))?)?,
        (V::Ip(ip), other) => ip_of(*ip, number_of(*ip).checked_add_signed(whole(other)?.checked_neg()?)?)?,
        _ => V::Double(double(a)? - double(b)?),
    })
}

fn multiply(a: &Value, b: &Value) -> Result {
    use Value as V;
    Some(match (a, b) {
        (V::Long(a), V::Long(b)) => V::Long(a.checked_mul(*b)?),
        (V::Duration(d), V::Long(n)) | (V::Long(n), V::Duration(d)) => V::Duration(Duration(d.0.checked_mul(*n)?)),
        (V::Duration(d), V::Double(n)) | (V::Double(n), V::Duration(d)) => V::Duration(nanos(d.0 as f64 * n)?),
        _ => V::Double(double(a)? * double(b)?),
    })
}

fn divide(a: &Value, b: &Value) -> Result {
    use Value as V;
    Some(match (a, b) {
        (V::Long(a), V::Long(b)) => V::Long(a.checked_div(*b)?),
        (V::Duration(a), V::Duration(b)) => V::Double(a.0 as f64 / b.0 as f64),
        (V::Duration(d), V::Long(n)) => V::Duration(Duration(d.0.checked_div(*n)?)),
        (V::Duration(d), V::Double(n)) => V::Duration(nanos(d.0 as f64 / n)?),
        _ => V::Double(double(a)? / double(b)?),
    })
}

fn remainder(a: &Value, b: &Value) -> Result {
    use Value as V;
    Some(match (a, b) {
        (V::Long(a), V::Long(b)) => V::Long(a.checked_rem(*b)?),
        (V::Duration(a), V::Duration(b)) => V::Duration(Duration(a.0.checked_rem(b.0)?)),
        _ => V::Double(double(a)? % double(b)?),
    })
}

pub(crate) fn negate(value: &Value) -> Result {
    Some(match value {
        Value::Long(number) => Value::Long(number.checked_neg()?),
        Value::Double(number) => Value::Double(-number),
        Value::Duration(length) => Value::Duration(Duration(length.0.checked_neg()?)),
        _ => return None,
    })
}

fn double(value: &Value) -> Option<f64> {
    crate::functions::number(value)
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Long(number) => Some(i128::from(*number)),
        Value::Double(number) if number.is_finite() => Some(*number as i128),
        _ => None,
    }
}

fn nanos(number: f64) -> Option<Duration> {
    let rounded = number.round();
    (rounded.abs() < 9.2e18).then_some(Duration(rounded as i64))
}

pub(crate) fn shift(at: Timestamp, nanos: i64) -> Option<Timestamp> {
    at.0.checked_add(nanos).map(Timestamp)
}

fn move_frame(frame: Timeframe, nanos: i64) -> Result {
    Some(Value::Timeframe(Timeframe { start: shift(frame.start, nanos)?, end: shift(frame.end, nanos)? }))
}

fn number_of(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// The address of that number in the family of `like`.
fn ip_of(like: IpAddr, number: u128) -> Result {
    Some(Value::Ip(match like {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).ok()?)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(number)),
    }))
}
