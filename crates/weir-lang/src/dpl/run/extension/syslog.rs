//! The header of a syslog line, in either of its two forms.

use weir_event::{Record, Value};

/// Longest host, program or id.
const WORD_BYTES_MAX: usize = 255;
const PRIORITY_MAX: u32 = 191;

/// `<34>Oct 11 22:14:15 host program[pid]: ` or `<34>1 2003-10-11T22:14:15Z host program pid id [data] `: where the message begins, and
/// a record of what stands before it. Times are given as text: the short form has neither year nor zone.
pub(super) fn read(line: &str) -> Option<(usize, Record<'_>)> {
    let mut reader = Reader { line, at: 0, record: Record::new() };
    reader.priority()?;
    match reader.rest().strip_prefix("1 ") {
        Some(_) => reader.long()?,
        None => reader.short()?,
    }
    Some((reader.at, reader.record))
}

struct Reader<'t> {
    line: &'t str,
    at: usize,
    record: Record<'t>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.line[self.at..]
    }

    /// `<34>`; facility and severity are its two parts.
    fn priority(&mut self) -> Option<()> {
        let (number, _) = self.rest().strip_prefix('<')?.split_once('>')?;
        let digits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        let priority: u32 = number.parse().ok().filter(|priority| digits && *priority <= PRIORITY_MAX)?;
        self.record.push_new("facility", Value::Long(i64::from(priority / 8)));
        self.record.push_new("severity", Value::Long(i64::from(priority % 8)));
        self.at += number.len() + 2;
        Some(())
    }

    /// A word and the blank behind it; `-` stands for none.
    fn word(&mut self, name: &'static str) -> Option<()> {
        let word = self.rest().split(' ').next().filter(|word| (1..=WORD_BYTES_MAX).contains(&word.len()))?;
        self.at += word.len();
        self.at += usize::from(self.rest().starts_with(' '));
        self.record.push_new(name, if word == "-" { Value::Null } else { Value::text(word) });
        Some(())
    }

    fn long(&mut self) -> Option<()> {
        self.at += 2;
        for name in ["timestamp", "host", "program", "pid", "id"] {
            self.word(name)?;
        }
        let data = self.structured_data()?;
        self.at += data.len();
        self.at += usize::from(self.rest().starts_with(' '));
        self.record.push_new("data", if data == "-" { Value::Null } else { Value::text(data) });
        self.at += if self.rest().starts_with('\u{feff}') { 3 } else { 0 };
        Some(())
    }

    /// `-`, or elements in brackets, whose quoted values may hold brackets.
    fn structured_data(&self) -> Option<&'t str> {
        let rest = self.rest();
        if rest == "-" || rest.starts_with("- ") {
            return Some("-");
        }
        let bytes = rest.as_bytes();
        let (mut inside, mut quoted) = (false, false);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' if quoted => at += 1,
                b'"' if inside => quoted = !quoted,
                b'[' if !inside => inside = true,
                b']' if !quoted => inside = false,
                b' ' if !inside => break,
                _ if !inside => return None,
                _ => {}
            }
            at += 1;
        }
        (at > 0 && !inside).then(|| rest.get(..at))?
    }

    /// `Oct 11 22:14:15 host program[pid]: `; the program may be missing.
    fn short(&mut self) -> Option<()> {
        let length = short_time(self.rest())?;
        self.record.push_new("timestamp", Value::text(&self.rest()[..length]));
        self.at += length + usize::from(self.rest().as_bytes().get(length) == Some(&b' '));
        self.word("host")?;
        self.program();
        Some(())
    }

    fn program(&mut self) {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '(' | ')');
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let behind = &rest[name.len()..];
        let (pid, behind) = match behind.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((pid, behind)) if pid.len() <= WORD_BYTES_MAX => (Some(pid), behind),
            _ => (None, behind),
        };
        let Some(message) = behind.strip_prefix(':').filter(|_| !name.is_empty() && name.len() <= WORD_BYTES_MAX)
        else {
            return;
        };
        self.record.push_new("program", Value::text(name));
        self.record.push_new("pid", pid.map_or(Value::Null, Value::text));
        self.at = self.line.len() - message.trim_start_matches(' ').len();
    }
}

/// Length of `Oct 11 22:14:15`, with a year or a zone in some dialects, or of a time in ISO form.
fn short_time(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if digits(0) && digits(3) && bytes.get(4) == Some(&b'-') {
        return text.find(' ').filter(|length| *length <= 40);
    }
    let clock = |at: usize| {
        let marks = bytes.get(at + 2) == Some(&b':') && bytes.get(at + 5) == Some(&b':');
        (marks && [0, 1, 3, 4, 6, 7].iter().all(|offset| digits(at + offset))).then_some(at + 8)
    };
    let month = bytes.get(..3)?.iter().all(u8::is_ascii_alphabetic) && bytes.get(3) == Some(&b' ');
    let day = (digits(4) || bytes.get(4) == Some(&b' ')) && digits(5) && bytes.get(6) == Some(&b' ');
    let year = (7..11).all(digits) && bytes.get(11) == Some(&b' ');
    let end = clock(if year { 12 } else { 7 }).filter(|_| month && day)?;
    let fraction = match bytes.get(end) {
        Some(b'.') => 1 + bytes[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    text.is_char_boundary(end + fraction).then_some(end + fraction)
}
