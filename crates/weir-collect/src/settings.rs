//! The settings of one puller against what its manifest asks for: all mistakes at once.

use weir_event::{Fault, Record, Timestamp, Value, write_json};
use weir_yaml::parse_duration;

use crate::fault;
use crate::manifest::{Manifest, Setting, SettingKind};
use crate::path::plain;
use crate::when::{self, Unit};

/// Settings that passed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Complete, in their types: times are times, relative ones counted from when they were read.
    pub values: Record<'static>,
    /// As they were written, for those that start a service over when they change.
    pub given: Record<'static>,
    /// Texts that are never shown.
    pub secrets: Vec<String>,
}

/// Checks and completes. `at` is the place that faults name, such as `pullers.acme`.
pub fn check(manifest: &Manifest, at: &str, given: &Record<'static>, now: Timestamp) -> Result<Settings, Vec<Fault>> {
    let known: Vec<&str> = manifest.settings.iter().map(|setting| setting.name.as_str()).collect();
    let unknown = given.iter().filter(|(name, _)| !known.contains(name));
    let mut faults: Vec<Fault> =
        unknown.map(|(name, _)| fault::setting_unknown(&format!("{at}.{name}"), name, &known)).collect();
    let mut settings = Settings::default();
    for setting in &manifest.settings {
        if !is_wanted(manifest, setting, given) {
            continue;
        }
        let place = format!("{at}.{}", setting.name);
        let value = given.get(&setting.name).filter(|value| !is_empty(value)).or(setting.default.as_ref());
        match value {
            None if setting.required => faults.push(fault::setting_missing(&place, &setting.help)),
            None => {}
            Some(value) => match read(setting, &place, value, now) {
                Ok(read) => {
                    if let (SettingKind::Secret, Some(text)) = (setting.kind, read.as_str()) {
                        settings.secrets.push(text.to_owned());
                    }
                    settings.given.set(setting.name.clone(), value.clone());
                    settings.values.set(setting.name.clone(), read);
                }
                Err(fault) => faults.push(fault),
            },
        }
    }
    if faults.is_empty() { Ok(settings) } else { Err(faults) }
}

/// A setting that depends on another is only asked for when that has its value.
fn is_wanted(manifest: &Manifest, setting: &Setting, given: &Record<'static>) -> bool {
    let Some((name, wanted)) = &setting.when else { return true };
    let default = manifest.settings.iter().find(|other| other.name == *name).and_then(|other| other.default.as_ref());
    given.get(name).or(default).is_some_and(|value| plain(value) == *wanted)
}

fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::Record(record) => record.is_empty(),
        _ => false,
    }
}

fn read(setting: &Setting, at: &str, value: &Value<'static>, now: Timestamp) -> Result<Value<'static>, Fault> {
    let wrong = |wanted: &str| Err(fault::setting_type(at, wanted, &found(setting, value)));
    match (setting.kind, value) {
        (SettingKind::Text | SettingKind::Secret | SettingKind::File, Value::Text(_)) => Ok(value.clone()),
        (SettingKind::Text | SettingKind::Secret | SettingKind::File, _) => wrong("text"),
        (SettingKind::Url, Value::Text(text)) => {
            url(setting, at, text).map(|()| Value::owned(text.trim_end_matches('/').to_owned()))
        }
        (SettingKind::Url, _) => wrong("text"),
        (SettingKind::Int, Value::Long(_)) | (SettingKind::Number, Value::Long(_) | Value::Double(_)) => {
            range(setting, at, value)
        }
        (SettingKind::Int, _) => wrong("a whole number"),
        (SettingKind::Number, _) => wrong("a number"),
        (SettingKind::Bool, Value::Bool(_)) => Ok(value.clone()),
        (SettingKind::Bool, _) => wrong("true or false"),
        (SettingKind::Choice, Value::Text(text)) if setting.of.iter().any(|word| word == text) => Ok(value.clone()),
        (SettingKind::Choice, _) => Err(fault::setting_form(at, &format!("one of {}", setting.of.join(", ")), "")),
        (SettingKind::List, Value::Array(_)) => Ok(value.clone()),
        (SettingKind::List, other) => Ok(Value::Array(vec![other.clone()])),
        (SettingKind::Json, _) => Ok(value.clone()),
        (SettingKind::Duration, Value::Text(text)) => match parse_duration(text) {
            Some(length) => length_range(setting, at, text, length.0).map(|()| value.clone()),
            None => Err(fault::setting_form(at, "a length of time", "5m")),
        },
        (SettingKind::Duration, _) => wrong("a length of time such as 5m"),
        (SettingKind::Time, Value::Text(text)) => time(setting, at, text, now),
        (SettingKind::Time, _) => wrong("a time"),
    }
}

/// What was written, in the words of a file; never the value of a secret.
fn found(setting: &Setting, value: &Value<'_>) -> String {
    let kind = match value {
        Value::Bool(_) => "a boolean",
        Value::Long(_) => "a whole number",
        Value::Double(_) => "a number",
        Value::Text(_) => "text",
        Value::Array(_) => "a list",
        Value::Record(_) => "a map",
        other => other.type_name(),
    };
    if setting.kind == SettingKind::Secret {
        return kind.to_owned();
    }
    let mut text = String::new();
    write_json(value, &mut text);
    format!("{kind} ({})", crate::manifest::short(&text))
}

fn url(setting: &Setting, at: &str, text: &str) -> Result<(), Fault> {
    let example = if setting.example.is_empty() { "https://api.example.com" } else { &setting.example };
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    // What never leaves the machine needs no encryption: a relay or a tunnel of the operator's own.
    let is_local = |scheme: &str| scheme == "http" && crate::url::is_loopback(text);
    let allowed = |scheme: &String| setting.schemes.is_empty() || setting.schemes.contains(scheme) || is_local(scheme);
    match scheme {
        Some(scheme) if !allowed(&scheme) => {
            Err(fault::setting_form(at, &format!("an address of {}", setting.schemes.join(" or ")), example))
        }
        Some(_) if crate::url::origin(text).is_some() => Ok(()),
        _ => Err(fault::setting_form(at, "an address", example)),
    }
}

fn range(setting: &Setting, at: &str, value: &Value<'static>) -> Result<Value<'static>, Fault> {
    let number = |value: &Value<'_>| match value {
        Value::Long(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        _ => None,
    };
    let have = number(value);
    let low = setting.min.as_ref().and_then(number);
    let high = setting.max.as_ref().and_then(number);
    if low.zip(have).is_some_and(|(low, have)| have < low) || high.zip(have).is_some_and(|(high, have)| have > high) {
        let bound = |bound: &Option<Value<'static>>, none: &str| bound.as_ref().map_or(none.to_owned(), plain);
        return Err(fault::setting_range(at, &plain(value), &bound(&setting.min, "any"), &bound(&setting.max, "any")));
    }
    Ok(value.clone())
}

fn length_range(setting: &Setting, at: &str, text: &str, length: i64) -> Result<(), Fault> {
    let bound = |bound: &Option<Value<'static>>| bound.as_ref().map(plain);
    let (low, high) = (bound(&setting.min), bound(&setting.max));
    let nanos = |text: &Option<String>| text.as_deref().and_then(parse_duration).map(|length| length.0);
    if nanos(&low).is_some_and(|low| length < low) || nanos(&high).is_some_and(|high| length > high) {
        let any = || "any".to_owned();
        return Err(fault::setting_range(at, text, &low.unwrap_or_else(any), &high.unwrap_or_else(any)));
    }
    Ok(())
}

/// ISO 8601, `-1d`, or `now-1d`; not in the future, and not before what the manifest names as `min`.
fn time(setting: &Setting, at: &str, text: &str, now: Timestamp) -> Result<Value<'static>, Fault> {
    let oldest = setting.min.as_ref().and_then(Value::as_str).and_then(|text| moment(text, now));
    match moment(text, now) {
        None => Err(fault::setting_form(at, "a time", "2026-01-31T00:00:00Z, or now-24h")),
        Some(time) if time > now => Err(fault::start_in_future(at, now)),
        Some(time) => match oldest.filter(|oldest| time < *oldest) {
            Some(oldest) => Err(fault::start_too_old(at, oldest)),
            None => Ok(Value::Timestamp(time)),
        },
    }
}

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    match text.strip_prefix("now").unwrap_or(text).strip_prefix('-').and_then(parse_duration) {
        Some(length) => Some(Timestamp(now.0 - length.0)),
        None if text == "now" => Some(now),
        // A day begins at midnight.
        None => when::read(&Value::text(text), Unit::Guess)
            .or_else(|| when::read(&Value::owned(format!("{text}T00:00:00Z")), Unit::Guess)),
    }
}
