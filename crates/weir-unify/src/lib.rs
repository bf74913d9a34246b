//! Switches on the features that small shared packages have in the whole workspace, for every selection of crates.
//!
//! Without it `cargo test -p weir-query` compiles the query engine a second time, because a package far below it has one feature less than
//! in a build of the workspace. Has no code, never will.
