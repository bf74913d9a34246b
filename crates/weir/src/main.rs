//! The `weir` binary: configuration, command line, listeners, HTTP API, tokens, metrics, scheduled rules, and the wiring
//! between the crates that do the work.
//!
//! Start at [`cli`] (what a user can type), [`server`] (what `weir run` starts) and [`http`] (every route in one list).
//!
//! Never does: parsing, planning, storage formats. Nothing depends on this crate.
#![forbid(unsafe_code)]

mod auth;
mod cli;
mod config;
mod files;
mod http;
mod listen;
mod outputs;
mod pull;
mod readers;
mod retry;
mod rules;
mod say;
mod seal;
mod server;
mod stats;
mod when;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
