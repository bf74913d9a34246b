//! Collectors: sources that are asked. A manifest says how, as data; one engine runs them all.
//!
//! Start at [`Manifest`] (how a source is asked), [`Service`] (a stream of it with the settings of one puller) and [`pull`] (ask for
//! what is new). [`State`] is what outlives a pull; it is written with the records it belongs to.
//!
//! Never does: sockets, files, clocks, threads. Everything a pull waits for is in [`World`], so that tests run years in seconds and stop
//! a pull at any point.
#![forbid(unsafe_code)]

mod auth;
mod build;
mod call;
mod charset;
mod digest;
pub mod fault;
pub mod fixture;
mod http;
pub mod manifest;
mod page;
mod path;
mod peer;
mod pull;
mod service;
mod session;
pub mod settings;
mod slot;
mod state;
mod steps;
mod transform;
mod url;
mod when;
mod world;

pub use http::{Broken, Reply, Request};
pub use manifest::Manifest;
pub use pull::{Pulled, pull, set_up};
pub use service::Service;
pub use session::Session;
pub use state::{Change, Known, SEEN_MAX, Sent, State};
pub use url::is_loopback;
pub use world::{Commit, Lookup, Told, Wire, World};
