//! What only the whole of a configuration can tell: tenants that do not exist, addresses that are listened on twice.

use std::net::SocketAddr;

use weir_event::{Fault, FaultKind};

use super::{Config, Source, SourceKind};
use crate::listen::Tls;

pub fn check(config: &Config, faults: &mut Vec<Fault>) {
    if config.tenants.is_empty() {
        let fault = Fault::new("CONFIG-017", FaultKind::Config, "there is no tenant");
        faults.push(fault.hint("list one under `tenants:`, or leave the key out"));
        return;
    }
    let listeners = config.sources.iter().filter_map(|source| source.tls()).chain(&config.http_tls);
    faults.extend(listeners.filter_map(|files| Tls::open(files).err()));
    check_sources(config, faults);
    check_addresses(config, faults);
    check_pullers(config, faults);
    check_outputs(config, faults);
    for rule in &config.rules {
        for (tenant, at) in rule.tenants.iter().filter(|(tenant, _)| config.tenant(tenant).is_none()) {
            faults.push(no_tenant(tenant, at, config));
        }
    }
}

fn check_sources(config: &Config, faults: &mut Vec<Fault>) {
    for source in &config.sources {
        if crate::rules::is_finding(&source.name) {
            let says = format!("the source `{}` has a name that only rules may have", source.name);
            let fault = Fault::new("CONFIG-016", FaultKind::Config, says).at(&source.at);
            faults.push(fault.hint("choose a name without `rule/` in front"));
        }
        if config.tenant(&source.tenant).is_none() {
            faults.push(no_tenant(&source.tenant, &source.at, config));
        }
    }
}

fn check_pullers(config: &Config, faults: &mut Vec<Fault>) {
    for (index, puller) in config.pullers.iter().enumerate() {
        if let Some(other) = config.pullers[..index].iter().find(|other| other.name == puller.name) {
            let says = format!("two pullers are called `{}`", puller.name);
            let fault = Fault::new("COLLECT-010", FaultKind::Config, says).at(&puller.at);
            faults.push(fault.because(format!("the other is at {}", other.at)).hint("give each its own name"));
        }
        if config.tenant(&puller.tenant).is_none() {
            faults.push(no_tenant(&puller.tenant, &puller.at.to_string(), config));
        }
    }
}

fn check_outputs(config: &Config, faults: &mut Vec<Fault>) {
    for output in &config.outputs {
        if config.tenant(&output.tenant).is_none() {
            faults.push(no_tenant(&output.tenant, &output.at, config));
        }
        faults.extend(output.filter.as_ref().and_then(|filter| crate::server::filter::compile(filter).err()));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Transport {
    Udp,
    Tcp,
}

/// Somebody who listens.
struct Listener<'c> {
    transport: Transport,
    addr: SocketAddr,
    /// `None` for the API.
    source: Option<&'c Source>,
}

impl Listener<'_> {
    /// True where the system lets only one of both listen. Port 0 picks a free one each time.
    fn meets(&self, other: &Listener<'_>) -> bool {
        let (one, two) = (self.addr, other.addr);
        let is_both = one.ip() == two.ip()
            || one.is_ipv4() == two.is_ipv4() && (one.ip().is_unspecified() || two.ip().is_unspecified());
        self.transport == other.transport && one.port() == two.port() && one.port() != 0 && is_both
    }
}

fn listeners(config: &Config) -> Vec<Listener<'_>> {
    let mut all = vec![Listener { transport: Transport::Tcp, addr: config.http, source: None }];
    for source in &config.sources {
        let SourceKind::Syslog { udp, tcp, .. } = &source.kind else { continue };
        let both = [(Transport::Udp, udp), (Transport::Tcp, tcp)];
        let own = both.into_iter().filter_map(|(transport, addr)| Some((transport, (*addr)?)));
        all.extend(own.map(|(transport, addr)| Listener { transport, addr, source: Some(source) }));
    }
    all
}

fn check_addresses(config: &Config, faults: &mut Vec<Fault>) {
    let all = listeners(config);
    for (index, listener) in all.iter().enumerate() {
        if let Some(other) = all[..index].iter().find(|other| listener.meets(other)) {
            faults.push(two_listen(listener, other));
        }
    }
}

fn two_listen(listener: &Listener<'_>, other: &Listener<'_>) -> Fault {
    let over = match listener.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
    };
    let whose = match other.source {
        None => format!("the API listens on {} (`http.listen`)", other.addr),
        Some(source) => format!("the source `{}` listens on {}, {}", source.name, other.addr, source.at),
    };
    let place = listener.source.map_or("http", |source| &source.at);
    Fault::new("CONFIG-021", FaultKind::Config, format!("{} is taken already over {over}", listener.addr))
        .at(place)
        .because(whose)
        .hint("give each listener its own port")
}

fn no_tenant(tenant: &str, place: &str, config: &Config) -> Fault {
    let known: Vec<&str> = config.tenants.iter().map(|tenant| &*tenant.id).collect();
    let hint = match weir_event::nearest(tenant, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known tenants: {}", known.join(", ")),
    };
    Fault::new("CONFIG-014", FaultKind::Config, format!("there is no tenant `{tenant}`")).at(place).hint(hint)
}
