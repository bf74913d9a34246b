//! Scheduled rules: a question asked again and again about what has arrived since the last time, each row of the answer a
//! security event.

mod cron;

pub use cron::Cron;
