//! Local doubles of vendors' APIs. Each knows what happened (its truth), answers as the vendor documents it, checks who asks, and
//! refuses what the vendor refuses.
//!
//! A manifest is run against its double with troubles in between and deaths of the process; then what is stored is the truth, nothing
//! missing and nothing twice. The doubles stand in `doubles/`, one file a manifest.

mod asked;
mod bodies;
mod grants;
mod marks;
mod signed;
#[cfg(test)]
mod tests;
mod times;
mod truth;

pub use asked::Parameters;
pub use bodies::{csv, element, gzip, leaf, next_link};
pub use grants::Grants;
pub use marks::Marks;
pub use serde_json::{Value, json};
pub use signed::{AwsKeys, Hash, base64, escaped, hex, hmac, sigv4};
pub use times::{iso, iso_seconds, read_time, strftime, strptime};
pub use truth::{Event, HOUR, MINUTE, SECOND, Shape, Truth, page};

use crate::{Answer, Asked};

/// An error is a refusal in the vendor's words. A manifest that asks rightly gets none but those for log-ins that are over.
pub type Answered = Result<Answer, Answer>;

/// A vendor's API. All times are milliseconds since 1970.
pub trait Double: Send + Sync {
    fn answer(&self, asked: &Asked, now: i64) -> Answered;

    /// The ids that a stream has to bring in the end; for [`Kept::Samples`] those that were given out.
    fn truth(&self, stream: &str) -> Vec<String>;

    /// Forgets all log-ins, as after a change of password. Nothing to do where each request is signed.
    fn revoke(&self) {}

    /// How it says that it was asked too often.
    fn too_often(&self) -> Answer {
        Answer::new(429, &[], "")
    }
}

/// A manifest and the double that it is run against.
pub struct Source {
    /// Folder below `packs/`, such as `acme/firewall`.
    pub pack: &'static str,
    /// The settings of a puller in JSON. `{origin}` stands for `https://host` of the double, `{start}` for the time of the first event.
    pub config: &'static str,
    pub services: &'static [Service],
    pub new: fn(&Setting) -> Box<dyn Double>,
}

/// A stream of the manifest.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    pub stream: &'static str,
    /// JSON pointers into a stored record; their values, joined by a blank, are its id. `A|B` is `B` where `A` leads nowhere: a snapshot
    /// tells of what is gone by its key alone.
    pub id: &'static [&'static str],
    pub kept: Kept,
    /// How long the stream is pulled in simulated time.
    pub hours: i64,
    /// The parameter of the address, or the member of the body, that asks for another page than the first one.
    pub page: Option<&'static str>,
    /// Asked in simulated time only: it needs so many requests, one after the other, that a real clock takes minutes, or what is stored of a
    /// record does not hold its id.
    pub is_simulated: bool,
    /// Given to everybody, also without the secret.
    pub is_open: bool,
}

/// What becomes of the records of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Events: each id of the truth once.
    Events,
    /// Events of which some may be lost while the source does not answer: figures of a moment. None twice.
    Samples,
    /// A lookup table: its rows are the truth.
    Table,
}

/// What a double is made of: the same again for the same seed.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub seed: u64,
    /// The time before which nothing happens.
    pub start: i64,
    /// From when on the source is asked. What has changed before is only seen as it is then.
    pub asked_from: i64,
    /// By how much jobs of the source are quicker than documented, where time is real.
    pub jobs_quicker: i64,
}

impl Service {
    pub const fn new(stream: &'static str, id: &'static [&'static str]) -> Service {
        Service { stream, id, kept: Kept::Events, hours: 6, page: None, is_simulated: false, is_open: false }
    }

    pub const fn kept(self, kept: Kept) -> Service {
        Service { kept, ..self }
    }

    pub const fn open(self) -> Service {
        Service { is_open: true, ..self }
    }

    pub const fn simulated(self) -> Service {
        Service { is_simulated: true, ..self }
    }

    pub const fn hours(self, hours: i64) -> Service {
        Service { hours, ..self }
    }

    pub const fn page(self, name: &'static str) -> Service {
        Service { page: Some(name), ..self }
    }

    /// The id of a stored record; `Err` names the pointer that leads nowhere.
    pub fn id_of(&self, record: &str) -> Result<String, String> {
        let record: Value = serde_json::from_str(record).map_err(|error| format!("{error}: {record}"))?;
        let found = |pointer: &str| record.pointer(pointer).filter(|value| !value.is_null());
        let part = |pointers: &&str| match pointers.split('|').find_map(found) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Ok(other.to_string()),
            None => Err(format!("no {pointers} in {record}")),
        };
        Ok(self.id.iter().map(part).collect::<Result<Vec<_>, _>>()?.join(" "))
    }
}

impl Setting {
    /// How long a job of the source takes.
    pub fn takes(&self, ms: i64) -> i64 {
        ms / self.jobs_quicker
    }
}

impl Source {
    /// The settings of a puller in JSON.
    pub fn config(&self, origin: &str, start: i64) -> String {
        self.config.replace("{origin}", origin).replace("{start}", &iso_seconds(start))
    }
}
