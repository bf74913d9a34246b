//! Topics of MQTT 3.1.1: subscribed to and read into the log.
//!
//! Start at [`Settings`] and [`run`].
//!
//! Never does: acknowledge a message to the broker before the log has it. Never publishes. The protocol is spoken here and not by a
//! library: a subscriber needs few kinds of packets, and what matters is when each is answered, what is read while the log is slow and
//! how much is held in memory.

mod connection;
mod envelope;
mod fault;
mod login;
mod message_pack;
mod odd;
mod packet;
mod position;
mod pulse;
mod reading;
mod record;
mod settings;
mod tls;
mod topics;
mod words;

use weir_event::Fault;

pub use crate::message::Metadata;
pub use settings::{Check, Envelope, Identity, Login, Qos, Session, Settings, Tls, Trust};

use crate::reader::Sink;
use position::Position;
use reading::Reading;

/// Reads until a fault, or until it is dropped. A connection that ends is a fault too: whoever calls waits and calls again, from where the
/// log stands by then.
pub async fn run<S: Sink>(settings: &Settings, state: Option<&str>, sink: &S) -> Result<(), Fault> {
    let position = state.map(Position::from_text).transpose().map_err(|why| fault::bad_state(settings, why))?;
    let position = position.filter(|position| position.client == settings.client_id);
    let connected = login::connect(settings, position.as_ref().map(|position| position.broker.as_str())).await?;
    Reading::new(settings, sink, connected, position).run().await
}
