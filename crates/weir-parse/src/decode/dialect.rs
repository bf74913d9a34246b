//! Senders that leave the standard, read from data.

use weir_event::{Fault, FaultKind};

use crate::cef::Quirks;

/// Dialects by vendor and product.
#[derive(Clone, Debug, Default)]
pub struct Dialects(Vec<Dialect>);

/// The habits and names of one product, or of all products of a vendor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    vendor: String,
    product: Option<String>,
    pub quirks: Quirks,
    /// Names whose numbered keys are one array.
    pub(super) arrays: Vec<String>,
    pub(super) names: Vec<Name>,
    pub(super) orders: Vec<Order>,
}

/// How the named view calls a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub key: String,
    pub name: String,
    /// A kind of [`super::value`], or `word=word,...`.
    pub kind: String,
    pub event: Option<EventName>,
}

/// The documented order of the keys of an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub event: EventName,
    pub keys: Vec<String>,
    /// Index of the key whose value strangers choose.
    pub stranger: usize,
}

/// Class and name of an event; `*` is any.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EventName {
    class: String,
    name: String,
}

impl Dialects {
    /// Those that weir knows.
    pub fn builtin() -> Dialects {
        Dialects::parse(include_str!("../../data/cef-dialects.txt")).unwrap_or_default()
    }

    /// Reads the text form, which the file of the built-in ones explains.
    pub fn parse(text: &str) -> Result<Dialects, Fault> {
        let mut dialects = Dialects::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                dialects.line(line).ok_or_else(|| bad_line(index + 1, line))?;
            }
        }
        Ok(dialects)
    }

    /// The dialect of a product, else of its vendor. Names are compared exactly.
    pub fn find(&self, vendor: &str, product: &str) -> Option<&Dialect> {
        let of_vendor = |dialect: &&Dialect| dialect.vendor == vendor;
        let mut known = self.0.iter().filter(of_vendor);
        let exact = known.clone().find(|dialect| dialect.product.as_deref() == Some(product));
        exact.or_else(|| known.find(|dialect| dialect.product.is_none()))
    }

    fn line(&mut self, line: &str) -> Option<()> {
        if let Some(header) = line.strip_prefix('[') {
            self.section(header.strip_suffix(']')?);
            return Some(());
        }
        let dialect = self.0.last_mut()?;
        if let Some((what, rest)) = line.split_once(" : ") {
            let mut words = what.split_whitespace();
            let kind = words.next()?;
            let event = EventName { class: words.next()?.to_owned(), name: words.next()?.to_owned() };
            return match kind {
                "when" => dialect.add_names(rest, Some(&event)),
                "order" => dialect.add_order(rest, event),
                _ => None,
            };
        }
        let (what, rest) = line.split_once(" = ")?;
        let words = rest.split_whitespace().map(str::to_owned);
        match what {
            "colon" => dialect.quirks.colon_keys.extend(words),
            "glued" => dialect.quirks.glued_keys.extend(words),
            "array" => dialect.arrays.extend(words),
            "name" => dialect.add_names(rest, None)?,
            _ => return None,
        }
        Some(())
    }

    /// A product begins with everything that holds for its vendor.
    fn section(&mut self, header: &str) {
        let (vendor, product) = match header.split_once('|') {
            Some((vendor, product)) => (vendor, Some(product.to_owned())),
            None => (header, None),
        };
        let general = self.0.iter().find(|have| have.vendor == vendor && have.product.is_none());
        let base = general.cloned().unwrap_or_else(|| Dialect { vendor: vendor.to_owned(), ..Dialect::default() });
        self.0.push(Dialect { product, ..base });
    }
}

impl Dialect {
    fn add_names(&mut self, text: &str, event: Option<&EventName>) -> Option<()> {
        for item in text.split_whitespace() {
            let (key, name) = item.split_once('>')?;
            let (name, kind) = name.split_once(':').unwrap_or((name, "text"));
            let (key, name, kind) = (key.to_owned(), name.to_owned(), kind.to_owned());
            self.names.push(Name { key, name, kind, event: event.cloned() });
        }
        Some(())
    }

    fn add_order(&mut self, text: &str, event: EventName) -> Option<()> {
        let stranger = text.split_whitespace().position(|key| key.ends_with('*'))?;
        let keys = text.split_whitespace().map(|key| key.trim_end_matches('*').to_owned()).collect();
        self.orders.push(Order { event, keys, stranger });
        Some(())
    }
}

impl EventName {
    pub(super) fn is(&self, class: &str, name: &str) -> bool {
        let same = |wanted: &str, is: &str| wanted == "*" || wanted == is;
        same(&self.class, class) && same(&self.name, name)
    }
}

fn bad_line(number: usize, line: &str) -> Fault {
    Fault::new("PARSE-003", FaultKind::Config, format!("`{line}` is no line of a dialect"))
        .at(format_args!("line {number}"))
        .hint("write `[Vendor]`, `colon = ...`, `glued = ...`, `array = ...`, `name = KEY>NAME`, `when CLASS NAME : ...` or `order CLASS NAME : ...`")
}
