//! Text of a pair to a typed value. What does not fit stays text.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use weir_event::{Timestamp, Value};

use crate::cef::KeyKind;
use crate::leef::epoch;
use crate::syslog::SyslogContext;
use crate::syslog::time;

/// 2015-01-01: earlier times come from clocks that were never set.
const PLAUSIBLE_SINCE: i64 = 1_420_070_400_000_000_000;

const DAY_NANOS: i64 = 86_400_000_000_000;

/// From here on an integer is an instant, not a length in seconds.
const LENGTH_SECONDS_MAX: i64 = 1_000_000_000;

pub(super) fn of_kind<'a>(text: Cow<'a, str>, kind: KeyKind, context: &SyslogContext) -> Value<'a> {
    let value = match kind {
        KeyKind::Text | KeyKind::Mac => None,
        KeyKind::Long => text.trim().parse().ok().map(Value::Long),
        KeyKind::Double => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Double),
        KeyKind::Time => timestamp(&text, context).map(Value::Timestamp),
        KeyKind::Ip => text.trim().parse().ok().map(Value::Ip),
    };
    value.unwrap_or(Value::Text(text))
}

/// A value of a kind that dialects name; `None` when the text has nothing of that kind.
pub(super) fn of_word<'a>(text: Cow<'a, str>, kind: &str, context: &SyslogContext) -> Option<Value<'a>> {
    Some(match kind {
        "text" => Value::Text(text),
        "long" => of_kind(text, KeyKind::Long, context),
        "ip" => of_kind(text, KeyKind::Ip, context),
        "time" => timestamp(&text, context)
            .filter(|at| is_plausible(*at, context))
            .map_or(Value::Text(text), Value::Timestamp),
        "span" => match text.parse::<i64>() {
            Ok(seconds) if seconds < LENGTH_SECONDS_MAX => Value::Long(seconds),
            _ => Value::Text(text),
        },
        "domain" => Value::owned(text.strip_suffix('.').unwrap_or(&text).to_lowercase()),
        "host" => Value::Ip(host_and_port(&text)?.0),
        "port" => Value::Long(host_and_port(&text)?.1?.into()),
        "mac" => is_mac(&text).then_some(Value::Text(text))?,
        "uuid" => (!is_mac(&text)).then_some(Value::Text(text))?,
        "transport" => Value::owned(transport(&text)),
        words => {
            let known = words.split(',').find_map(|pair| pair.split_once('=').filter(|(word, _)| *word == text));
            known.map(|(_, value)| Value::owned(value.to_owned())).unwrap_or(Value::Text(text))
        }
    })
}

/// Epoch (seconds with an optional fraction, milli- or microseconds), `Mmm dd [yyyy] hh:mm:ss[.f] [zone]`, ISO 8601.
fn timestamp(text: &str, context: &SyslogContext) -> Option<Timestamp> {
    let text = text.trim();
    let number = || epoch(text).or_else(|| time::epoch_seconds(text));
    number().or_else(|| time::bsd(text, context).filter(|(_, rest)| rest.is_empty()).map(|(moment, _)| moment.at))
}

fn is_plausible(at: Timestamp, context: &SyslogContext) -> bool {
    at.0 >= PLAUSIBLE_SINCE && at.0 <= context.now.0.saturating_add(DAY_NANOS)
}

/// `ip:port`, `[v6]:port`, `ip & port`, or an address alone.
fn host_and_port(text: &str) -> Option<(IpAddr, Option<u16>)> {
    if let Some((host, port)) = text.split_once('&') {
        return Some((host.trim().parse().ok()?, port.trim().parse().ok()));
    }
    if let Ok(socket) = text.trim().parse::<SocketAddr>() {
        return Some((socket.ip(), Some(socket.port())));
    }
    let host = text.trim().trim_start_matches('[').trim_end_matches(']');
    host.parse().ok().map(|ip| (ip, None))
}

fn is_mac(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 12
        && text.len() > 12
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.'))
}

/// The lower-case name of a transport or of its number.
fn transport(text: &str) -> String {
    match text.trim() {
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "47" => "gre".to_owned(),
        "50" => "esp".to_owned(),
        "58" => "ipv6-icmp".to_owned(),
        "132" => "sctp".to_owned(),
        other => other.to_lowercase(),
    }
}
