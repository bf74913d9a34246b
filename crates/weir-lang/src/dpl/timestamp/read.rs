//! Text by a format to the parts of a time.

use super::calendar::Parts;
use super::format::{Item, Width, Year};
use super::locale::Names;
use super::{TimeFormat, zone};

/// Digits of a year or of a count from the epoch; more cannot be a part of a time.
const DIGITS_MAX: usize = 18;
/// Digits behind the second.
const FRACTION_DIGITS_MAX: usize = 9;

/// Reads the text at `from` by the format into `parts`; gives the end.
pub(super) fn read(format: &TimeFormat, text: &str, from: usize, parts: &mut Parts) -> Option<usize> {
    let mut reader = Reader { text, at: from, from, parts, format };
    for item in &format.items {
        reader.item(item)?;
    }
    Some(reader.at)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    from: usize,
    parts: &'a mut Parts,
    format: &'a TimeFormat,
}

impl Reader<'_> {
    fn item(&mut self, item: &Item) -> Option<()> {
        match item {
            Item::Literal(text) => return self.literal(text),
            Item::Year(year) => self.parts.year = Some(self.year(*year)?),
            Item::WeekYear(year) => self.parts.week_year = Some(self.year(*year)?),
            Item::Month(width) => self.parts.month = Some(self.number(*width)?),
            Item::MonthName(names) => self.parts.month = Some(self.name(names)? + 1),
            Item::Week(width) => self.parts.week = Some(self.number(*width)?),
            Item::WeekOfMonth(width) => self.parts.week_of_month = Some(self.number(*width)?),
            Item::DayOfYear(width) => self.parts.day_of_year = Some(self.number(*width)?),
            Item::Day(width) => self.parts.day = Some(self.number(*width)?),
            Item::DayOfWeekInMonth(width) => self.parts.day_of_week_in_month = Some(self.number(*width)?),
            Item::DayName(names) => self.parts.day_of_week = Some(self.name(names)? + 1),
            Item::Ignored(width) => drop(self.number(*width)?),
            Item::Era(names) => self.parts.before_christ = self.name(names)? == 0,
            Item::AmPm(names) => self.parts.afternoon = Some(self.name(names)? == 1),
            Item::Hour(width) => self.parts.hour = self.at_most(*width, 23)?,
            Item::HourFromOne(width) => self.parts.hour = self.one_to(*width, 24)? % 24,
            Item::HalfHour(width) => self.parts.hour = self.at_most(*width, 11)?,
            Item::HalfHourFromOne(width) => self.parts.hour = self.one_to(*width, 12)? % 12,
            Item::Minute(width) => self.parts.minute = self.at_most(*width, 59)?,
            Item::Second(width) => {
                let most = if self.format.epoch { i64::MAX } else { 60 };
                self.parts.second = self.at_most(*width, most)?;
            }
            Item::Millis(letters) => self.millis(*letters)?,
            Item::Fraction => self.fraction()?,
            Item::Zone => {
                let (length, zone) = zone::read(&self.text[self.at..])?;
                self.at += length;
                self.parts.zone = Some(zone);
            }
        }
        Some(())
    }

    fn literal(&mut self, text: &str) -> Option<()> {
        let found = self.text.as_bytes()[self.at..].starts_with(text.as_bytes());
        self.at += if found { text.len() } else { 0 };
        found.then_some(())
    }

    /// A number with leading zeroes or blanks; the format does not start with blanks. Most have two digits.
    #[inline]
    fn number(&mut self, width: Width) -> Option<i64> {
        let bytes = self.text.as_bytes().get(self.at..)?;
        match (width, bytes) {
            (Width::Exactly(2), [a @ b'0'..=b'9', b @ b'0'..=b'9', ..]) => {
                self.at += 2;
                Some(i64::from((a - b'0') * 10 + (b - b'0')))
            }
            _ => self.number_of(width, bytes),
        }
    }

    fn number_of(&mut self, width: Width, bytes: &[u8]) -> Option<i64> {
        let (most, exact) = match width {
            Width::AtMost(most) => (most, false),
            Width::Exactly(count) => (count, true),
        };
        let blanks = match self.at == self.from {
            true => 0,
            false => {
                bytes.iter().take(if exact { most - 1 } else { DIGITS_MAX }).take_while(|byte| **byte == b' ').count()
            }
        };
        let digits = digits(&bytes[blanks..], if exact { most - blanks } else { most });
        if digits == 0 || (exact && blanks + digits < most) {
            return None;
        }
        let value = value(&bytes[blanks..blanks + digits]);
        self.at += blanks + digits;
        Some(value)
    }

    #[inline]
    fn at_most(&mut self, width: Width, most: i64) -> Option<i64> {
        self.number(width).filter(|value| *value <= most)
    }

    fn one_to(&mut self, width: Width, most: i64) -> Option<i64> {
        self.at_most(width, most).filter(|value| *value > 0)
    }

    fn year(&mut self, year: Year) -> Option<i64> {
        let bytes = &self.text.as_bytes()[self.at..];
        if let (Year::FourDigits, Some(digits @ [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'])) =
            (year, bytes.get(..4))
        {
            self.at += 4;
            return Some(value(digits));
        }
        let length = match year {
            Year::Short | Year::Literal => digits(bytes, DIGITS_MAX),
            Year::TwoDigits => digits(bytes, 2),
            Year::FourDigits => digits(bytes, 4),
        };
        let fits = match year {
            Year::TwoDigits => length == 2,
            Year::FourDigits => length == 4,
            Year::Short | Year::Literal => length > 0,
        };
        let value = value(&bytes[..length]);
        self.at += length;
        let century = match (year, value) {
            (Year::Short | Year::TwoDigits, 0..32) => 2000,
            (Year::Short | Year::TwoDigits, 32..100) => 1900,
            _ => 0,
        };
        fits.then_some(century + value)
    }

    /// The index of the name that is here, the longest.
    fn name(&mut self, names: &Names) -> Option<i64> {
        let (length, index) = names.find(&self.text[self.at..])?;
        self.at += length;
        Some(index as i64)
    }

    /// One letter counts milliseconds, however many; several letters with more than three digits are a decimal fraction, of
    /// which whole milliseconds are kept.
    fn millis(&mut self, letters: usize) -> Option<()> {
        let bytes = &self.text.as_bytes()[self.at..];
        let alone = self.format.items.len() == 1;
        let count = digits(bytes, if alone { DIGITS_MAX } else { FRACTION_DIGITS_MAX });
        if count == 0 {
            return None;
        }
        let number = value(&bytes[..count]);
        let is_fraction = !alone && (letters > 3 || (letters > 1 && count > 3));
        self.parts.millis = if is_fraction { scaled(number, count) / 1_000_000 } else { number };
        self.at += count;
        Some(())
    }

    fn fraction(&mut self) -> Option<()> {
        let bytes = &self.text.as_bytes()[self.at..];
        let count = digits(bytes, FRACTION_DIGITS_MAX);
        self.parts.nanos = scaled(value(&bytes[..count]), count);
        self.at += count;
        (count > 0).then_some(())
    }
}

/// `number`, written with `count` digits behind the point, in billionths.
fn scaled(number: i64, count: usize) -> i64 {
    (count..FRACTION_DIGITS_MAX).fold(number, |number, _| number * 10)
}

fn digits(bytes: &[u8], most: usize) -> usize {
    bytes.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count()
}

fn value(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
}
