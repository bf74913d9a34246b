//! What a command prints: from a cursor on, or what it did not print the last time.

use std::collections::HashMap;

use weir_event::{Fault, Records, Value};

use super::output::Output;
use super::session::Session;
use super::state::State;
use super::{Command, Settings, fault};
use crate::hash::hash;
use crate::reader::{Pulled, Sink};

/// Lines of an output that are remembered.
const LINES_MAX: usize = 50_000;
/// Letters of a line that a fault shows.
const SHOWN_CHARS: usize = 120;

pub async fn pull<S: Sink>(
    settings: &Settings,
    command: &Command,
    session: &Session,
    state: Option<&str>,
    sink: &S,
) -> Result<Pulled, Fault> {
    let state = state.map(State::from_text).transpose().map_err(|why| fault::bad_state(settings, why))?;
    let mut reading =
        Reading { settings, state: state.unwrap_or_default(), records: Records::default(), pulled: Pulled::default() };
    match &command.cursor {
        Some(member) => reading.go_on(command, member, session, sink).await?,
        None => reading.what_is_new(command, session, sink).await?,
    }
    Ok(reading.pulled)
}

struct Reading<'r> {
    settings: &'r Settings,
    state: State,
    records: Records,
    pulled: Pulled,
}

impl Reading<'_> {
    /// Each line says where to go on behind it.
    async fn go_on<S: Sink>(
        &mut self,
        command: &Command,
        member: &str,
        session: &Session,
        sink: &S,
    ) -> Result<(), Fault> {
        let text = match (&self.state.cursor, &command.first) {
            (None, Some(first)) => first.clone(),
            (cursor, _) => command.text.replace("{cursor}", &quoted(cursor.as_deref().unwrap_or_default())),
        };
        let mut output = Output::of(self.settings, session, &text).await?;
        loop {
            let lines = match output.next().await {
                Ok(Some(lines)) => lines,
                Ok(None) => return self.commit(sink).await,
                Err(fault) => {
                    // What came before the command failed is as good as any.
                    self.commit(sink).await?;
                    return Err(fault);
                }
            };
            for line in lines.iter().filter(|line| !line.bytes().is_empty()) {
                let cursor = cursor_of(line.bytes(), member);
                let shown = || String::from_utf8_lossy(line.bytes()).chars().take(SHOWN_CHARS).collect::<String>();
                let cursor = cursor.ok_or_else(|| fault::no_cursor(self.settings, member, &shown()))?;
                self.pulled.received += 1;
                if self.state.cursor.as_ref() == Some(&cursor) {
                    self.pulled.duplicates += 1;
                    continue;
                }
                self.state.cursor = Some(cursor);
                self.push(line.bytes());
                if self.records.is_full() {
                    self.commit(sink).await?;
                }
            }
        }
    }

    /// Lines that the output before did not have, or not as often.
    async fn what_is_new<S: Sink>(&mut self, command: &Command, session: &Session, sink: &S) -> Result<(), Fault> {
        let mut output = Output::of(self.settings, session, &command.text).await?;
        let mut known = self.state.lines.clone();
        let mut present: HashMap<u128, u32> = HashMap::new();
        while let Some(lines) = output.next().await? {
            for line in lines.iter().filter(|line| !line.bytes().is_empty()) {
                self.pulled.received += 1;
                if self.pulled.received > LINES_MAX as u64 {
                    return Err(fault::output_too_large(self.settings, LINES_MAX));
                }
                let hash = hash(line.bytes());
                *present.entry(hash).or_default() += 1;
                match known.get_mut(&hash).filter(|count| **count > 0) {
                    Some(count) => {
                        *count -= 1;
                        self.pulled.duplicates += 1;
                    }
                    None => {
                        *self.state.lines.entry(hash).or_default() += 1;
                        self.push(line.bytes());
                    }
                }
                if self.records.is_full() {
                    self.commit(sink).await?;
                }
            }
        }
        // Lines that are gone may come again one day, and are new then.
        if self.state.lines == present && self.records.is_empty() {
            return Ok(());
        }
        self.state.lines = present;
        sink.commit(std::mem::take(&mut self.records), self.state.to_text()).await
    }

    fn push(&mut self, line: &[u8]) {
        self.records.push(line);
        self.pulled.committed += 1;
    }

    async fn commit<S: Sink>(&mut self, sink: &S) -> Result<(), Fault> {
        if self.records.is_empty() {
            return Ok(());
        }
        sink.commit(std::mem::take(&mut self.records), self.state.to_text()).await
    }
}

/// The member of a line that says where it stands.
fn cursor_of(line: &[u8], member: &str) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let Ok(Value::Record(record)) = weir_parse::json::to_value(text) else { return None };
    match record.get(member)? {
        Value::Text(text) => Some(text.to_string()),
        Value::Long(number) => Some(number.to_string()),
        _ => None,
    }
}

/// One word for a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_one_word() {
        assert_eq!(quoted("s=1;i=2"), "'s=1;i=2'");
        assert_eq!(quoted("a'; rm -rf /; '"), "'a'\\''; rm -rf /; '\\'''");
    }

    #[test]
    fn cursors_are_texts_and_whole_numbers() {
        assert_eq!(cursor_of(br#"{"a":1,"c":"x"}"#, "c").as_deref(), Some("x"));
        assert_eq!(cursor_of(br#"{"c":12}"#, "c").as_deref(), Some("12"));
        assert_eq!(cursor_of(br#"{"c":null}"#, "c"), None);
        assert_eq!(cursor_of(b"Apr  1 boot", "c"), None);
    }
}
