//! `weir doctor`: is a data directory whole?

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use weir_event::{Disk, Fault};
use weir_store::{OsDisk, Report};

use super::{Exit, need_data};
use crate::say;
use crate::server::HOLD_PREFIX;

#[derive(clap::Args)]
pub struct Args {
    /// Data directory of a weir that does not run
    #[arg(long, value_name = "DIR", default_value = "weir-data")]
    data: PathBuf,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// Verifies every checksum, the catalogue against the files, and the state database. Changes nothing.
pub fn run(args: Args) -> Result<Exit, Fault> {
    need_data(&args.data)?;
    let disk: Arc<dyn Disk> = Arc::new(OsDisk);
    let report = weir_store::verify(&disk, &args.data, &args.data.join("log"))?;
    let outputs = outputs(&report);
    let findings =
        report.findings.iter().map(|finding| json!({"at": finding.at.display().to_string(), "says": finding.says}));
    if args.json {
        say::data(json!({
            "log_files": report.log_files,
            "log_records": report.log_records,
            "log_bytes": report.log_bytes,
            "segments": report.segments,
            "segment_rows": report.segment_rows,
            "segment_bytes": report.segment_bytes,
            "sealed_through": report.sealed_through,
            "outputs": outputs.iter().map(|(tenant, name, next)| json!({"tenant": tenant, "name": name, "next": next})).collect::<Vec<_>>(),
            "findings": findings.collect::<Vec<_>>(),
        }));
    } else {
        say::data(format_args!(
            "log: {} files, {} records, {} bytes",
            report.log_files, report.log_records, report.log_bytes
        ));
        say::data(format_args!(
            "segments: {}, {} rows, {} bytes; sealed through position {}",
            report.segments, report.segment_rows, report.segment_bytes, report.sealed_through
        ));
        for (tenant, name, next) in outputs {
            let waiting = (report.logged_through + 1).saturating_sub(next);
            say::data(format_args!("output {name} of {tenant}: goes on at position {next}, {waiting} chunks wait"));
        }
        for finding in &report.findings {
            say::data(format_args!("damage: {}: {}", finding.at.display(), finding.says));
        }
        kernel_advice();
        say::data(if report.findings.is_empty() { "all is well" } else { "something is damaged" });
    }
    Ok(if report.findings.is_empty() { Exit::Ok } else { Exit::Findings })
}

/// Where outputs stand: tenant, name, the position that comes next.
fn outputs(report: &Report) -> Vec<(&str, &str, u64)> {
    let marks = report.marks.iter();
    let outputs = marks.filter_map(|(tenant, mark, next)| {
        let name = mark.strip_prefix(HOLD_PREFIX)?;
        Some((tenant.as_str(), name, u64::try_from(*next).unwrap_or(0)))
    });
    outputs.collect()
}

/// Linux keeps fewer bytes for a UDP socket than weir asks for unless it is told otherwise.
fn kernel_advice() {
    let most = std::fs::read_to_string("/proc/sys/net/core/rmem_max").unwrap_or_default();
    if most.trim().parse::<u64>().is_ok_and(|bytes| bytes < 8 << 20) {
        say::words(format_args!(
            "note: the kernel keeps at most {} bytes for a UDP socket; raise it with `sysctl -w net.core.rmem_max=8388608`",
            most.trim()
        ));
    }
}
