//! Text to typed values.

use std::net::IpAddr;

use weir_event::{Cell, Duration, Kind, Timestamp, kind_of};

use crate::artifacts::canonical_ip;
use crate::time::{TimeContext, read_time};

/// The type a part is read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convert {
    #[default]
    Text,
    Lower,
    Upper,
    /// The last component of a path.
    Name,
    Long,
    Double,
    Bool,
    Time,
    /// A number of this many nanoseconds, or `h:mm:ss`.
    Duration(i64),
    Ip,
    Mac,
    /// A host name: lower case, without a trailing dot.
    Domain,
    /// Name or IANA number of a transport protocol, as a name in lower case.
    Transport,
    /// Texts separated by a comma.
    Texts,
    /// `address:port`, `[address]:port`, `address & port`, `address`.
    Endpoint,
    /// A digest in hexadecimal: it goes to the field of the algorithm that has digests of its length.
    Digest,
    /// `inbound`, `outbound` ... in lower case; 0 and 1 as CEF counts them.
    Direction,
}

/// Words of packs for [`Convert`].
pub const WORDS: &[(&str, Convert)] = &[
    ("text", Convert::Text),
    ("lower", Convert::Lower),
    ("upper", Convert::Upper),
    ("name", Convert::Name),
    ("long", Convert::Long),
    ("double", Convert::Double),
    ("bool", Convert::Bool),
    ("time", Convert::Time),
    ("seconds", Convert::Duration(1_000_000_000)),
    ("milliseconds", Convert::Duration(1_000_000)),
    ("microseconds", Convert::Duration(1_000)),
    ("nanoseconds", Convert::Duration(1)),
    ("ip", Convert::Ip),
    ("mac", Convert::Mac),
    ("domain", Convert::Domain),
    ("transport", Convert::Transport),
    ("list", Convert::Texts),
    ("endpoint", Convert::Endpoint),
    ("digest", Convert::Digest),
    ("direction", Convert::Direction),
];

impl Convert {
    /// The type that the dictionary gives a field.
    pub fn of(name: &str) -> Convert {
        match kind_of(name) {
            Some(Kind::Long) => Convert::Long,
            Some(Kind::Double) => Convert::Double,
            Some(Kind::Bool) => Convert::Bool,
            Some(Kind::Timestamp) => Convert::Time,
            Some(Kind::Duration) => Convert::Duration(1_000_000_000),
            Some(Kind::Ip) => Convert::Ip,
            Some(Kind::Texts | Kind::Ips) => Convert::Texts,
            Some(Kind::Text) | None if name.ends_with(".mac") => Convert::Mac,
            Some(Kind::Text) | None if name == "network.transport" => Convert::Transport,
            Some(Kind::Text) | None if name == "network.direction" => Convert::Direction,
            Some(Kind::Text) | None => Convert::Text,
        }
    }

    /// The value that is no text; `None` when the part does not read as this type, or the type is a kind of text.
    pub fn cell(self, text: &str, context: &TimeContext) -> Option<Cell> {
        match self {
            Convert::Long => long(text).map(Cell::Long),
            Convert::Double => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Cell::Double),
            Convert::Bool => boolean(text).map(Cell::Bool),
            Convert::Time => read_time(text, context).map(Cell::Timestamp),
            Convert::Duration(unit) => duration(text, unit).map(Cell::Duration),
            Convert::Ip => canonical_ip(text).map(Cell::Ip),
            _ => None,
        }
    }
}

/// Decimal or `0x` hexadecimal.
fn long(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn boolean(text: &str) -> Option<bool> {
    let yes = ["true", "yes", "1"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let no = ["false", "no", "0"].iter().any(|word| text.eq_ignore_ascii_case(word));
    (yes != no).then_some(yes)
}

/// A count of `unit` nanoseconds that is less than an instant would be (a thousand million), `h:mm:ss`, or `1h:02m:03s`.
fn duration(text: &str, unit: i64) -> Option<Duration> {
    const COUNT_MAX: f64 = 1e9;
    if let Ok(whole) = text.parse::<i64>() {
        let plausible = unit == 1 || whole.unsigned_abs() <= COUNT_MAX as u64;
        return plausible.then(|| Duration(whole.saturating_mul(unit)));
    }
    if text.contains(':') {
        let mut seconds = 0i64;
        for part in text.split(':') {
            let digits = part.trim().trim_end_matches(['h', 'm', 's']);
            seconds = seconds.checked_mul(60)?.checked_add(digits.parse::<u32>().ok()?.into())?;
        }
        return seconds.checked_mul(1_000_000_000).map(Duration);
    }
    let count: f64 = text.parse().ok()?;
    let plausible = count.is_finite() && (unit == 1 || count.abs() <= COUNT_MAX);
    plausible.then_some(Duration((count * unit as f64) as i64))
}

/// Address and port of an endpoint.
pub fn endpoint(text: &str) -> Option<(IpAddr, Option<i64>)> {
    if let Some(address) = canonical_ip(text) {
        return Some((address, None));
    }
    let (address, port) = match text.split_once('&') {
        Some(parts) => parts,
        None => text.rsplit_once([':', '/'])?,
    };
    let port: u16 = port.trim().parse().ok()?;
    Some((canonical_ip(address)?, Some(port.into())))
}

/// The algorithms of digests, by what the last word of a field is for them.
pub const DIGESTS: [&str; 4] = ["md5", "sha1", "sha256", "sha512"];

/// Number in [`DIGESTS`] of the algorithm that a digest in hexadecimal is of, by its length.
pub fn digest(text: &str) -> Option<usize> {
    let number = [32, 40, 64, 128].iter().position(|length| text.len() == *length)?;
    text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(number)
}

/// The name of an IP protocol number in common use.
pub fn transport(text: &str) -> Option<&'static str> {
    Some(match text {
        "1" => "icmp",
        "2" => "igmp",
        "4" => "ipip",
        "6" => "tcp",
        "17" => "udp",
        "41" => "ipv6",
        "47" => "gre",
        "50" => "esp",
        "51" => "ah",
        "58" => "ipv6-icmp",
        "88" => "eigrp",
        "89" => "ospf",
        "103" => "pim",
        "112" => "vrrp",
        "132" => "sctp",
        _ => return None,
    })
}

/// The direction that senders mean, in the words of the field; none for words that are right in lower case.
pub fn direction(text: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 6] = [
        ("0", "inbound"),
        ("1", "outbound"),
        ("in", "inbound"),
        ("out", "outbound"),
        ("incoming", "inbound"),
        ("outgoing", "outbound"),
    ];
    WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, direction)| *direction)
}

/// A time before `after`, or more than a day ahead of now, is what a clock that was not set yet says.
pub fn is_plausible(at: Timestamp, after: i64, now: Timestamp) -> bool {
    const DAY_NS: i64 = 86_400_000_000_000;
    at.0 >= after && at.0 <= now.0.saturating_add(DAY_NS)
}
