//! The doubles: one file a manifest, `VENDOR_PRODUCT.rs` for `packs/VENDOR/PRODUCT`.

mod aws_cloudtrail;
mod crowdstrike_alert;
mod darktrace_threat_visualizer;
mod github;
mod github_audit;
mod github_issue;
mod github_security_alert;
mod hibp_breaches;
mod ibm_qradar;
mod log_analytics;
mod microsoft_azure_firewall;
mod microsoft_configmgr;
mod microsoft_defender_incident;
mod microsoft_entra_graph;
mod microsoft_log_analytics;
mod okta_system_log;
mod otx_pulses;
mod proofpoint_tap;
mod qualys_host_assets;
mod qualys_vmdr;
mod quest_kace;
mod rapid7_appspider;
mod rapid7_insightvm;
mod rapid7_nexpose;
mod sentry_issues;
mod servicenow_table;
mod shadowserver_reports;
mod shodan_banners;
mod splunk_results;
mod sumologic_messages;
mod tenable_assets;
mod tenable_scan_files;
mod tenable_security_center;
mod trellix_epo_cloud;
mod trellix_epo_web;
mod vectra_detect;
mod vectra_respond;
mod wazuh_alerts;
mod wazuh_manager;
mod zscaler_audit;

use crate::double::Source;

pub const ALL: &[Source] = &[
    aws_cloudtrail::SOURCE,
    crowdstrike_alert::SOURCE,
    darktrace_threat_visualizer::SOURCE,
    github_audit::SOURCE,
    github_issue::SOURCE,
    github_security_alert::SOURCE,
    hibp_breaches::SOURCE,
    ibm_qradar::SOURCE,
    microsoft_azure_firewall::SOURCE,
    microsoft_configmgr::SOURCE,
    microsoft_defender_incident::SOURCE,
    microsoft_entra_graph::SOURCE,
    microsoft_log_analytics::SOURCE,
    okta_system_log::SOURCE,
    otx_pulses::SOURCE,
    proofpoint_tap::SOURCE,
    qualys_host_assets::SOURCE,
    qualys_vmdr::SOURCE,
    quest_kace::SOURCE,
    rapid7_appspider::SOURCE,
    rapid7_insightvm::SOURCE,
    rapid7_nexpose::SOURCE,
    sentry_issues::SOURCE,
    servicenow_table::SOURCE,
    splunk_results::SOURCE,
    splunk_results::STATISTICS,
    shadowserver_reports::SOURCE,
    shodan_banners::SOURCE,
    sumologic_messages::SOURCE,
    sumologic_messages::RECORDS,
    tenable_assets::SOURCE,
    tenable_scan_files::SOURCE,
    tenable_security_center::SOURCE,
    trellix_epo_cloud::SOURCE,
    trellix_epo_web::SOURCE,
    vectra_detect::SOURCE,
    vectra_respond::SOURCE,
    wazuh_alerts::SOURCE,
    wazuh_manager::SOURCE,
    zscaler_audit::SOURCE,
    zscaler_audit::LEGACY,
];
