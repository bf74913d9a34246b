//! Readers against real servers: PostgreSQL, MariaDB, Mosquitto and SSH as Debian packages them, each on a free port in a folder of its own.
//!
//! `cargo xtask test` installs the programs; a test whose program is missing fails and says which.

mod databases;
mod hosts;
#[cfg(feature = "mqtt")]
mod mqtt;
mod servers;
mod sink;
#[cfg(feature = "kafka")]
mod topics;
