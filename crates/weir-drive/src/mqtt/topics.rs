//! What is subscribed to, as the broker has it and as the settings want it.
//!
//! A broker that keeps a session keeps its topics. They are asked for only where something else is wanted than was asked for before,
//! because each time they are asked for it sends what is retained.

use std::time::Duration;

use tokio::time::Instant;
use weir_event::Fault;

use super::fault;
use super::position::Position;
use super::settings::Settings;
use super::words;

/// How long a broker may take to answer.
const ANSWER: Duration = Duration::from_secs(30);
/// The numbers of our own packets: one of each kind is under way at most.
const SUBSCRIBE: u16 = 1;
const UNSUBSCRIBE: u16 = 2;
/// The broker's word for no.
const REFUSED: u8 = 0x80;

/// Topics that the broker has been asked for and has not answered, and until when it must.
#[derive(Default)]
pub struct Topics(Option<(Vec<String>, Instant)>);

impl Topics {
    /// The packets that make the session as the settings want it.
    pub fn ask(&mut self, settings: &Settings, position: &Position) -> Vec<u8> {
        let is_there =
            |topic: &&String| position.asked == settings.qos.number() && position.topics.contains_key(*topic);
        let wanted: Vec<String> = settings.topics.iter().filter(|topic| !is_there(topic)).cloned().collect();
        let unwanted: Vec<&str> =
            position.topics.keys().filter(|topic| !settings.topics.contains(topic)).map(String::as_str).collect();
        let mut bytes = Vec::new();
        if !unwanted.is_empty() {
            bytes.extend(words::unsubscribe(UNSUBSCRIBE, unwanted.into_iter()));
        }
        if !wanted.is_empty() {
            bytes.extend(words::subscribe(SUBSCRIBE, wanted.iter().map(String::as_str), settings.qos));
            self.0 = Some((wanted, Instant::now() + ANSWER));
        }
        bytes
    }

    pub fn are_settled(&self) -> bool {
        self.0.is_none()
    }

    /// Until when the broker must answer.
    pub fn until(&self) -> Option<Instant> {
        self.0.as_ref().map(|(_, until)| *until)
    }

    /// The broker has answered; true when the position has changed.
    pub fn granted(
        &mut self,
        settings: &Settings,
        id: u16,
        granted: &[u8],
        position: &mut Position,
    ) -> Result<bool, Fault> {
        let asked = self.0.take().filter(|(wanted, _)| id == SUBSCRIBE && wanted.len() == granted.len());
        let Some((wanted, _)) = asked else {
            return Err(fault::not_spoken(settings, format!("{} answers what was not asked", position.broker)));
        };
        let refused = wanted.iter().zip(granted).find(|(_, qos)| **qos >= REFUSED);
        if let Some((topic, _)) = refused {
            return Err(fault::not_allowed(settings, format!("{} does not let us have `{topic}`", position.broker)));
        }
        position.asked = settings.qos.number();
        position.topics.extend(wanted.into_iter().zip(granted.iter().copied()));
        Ok(true)
    }
}
