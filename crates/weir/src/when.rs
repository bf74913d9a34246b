//! Points of time as people write them in parameters.

use weir_event::{Fault, FaultKind, Timestamp};

use weir_yaml::parse_duration;

/// Reads RFC 3339, `now`, `now-15m`, `now()-15m`, `-15m`, or milliseconds since the epoch.
pub fn read(text: &str, now: Timestamp, name: &str) -> Result<Timestamp, Fault> {
    let text = text.trim();
    let relative = text.strip_prefix("now()").or_else(|| text.strip_prefix("now")).unwrap_or(text).trim();
    let shifted = |sign: i64, length: &str| {
        let length = parse_duration(length)?;
        now.0.checked_add(sign * length.0).map(Timestamp)
    };
    let found = match relative {
        "" => Some(now),
        _ if relative.starts_with('-') => shifted(-1, relative[1..].trim()),
        _ if relative.starts_with('+') => shifted(1, relative[1..].trim()),
        _ => Timestamp::parse_rfc3339(relative)
            .or_else(|| relative.parse::<i64>().ok()?.checked_mul(1_000_000).map(Timestamp)),
    };
    found.filter(|_| !text.is_empty()).ok_or_else(|| {
        Fault::new("HTTP-012", FaultKind::Usage, format!("`{}` is not a point of time", text.escape_default()))
            .at(name)
            .hint("write -15m, now-1h, or 2026-01-31T12:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(text: &str, expect: &str) {
        let now = weir_event::Timestamp::parse_rfc3339("2026-01-31T12:00:00Z").unwrap();
        let got = super::read(text, now, "from").map_or_else(|fault| fault.id().to_owned(), |at| at.to_string());
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn points_of_time_are_read() {
        check("-15m", "2026-01-31T11:45:00Z");
        check("now()-1d", "2026-01-30T12:00:00Z");
        check("now", "2026-01-31T12:00:00Z");
        check("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        check("1000", "1970-01-01T00:00:01Z");
        check("", "HTTP-012");
        check("yesterday", "HTTP-012");
        check("-99999999999w", "HTTP-012");
    }
}
