//! The doubles: one file a manifest, `VENDOR_PRODUCT.rs` for `packs/VENDOR/PRODUCT`.

mod aws_cloudtrail;
mod crowdstrike_alert;
mod darktrace_threat_visualizer;
mod microsoft_defender_incident;
mod okta_system_log;
mod rapid7_appspider;
mod rapid7_insightvm;
mod rapid7_nexpose;
mod sentry_issues;
mod servicenow_table;
mod sumologic_messages;
mod tenable_assets;
mod tenable_security_center;
mod vectra_detect;
mod vectra_respond;

use crate::double::Source;

pub const ALL: &[Source] = &[
    aws_cloudtrail::SOURCE,
    crowdstrike_alert::SOURCE,
    darktrace_threat_visualizer::SOURCE,
    microsoft_defender_incident::SOURCE,
    okta_system_log::SOURCE,
    rapid7_appspider::SOURCE,
    rapid7_insightvm::SOURCE,
    rapid7_nexpose::SOURCE,
    sentry_issues::SOURCE,
    servicenow_table::SOURCE,
    sumologic_messages::SOURCE,
    sumologic_messages::RECORDS,
    tenable_assets::SOURCE,
    tenable_security_center::SOURCE,
    vectra_detect::SOURCE,
    vectra_respond::SOURCE,
];
