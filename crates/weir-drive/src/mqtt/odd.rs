//! What is odd about messages: counted, and said less and less often.

use weir_event::limits;

use super::record::Odd;

#[derive(Default)]
pub struct Oddities {
    unopened: u64,
    other: u64,
    cut: u64,
}

impl Oddities {
    /// What to say of this one, if anything.
    pub fn note(&mut self, odd: &Odd, topic: &str) -> Option<String> {
        let count = match odd {
            Odd::Unopened(_) => &mut self.unopened,
            Odd::Other(_) => &mut self.other,
            Odd::Cut => &mut self.cut,
        };
        *count += 1;
        count.is_power_of_two().then(|| match odd {
            Odd::Unopened(why) => {
                format!("{count} messages without the envelope were stored as they are, the last of {topic}: {why}")
            }
            Odd::Other(kind) => format!("{count} messages were no events and left out, the last a {kind} of {topic}"),
            Odd::Cut => format!(
                "{count} messages were cut, at `message_bytes` or their events at {} bytes, the last of {topic}",
                limits::EVENT_BYTES_MAX
            ),
        })
    }
}
