//! Drivers: what collectors send goes over real sockets here, and sources that do not speak HTTP are read here.
//!
//! Start at [`Http`], which answers the requests that the engine of `weir-collect` makes; for databases, hosts and topics at [`Sink`],
//! which is what [`sql::pull`], [`ssh::pull`], [`kafka::run`] and [`mqtt::run`] hand their records to.
//!
//! Never does: decide what is asked over HTTP, when, or what an answer means. Never follows a redirect, and never calls an address that
//! only this machine or its cloud answers to.
#![forbid(unsafe_code)]

#[cfg(any(feature = "sql", feature = "ssh"))]
mod hash;
mod http;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(any(feature = "kafka", feature = "mqtt", feature = "sql", feature = "ssh"))]
mod kept;
#[cfg(any(feature = "kafka", feature = "mqtt"))]
mod message;
#[cfg(feature = "mqtt")]
pub mod mqtt;
pub mod pem;
#[cfg(any(feature = "kafka", feature = "mqtt", feature = "sql", feature = "ssh"))]
mod reader;
#[cfg(feature = "sql")]
pub mod sql;
#[cfg(feature = "ssh")]
pub mod ssh;

pub use http::Http;
#[cfg(any(feature = "kafka", feature = "mqtt", feature = "sql", feature = "ssh"))]
pub use reader::{Pulled, Sink};
