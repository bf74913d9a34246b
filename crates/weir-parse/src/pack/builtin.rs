//! The packs of the repository, found by the build script.

include!(concat!(env!("OUT_DIR"), "/packs.rs"));
