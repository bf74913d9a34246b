//! The doubles: one file a manifest, `VENDOR_PRODUCT.rs` for `packs/VENDOR/PRODUCT`.

mod aruba_clearpass_api;
mod atlassian_jira;
mod aws_access_analyzer;
mod aws_cloudtrail;
mod aws_cloudtrail_s3;
mod aws_iam;
mod crowdstrike_alert;
mod crowdstrike_host;
mod crowdstrike_incident;
mod ctci_cewl;
mod darktrace_threat_visualizer;
mod elastic_elasticsearch;
mod elastic_security_alerts;
mod exabeam_new_scale;
mod exabeam_notable_users;
mod extrahop_revealx;
mod falcon;
mod fastly_signal_sciences;
mod fidelis_commandpost;
mod github;
mod github_audit;
mod github_issue;
mod github_security_alert;
mod graph;
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
mod threatq_platform;
mod trellix_epo_cloud;
mod trellix_epo_web;
mod vectra_detect;
mod vectra_respond;
mod wazuh_alerts;
mod wazuh_manager;
mod zscaler_audit;

use crate::double::Source;

pub const ALL: &[Source] = &[
    aruba_clearpass_api::SOURCE,
    atlassian_jira::SOURCE,
    aws_access_analyzer::SOURCE,
    aws_cloudtrail::SOURCE,
    aws_cloudtrail_s3::SOURCE,
    aws_iam::SOURCE,
    crowdstrike_alert::SOURCE,
    crowdstrike_host::SOURCE,
    crowdstrike_incident::SOURCE,
    ctci_cewl::CHANGES,
    ctci_cewl::SOURCE,
    darktrace_threat_visualizer::SOURCE,
    elastic_elasticsearch::OLD,
    elastic_elasticsearch::SOURCE,
    elastic_security_alerts::SOURCE,
    exabeam_new_scale::SOURCE,
    exabeam_notable_users::SOURCE,
    extrahop_revealx::SOURCE,
    fastly_signal_sciences::SOURCE,
    fidelis_commandpost::SOURCE,
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
    shadowserver_reports::SOURCE,
    shodan_banners::SOURCE,
    splunk_results::SOURCE,
    splunk_results::STATISTICS,
    sumologic_messages::RECORDS,
    sumologic_messages::SOURCE,
    tenable_assets::SOURCE,
    tenable_scan_files::SOURCE,
    tenable_security_center::SOURCE,
    threatq_platform::SOURCE,
    trellix_epo_cloud::SOURCE,
    trellix_epo_web::SOURCE,
    vectra_detect::SOURCE,
    vectra_respond::SOURCE,
    wazuh_alerts::SOURCE,
    wazuh_manager::SOURCE,
    zscaler_audit::LEGACY,
    zscaler_audit::SOURCE,
];
