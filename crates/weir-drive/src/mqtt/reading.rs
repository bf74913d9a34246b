//! One connection, from the login to its end.
//!
//! What comes is held until nothing more is at hand or enough is; then the log gets it, and only then the broker its answers. So while
//! the log writes one batch, the next one gathers in the network, and a slow log slows the broker down.

use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};
use weir_collect::Told;
use weir_event::{Fault, Records};

use super::connection::{Broken, Connection};
use super::fault;
use super::login::Connected;
use super::odd::Oddities;
use super::packet::{Packet, Publish};
use super::position::Position;
use super::pulse::Pulse;
use super::record;
use super::settings::Settings;
use super::topics::Topics;
use super::words::{Answer, PING};
use crate::reader::Sink;

/// How long a broker may take to hear us.
const HEARING: Duration = Duration::from_secs(30);

pub struct Reading<'s, S> {
    settings: &'s Settings,
    sink: &'s S,
    connection: Connection,
    pulse: Pulse,
    topics: Topics,
    /// What the log will have with the batch in hand.
    position: Position,
    /// The log has another position.
    is_moved: bool,
    batch: Records,
    /// What the broker hears when the log has the batch.
    answers: Vec<Answer>,
    odd: Oddities,
}

/// Why the reading ends.
enum End {
    /// The log may be asked for more.
    Broker(Fault),
    Log(Fault),
}

impl<'s, S: Sink> Reading<'s, S> {
    /// `before` is what the log knows of this client.
    pub fn new(settings: &'s Settings, sink: &'s S, connected: Connected, before: Option<Position>) -> Self {
        let Connected { connection, broker, is_session_kept } = connected;
        let mut reading = Reading {
            settings,
            sink,
            connection,
            pulse: Pulse::new(settings.keep_alive),
            topics: Topics::default(),
            position: before.clone().unwrap_or_else(|| Position::new(&settings.client_id, &broker, sink.now())),
            is_moved: before.is_none(),
            batch: Records::default(),
            answers: Vec::new(),
            odd: Oddities::default(),
        };
        if before.is_some_and(|before| !is_session_kept || before.is_lossy()) {
            reading.note_gap(&broker);
        }
        if !(is_session_kept && reading.position.broker == broker) {
            reading.position.begin_session(&broker);
            reading.is_moved = true;
        }
        reading
    }

    /// Reads until something ends it.
    pub async fn run(mut self) -> Result<(), Fault> {
        match self.read().await {
            Err(End::Log(fault)) => Err(fault),
            Err(End::Broker(fault)) => {
                // Until now nothing was missed, and what is in hand may have been sent only once.
                self.is_moved |= self.position.is_lossy();
                match self.store().await {
                    Ok(()) => Err(fault),
                    Err(End::Broker(fault) | End::Log(fault)) => Err(fault),
                }
            }
        }
    }

    async fn read(&mut self) -> Result<Infallible, End> {
        let asked = self.topics.ask(self.settings, &self.position);
        self.send(&asked).await?;
        loop {
            match self.next().await? {
                Some(Packet::Publish(message)) => self.take(&message).await?,
                Some(packet) => self.hear(packet)?,
                None => self.hand_over().await?,
            }
        }
    }

    /// The next packet; none when nothing is at hand and the log can have what has come.
    async fn next(&mut self) -> Result<Option<Packet>, End> {
        let has_something =
            !self.batch.is_empty() || !self.answers.is_empty() || (self.is_moved && self.topics.are_settled());
        loop {
            let due = self.topics.until().map_or(self.pulse.due(), |until| until.min(self.pulse.due()));
            tokio::select! {
                biased;
                packet = self.connection.packet() => {
                    self.pulse.heard();
                    return packet.map(Some).map_err(|broken| self.broken(&broken));
                }
                () = ready(()), if has_something => return Ok(None),
                () = sleep_until(due) => {}
            }
            let is_late = self.topics.until().is_some_and(|until| until <= Instant::now());
            if is_late || self.pulse.ask() {
                return Err(self.silent());
            }
            self.send(PING).await?;
        }
    }

    /// Keeps the events of a message, unless the log has them.
    async fn take(&mut self, message: &Publish) -> Result<(), End> {
        if message.qos == 2 && self.position.open.contains(&message.id) {
            self.answers.push(Answer::Received(message.id));
            return Ok(());
        }
        let content = record::content(message, self.settings.envelope);
        if let Some(note) = content.odd.as_ref().and_then(|odd| self.odd.note(odd, &message.topic)) {
            self.sink.tell(Told::Note(note));
        }
        for record in content.records(self.settings.metadata) {
            if self.batch.is_full() {
                self.hand_over().await?;
            }
            self.batch.push(&record);
        }
        match message.qos {
            0 => self.is_moved |= !std::mem::replace(&mut self.position.has_unanswered, true),
            1 => self.answers.push(Answer::Taken(message.id)),
            _ => {
                self.is_moved |= self.position.open.insert(message.id);
                self.answers.push(Answer::Received(message.id));
            }
        }
        if self.batch.is_full() || self.answers.len() >= self.settings.unacknowledged_max {
            self.hand_over().await?;
        }
        Ok(())
    }

    /// What is no message.
    fn hear(&mut self, packet: Packet) -> Result<(), End> {
        match packet {
            Packet::Pubrel(id) => {
                self.is_moved |= self.position.open.remove(&id);
                self.answers.push(Answer::Complete(id));
            }
            Packet::Suback { id, granted } => {
                let heard = self.topics.granted(self.settings, id, &granted, &mut self.position);
                self.is_moved |= heard.map_err(End::Broker)?;
            }
            Packet::Unsuback(_) => {
                self.position.topics.retain(|topic, _| self.settings.topics.contains(topic));
                self.is_moved = true;
            }
            Packet::Pong => {}
            Packet::Connack { .. } | Packet::Publish(_) => {
                return Err(self.broken(&Broken::Violation("a login is answered that nobody has made")));
            }
        }
        Ok(())
    }

    /// Waits until the log has what is in hand, then answers the broker.
    async fn hand_over(&mut self) -> Result<(), End> {
        self.store().await?;
        let mut bytes = Vec::with_capacity(4 * self.answers.len());
        self.answers.drain(..).for_each(|answer| answer.write(&mut bytes));
        if self.pulse.due() <= Instant::now() {
            self.pulse.ask();
            bytes.extend(PING);
        }
        self.send(&bytes).await
    }

    async fn store(&mut self) -> Result<(), End> {
        if self.batch.is_empty() && !self.is_moved {
            return Ok(());
        }
        self.position.seen = self.sink.now();
        let mut commit = pin!(self.sink.commit(std::mem::take(&mut self.batch), self.position.to_text()));
        let mut is_heard = true;
        loop {
            tokio::select! {
                stored = &mut commit => break stored.map_err(End::Log)?,
                // A log that is full for a while is no reason for the broker to give us up.
                () = sleep_until(self.pulse.due()), if is_heard => {
                    self.pulse.ask();
                    // What else is wrong with the connection is told by the next packet.
                    is_heard = timeout(HEARING, self.connection.send(PING)).await.is_ok();
                }
            }
        }
        self.is_moved = false;
        if !is_heard {
            return Err(self.silent());
        }
        self.pulse.heard();
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), End> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.pulse.sent();
        match timeout(HEARING, self.connection.send(bytes)).await {
            Ok(sent) => sent.map_err(|broken| self.broken(&broken)),
            Err(_) => Err(self.silent()),
        }
    }

    /// Something may have been missed since the last word of the connection before.
    fn note_gap(&mut self, broker: &str) {
        let (from, to) = (self.position.seen, self.sink.now());
        self.position.gaps += 1;
        let number = self.position.gaps;
        self.batch.push(record::gap(broker, from, to, number).as_bytes());
        self.is_moved = true;
        self.sink.tell(Told::Note(format!(
            "gap {number}: what was published between {from} and {to}, when there was no connection, is missing as far as the broker has not kept it"
        )));
    }

    fn silent(&self) -> End {
        End::Broker(fault::ended(self.settings, format!("{} does not answer", self.position.broker)))
    }

    fn broken(&self, broken: &Broken) -> End {
        End::Broker(fault::broken(self.settings, &self.position.broker, broken, fault::ended))
    }
}
