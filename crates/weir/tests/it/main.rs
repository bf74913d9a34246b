//! The whole program from outside: the real binary as a child process, real sockets, real files.
//!
//! One binary for all of it, because each one links the query engine. Tests wait for states with [`until::until`]; nothing
//! sleeps for a length of time and hopes.
#![allow(clippy::print_stderr, reason = "a test says its seed, and what the process under test said")]

mod bad_input;
mod client;
mod disk_full;
mod doubles;
mod hunt;
mod intake;
mod kill;
mod known_intakes;
mod leases;
mod loader;
mod log_in;
mod mqtt;
mod numbers;
mod outputs;
mod process;
mod pull;
mod query_errors;
mod readers;
mod restart;
mod syslog;
mod tenants;
mod tls;
mod too_large;
mod topics;
mod until;
