//! What a client of the library complains of. Most of it ends by itself.

use std::sync::{Mutex, PoisonError};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// The last complaint that nobody has looked at.
#[derive(Default)]
pub struct Trouble(Mutex<Option<(RDKafkaErrorCode, String)>>);

impl Trouble {
    pub fn note(&self, error: &KafkaError, reason: &str) {
        let Some(code) = error.rdkafka_error_code() else { return };
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A broker that refuses us says more than that there is none left.
        if code != RDKafkaErrorCode::AllBrokersDown || trouble.is_none() {
            *trouble = Some((code, reason.to_owned()));
        }
    }

    pub fn take(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
