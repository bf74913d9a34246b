//! The doubles: one file a manifest, `VENDOR_PRODUCT.rs` for `packs/VENDOR/PRODUCT`.

mod darktrace_threat_visualizer;
mod okta_system_log;

use crate::double::Source;

pub const ALL: &[Source] = &[darktrace_threat_visualizer::SOURCE, okta_system_log::SOURCE];
