//! Addresses that are never called: where a cloud hands out the credentials of the machine, and where nobody can be meant.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

pub const FORBIDDEN: &str = "an address that weir never calls (link-local, multicast, or none at all)";

/// The address of a URL without a name, when it is one that is not called.
pub fn forbidden_literal(address: &Url) -> Option<IpAddr> {
    let ip: IpAddr = address.host_str()?.trim_matches(['[', ']']).parse().ok()?;
    is_forbidden(ip).then_some(ip)
}

/// Link-local and multicast addresses, the unspecified one, and where clouds serve metadata over IPv6. Private and loopback ones are where
/// appliances and relays are.
fn is_forbidden(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_multicast() || ip.is_unspecified() || ip.is_broadcast(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_forbidden(IpAddr::V4(ip)),
            None => {
                let metadata = ip.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254];
                metadata || ip.is_unicast_link_local() || ip.is_multicast() || ip.is_unspecified()
            }
        },
    }
}

/// The system's resolver, less the addresses that are not called. What was looked at is what is connected to, so a name cannot change
/// in between.
pub struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| !is_forbidden(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::new(Refused(name.as_str().to_owned())).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A name all of whose addresses are forbidden.
#[derive(Debug)]
pub struct Refused(String);

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` leads to {FORBIDDEN}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::is_forbidden;

    #[test]
    fn addresses_of_the_link_are_not_called() {
        for ip in
            ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1", "ff02::1", "fd00:ec2::254"]
        {
            assert!(is_forbidden(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["127.0.0.1", "10.0.0.1", "192.0.2.1", "2001:db8::1", "::1", "fd00:ec2::1"] {
            assert!(!is_forbidden(ip.parse().unwrap()), "{ip}");
        }
    }
}
