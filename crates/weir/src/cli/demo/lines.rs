//! Lines with places for the present time and for numbers and words that differ.

use weir_event::Timestamp;

/// Lines of a file, over and over.
pub struct Lines {
    lines: Vec<&'static str>,
    next: usize,
    random: u64,
}

impl Lines {
    pub fn new(text: &'static str) -> Self {
        Lines { lines: text.lines().filter(|line| !line.is_empty()).collect(), next: 0, random: 0x9e37_79b9_7f4a_7c15 }
    }

    /// The next line, its places filled.
    pub fn next(&mut self, now: Timestamp) -> String {
        let line = self.lines.get(self.next % self.lines.len().max(1)).copied().unwrap_or_default();
        self.next += 1;
        let mut out = String::with_capacity(line.len() + 32);
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}').and_then(|(place, tail)| Some((self.fill(place, now)?, tail))) {
                Some((text, tail)) => {
                    out.push_str(&text);
                    rest = tail;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out + rest
    }

    /// The text for a place; `None` when it is not one, as in JSON.
    fn fill(&mut self, place: &str, now: Timestamp) -> Option<String> {
        let iso = Timestamp(now.0 - now.0.rem_euclid(1_000_000_000)).to_string();
        let text = match place {
            "iso" => iso,
            "date" => iso.get(..10)?.to_owned(),
            "time" => iso.get(11..19)?.to_owned(),
            "bsd" => now.to_jiff().strftime("%b %e %H:%M:%S").to_string(),
            "epoch" => (now.as_millis() / 1_000).to_string(),
            "epoch_ms" => now.as_millis().to_string(),
            _ => match place.split_once("..") {
                Some((least, most)) => {
                    let (least, most): (u64, u64) = (least.parse().ok()?, most.parse().ok()?);
                    (least + self.random() % (most.checked_sub(least)? + 1)).to_string()
                }
                None => self.word(place)?,
            },
        };
        Some(text)
    }

    fn word(&mut self, place: &str) -> Option<String> {
        let is_plain = place.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '|' | '-' | '.'));
        let words: Vec<&str> = place.split('|').collect();
        let at = self.random() as usize % words.len();
        (is_plain && words.len() > 1).then(|| words[at].to_owned())
    }

    /// xorshift: traffic that looks different is enough.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use weir_event::Timestamp;

    #[test]
    fn places_are_filled_and_json_is_left_alone() {
        let now = Timestamp::parse_rfc3339("2026-02-03T04:05:06.789Z").unwrap();
        let mut lines = Lines::new("{bsd} {date} {time} {7..7} {a|a} {\"k\":{\"n\":{5..5}}}");
        assert_eq!(lines.next(now), "Feb  3 04:05:06 2026-02-03 04:05:06 7 a {\"k\":{\"n\":5}}");
    }
}
