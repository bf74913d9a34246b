//! The doubles: one file a manifest, `VENDOR_PRODUCT.rs` for `packs/VENDOR/PRODUCT`.

mod aws_cloudtrail;
mod crowdstrike_alert;
mod darktrace_threat_visualizer;
mod microsoft_defender_incident;
mod okta_system_log;

use crate::double::Source;

pub const ALL: &[Source] = &[
    aws_cloudtrail::SOURCE,
    crowdstrike_alert::SOURCE,
    darktrace_threat_visualizer::SOURCE,
    microsoft_defender_incident::SOURCE,
    okta_system_log::SOURCE,
];
