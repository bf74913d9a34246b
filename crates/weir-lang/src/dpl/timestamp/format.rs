//! The letters of a format.

use super::locale::{Locale, Names};

/// One part of a format.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Literal(Box<str>),
    Year(Year),
    WeekYear(Year),
    Month(Width),
    MonthName(Names),
    Week(Width),
    WeekOfMonth(Width),
    DayOfYear(Width),
    Day(Width),
    DayOfWeekInMonth(Width),
    DayName(Names),
    /// Read and ignored.
    Ignored(Width),
    Era(Names),
    AmPm(Names),
    /// 0 to 23.
    Hour(Width),
    /// 1 to 24.
    HourFromOne(Width),
    /// 0 to 11, with am or pm.
    HalfHour(Width),
    /// 1 to 12, with am or pm.
    HalfHourFromOne(Width),
    Minute(Width),
    Second(Width),
    /// The number of letters.
    Millis(usize),
    Fraction,
    Zone,
}

/// Digits of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Width {
    AtMost(usize),
    Exactly(usize),
}

/// Digits of any number; more cannot be a part of a time.
const DIGITS_MAX: usize = 18;

/// How a year is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Year {
    /// Any number of digits; below 100 it belongs to this or the last century.
    Short,
    TwoDigits,
    FourDigits,
    /// Any number of digits, as it is.
    Literal,
}

impl Item {
    pub(super) fn is_number(&self) -> bool {
        !matches!(
            self,
            Item::Literal(_) | Item::MonthName(_) | Item::DayName(_) | Item::Era(_) | Item::AmPm(_) | Item::Zone
        )
    }
}

/// Reads a format; beside it a warning.
pub(super) fn compile(format: &str, locale: &Locale) -> Result<(Vec<Item>, Option<String>), String> {
    let mut items: Vec<Item> = Vec::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            let (text, length) = quoted(rest)?;
            push_literal(&mut items, &text);
            rest = &rest[length..];
            continue;
        }
        let length = rest.len() - rest.trim_start_matches(letter).len();
        match item(letter, length, locale) {
            Some(item) => items.push(item),
            None => push_literal(&mut items, &rest[..length]),
        }
        rest = &rest[length..];
    }
    if !items.iter().any(|item| !matches!(item, Item::Literal(_))) {
        return Err(format!("the time format '{format}' has no letter that stands for a time"));
    }
    let warning = day_in_year(&mut items);
    Ok((items, warning))
}

/// Text in single quotes; two quotes stand for one.
fn quoted(rest: &str) -> Result<(String, usize), String> {
    if rest.starts_with("''") {
        return Ok(("'".to_owned(), 2));
    }
    let mut text = String::new();
    let mut at = 1;
    loop {
        let Some(found) = rest[at..].find('\'') else {
            return Err("the time format has a quote that is never closed".to_owned());
        };
        text.push_str(&rest[at..at + found]);
        at += found + 1;
        if !rest[at..].starts_with('\'') {
            return Ok((text, at));
        }
        text.push('\'');
        at += 1;
    }
}

fn push_literal(items: &mut Vec<Item>, text: &str) {
    match items.last_mut() {
        Some(Item::Literal(have)) => *have = format!("{have}{text}").into(),
        _ if text.is_empty() => {}
        _ => items.push(Item::Literal(text.into())),
    }
}

fn item(letter: char, count: usize, locale: &Locale) -> Option<Item> {
    let width = if (2..=4).contains(&count) { Width::Exactly(count) } else { Width::AtMost(DIGITS_MAX) };
    let year = match count {
        1 => Year::Short,
        2 => Year::TwoDigits,
        4 => Year::FourDigits,
        _ => Year::Literal,
    };
    Some(match letter {
        'G' => Item::Era(locale.eras()),
        'y' => Item::Year(year),
        'Y' => Item::WeekYear(year),
        'M' if count == 1 => Item::Month(Width::AtMost(2)),
        'M' if count == 2 => Item::Month(width),
        'M' => Item::MonthName(locale.months(count > 3)),
        'w' => Item::Week(width),
        'W' => Item::WeekOfMonth(width),
        'D' => Item::DayOfYear(width),
        'd' => Item::Day(width),
        'F' => Item::DayOfWeekInMonth(width),
        'E' => Item::DayName(locale.days(count > 3)),
        'u' => Item::Ignored(width),
        'a' => Item::AmPm(locale.halves()),
        'H' => Item::Hour(width),
        'k' => Item::HourFromOne(width),
        'K' => Item::HalfHour(width),
        'h' => Item::HalfHourFromOne(width),
        'm' => Item::Minute(width),
        's' => Item::Second(width),
        'S' => Item::Millis(count),
        'f' => Item::Fraction,
        'z' | 'Z' => Item::Zone,
        _ => return None,
    })
}

/// A month with a day in the year but no day of the month cannot be meant: the day in the year is read as day of the month.
fn day_in_year(items: &mut [Item]) -> Option<String> {
    let has = |test: fn(&Item) -> bool| items.iter().any(test);
    let month = has(|item| matches!(item, Item::Month(_) | Item::MonthName(_)));
    if !month || has(|item| matches!(item, Item::Day(_))) {
        return None;
    }
    let found = items.iter_mut().find(|item| matches!(item, Item::DayOfYear(_)))?;
    if let Item::DayOfYear(width) = *found {
        *found = Item::Day(width);
    }
    Some("D is the day in the year; beside a month it is read as the day of the month: write d".to_owned())
}
