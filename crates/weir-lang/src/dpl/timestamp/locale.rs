//! Names of months and days, by language.

/// Names of one language. Each list is in order, January or Monday first; several spellings of a name are parted by `|`.
#[derive(Debug)]
pub(super) struct Locale {
    language: &'static str,
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    days: [&'static str; 7],
    days_short: [&'static str; 7],
}

/// The names to look among, and those to try before when they are longer.
#[derive(Clone, Copy)]
pub(super) struct Names(&'static [&'static str]);

impl Locale {
    pub(super) fn months(&'static self, full: bool) -> Names {
        Names(if full { &self.months } else { &self.months_short })
    }

    pub(super) fn days(&'static self, full: bool) -> Names {
        Names(if full { &self.days } else { &self.days_short })
    }
}

impl Names {
    /// The longest name that `text` starts with, in any letter case: its length and its index.
    pub(super) fn find(self, text: &str) -> Option<(usize, usize)> {
        let spelled =
            self.0.iter().enumerate().flat_map(|(index, names)| names.split('|').map(move |name| (index, name)));
        spelled.filter_map(|(index, name)| Some((prefix(text, name)?, index))).max_by_key(|(length, _)| *length)
    }
}

/// Bytes of `text` that `name` covers.
fn prefix(text: &str, name: &str) -> Option<usize> {
    if let Some(head) = text.as_bytes().get(..name.len())
        && name.is_ascii()
    {
        return head.eq_ignore_ascii_case(name.as_bytes()).then_some(name.len());
    }
    let mut rest = text.chars();
    for wanted in name.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// The language of a tag such as `de` or `de-AT`; English when it is not known.
pub(super) fn find(tag: &str) -> &'static Locale {
    let language = tag.split(['-', '_']).next().unwrap_or_default();
    LOCALES.iter().find(|locale| locale.language.eq_ignore_ascii_case(language)).unwrap_or(&LOCALES[0])
}

static LOCALES: [Locale; 7] = [
    Locale {
        language: "en",
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        months_short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        days_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    },
    Locale {
        language: "de",
        months: [
            "Januar|Jänner",
            "Februar|Feber",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        months_short: [
            "Jan|Jan.|Jän|Jän.",
            "Feb|Feb.",
            "Mär|Mär.|Mrz|März",
            "Apr|Apr.",
            "Mai",
            "Jun|Jun.|Juni",
            "Jul|Jul.|Juli",
            "Aug|Aug.",
            "Sep|Sep.|Sept|Sept.",
            "Okt|Okt.",
            "Nov|Nov.",
            "Dez|Dez.",
        ],
        days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag|Sonnabend", "Sonntag"],
        days_short: ["Mo|Mo.", "Di|Di.", "Mi|Mi.", "Do|Do.", "Fr|Fr.", "Sa|Sa.", "So|So."],
    },
    Locale {
        language: "fr",
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        months_short: [
            "janv.|janv",
            "févr.|févr",
            "mars",
            "avr.|avr",
            "mai",
            "juin",
            "juil.|juil",
            "août",
            "sept.|sept",
            "oct.|oct",
            "nov.|nov",
            "déc.|déc",
        ],
        days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        days_short: ["lun.|lun", "mar.|mar", "mer.|mer", "jeu.|jeu", "ven.|ven", "sam.|sam", "dim.|dim"],
    },
    Locale {
        language: "es",
        months: [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre|setiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        months_short: [
            "ene.|ene",
            "feb.|feb",
            "mar.|mar",
            "abr.|abr",
            "may.|may",
            "jun.|jun",
            "jul.|jul",
            "ago.|ago",
            "sept.|sept|sep",
            "oct.|oct",
            "nov.|nov",
            "dic.|dic",
        ],
        days: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        days_short: ["lun.|lun", "mar.|mar", "mié.|mié", "jue.|jue", "vie.|vie", "sáb.|sáb", "dom.|dom"],
    },
    Locale {
        language: "it",
        months: [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        months_short: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
        days: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        days_short: ["lun", "mar", "mer", "gio", "ven", "sab", "dom"],
    },
    Locale {
        language: "nl",
        months: [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        months_short: [
            "jan.|jan", "feb.|feb", "mrt.|mrt", "apr.|apr", "mei", "jun.|jun", "jul.|jul", "aug.|aug", "sep.|sep",
            "okt.|okt", "nov.|nov", "dec.|dec",
        ],
        days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        days_short: ["ma", "di", "wo", "do", "vr", "za", "zo"],
    },
    Locale {
        language: "pt",
        months: [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        months_short: [
            "jan.|jan", "fev.|fev", "mar.|mar", "abr.|abr", "mai.|mai", "jun.|jun", "jul.|jul", "ago.|ago", "set.|set",
            "out.|out", "nov.|nov", "dez.|dez",
        ],
        days: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
        days_short: ["seg.|seg", "ter.|ter", "qua.|qua", "qui.|qui", "sex.|sex", "sáb.|sáb", "dom.|dom"],
    },
];
