//! Times by a format of letters: `yyyy-MM-dd HH:mm:ss`.

mod calendar;
mod format;
mod locale;
mod read;
mod zone;

use weir_event::Timestamp;

use calendar::Parts;
use format::Item;
use locale::Locale;

pub(crate) use locale::names::Row as LanguageNames;
/// Names by language, for times that are written.
pub(crate) use locale::row as names_of;

/// What a pattern asks of a time.
pub(crate) struct Wants<'a> {
    pub format: &'a str,
    /// Zone of texts that name none.
    pub zone: Option<&'a str>,
    pub locale: &'a str,
    /// Gives the year to texts without one.
    pub now: Timestamp,
    pub default_zone: &'a str,
}

/// A compiled format.
#[derive(Debug)]
pub(crate) struct TimeFormat {
    items: Vec<Item>,
    zone: zone::Zone,
    /// The format counts from the epoch: seconds or milliseconds without a date or time of day.
    epoch: bool,
    /// The year it is now, for texts without one.
    year: i64,
}

/// Traps a format holds.
pub(crate) struct Warnings {
    pub day_in_year: Option<String>,
    pub locale: Option<String>,
}

/// Why a format cannot be compiled.
pub(crate) enum Wrong {
    Format(String),
    /// There is no zone of that name.
    Zone(String),
}

/// Compiles a format; beside it warnings.
pub(crate) fn compile(wants: &Wants) -> Result<(TimeFormat, Warnings), Wrong> {
    let locale = locale::find(wants.locale);
    let unknown = locale.is_none().then(|| {
        let known: Vec<&str> = locale::tags().collect();
        format!(
            "names of the locale '{}' are not known, English ones are read: there are {}",
            wants.locale,
            known.join(", ")
        )
    });
    let (items, trap) =
        format::compile(wants.format, &locale.unwrap_or_else(Locale::english)).map_err(Wrong::Format)?;
    let name = wants.zone.unwrap_or(wants.default_zone);
    let zone = zone::find(name).ok_or_else(|| Wrong::Zone(name.to_owned()))?;
    let epoch =
        items.iter().all(|item| matches!(item, Item::Second(_) | Item::Millis(_) | Item::Fraction | Item::Literal(_)));
    // What counts from the epoch is the same everywhere.
    let zone = if epoch { zone::Zone::Fixed(0) } else { zone };
    let year = i64::from(wants.now.to_jiff().to_zoned(zone.to_jiff()).year());
    let warnings = Warnings { day_in_year: trap, locale: unknown };
    Ok((TimeFormat { items, zone, epoch, year }, warnings))
}

impl TimeFormat {
    /// Reads a time at `at`: its end and the point in UTC.
    pub(crate) fn read(&self, text: &str, at: usize) -> Option<(usize, Timestamp)> {
        let mut parts = Parts::default();
        let end = read::read(self, text, at, &mut parts)?;
        Some((end, parts.stamp(self)?))
    }

    /// Bytes a time can start with, when that is known.
    pub(crate) fn first_bytes(&self) -> Option<[bool; 256]> {
        let mut first = [false; 256];
        match self.items.first()? {
            Item::Literal(text) => first[text.as_bytes()[0] as usize] = true,
            item if item.is_number() => first[b'0' as usize..=b'9' as usize].fill(true),
            _ => return None,
        }
        Some(first)
    }
}
