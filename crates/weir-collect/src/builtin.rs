//! The manifests that ship with weir.

include!(concat!(env!("OUT_DIR"), "/pullers.rs"));
