//! Drivers: what collectors send goes over real sockets here.
//!
//! Start at [`Http`], which answers the requests that the engine of `weir-collect` makes.
//!
//! Never does: decide what is asked, when, or what an answer means. Never follows a redirect, and never calls an address that only this
//! machine or its cloud answers to.
#![forbid(unsafe_code)]

mod http;

pub use http::Http;
