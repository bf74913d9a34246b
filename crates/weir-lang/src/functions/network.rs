//! Addresses and their networks. Text that is an address counts as one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::Value;

use super::{Args, Fallback, Function, Param, Row, arg, many, opt};
use crate::types::{ARRAY, BOOL, IP, LONG, TEXT};

const ADDRESS: &[Param] = &[arg("expression", IP.or(TEXT))];

macro_rules! test {
    ($name:literal, $says:literal, $yes:literal, $no:literal, $test:expr) => {
        Function {
            name: $name,
            takes: ADDRESS,
            gives: BOOL,
            says: $says,
            examples: &[(concat!($name, "(\"", $yes, "\")"), "true"), (concat!($name, "(\"", $no, "\")"), "false")],
            row: Row::Plain(|args| address(args, $test)),
        }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "ipIn",
        takes: &[arg("needle", ARRAY.or(IP).or(TEXT)), many("haystack", ARRAY.or(IP).or(TEXT))],
        gives: BOOL,
        says: "True when an address of the needle is one of the haystack or in a network of it. Never null.",
        examples: &[
            ("ipIn(\"10.1.2.3\", \"10.0.0.0/8\")", "true"),
            ("ipIn(\"10.1.2.3\", \"10.0.0.0/16\", \"10.1.2.3\")", "true"),
            ("ipIn(\"127.0.0.1/8\", \"127.0.0.1/16\")", "false"),
            ("ipIn(null, \"10.0.0.0/8\")", "false"),
        ],
        row: Row::Plain(|args| {
            let needle = args.value(0);
            Some(Value::Bool(args.rest(1).iter().any(|network| any_in(needle, network))))
        }),
    },
    test!("ipIsLinkLocal", "True in 169.254.0.0/16 and fe80::/10.", "169.254.1.1", "169.255.0.0", link_local),
    test!("ipIsLoopback", "True in 127.0.0.0/8 and for ::1.", "127.0.0.1", "10.0.0.1", |ip| ip.is_loopback()),
    test!(
        "ipIsPrivate",
        "True in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and fc00::/7.",
        "172.16.1.1",
        "127.0.0.1",
        private
    ),
    test!("ipIsPublic", "True when neither private nor loopback nor link-local.", "1.2.3.4", "10.0.0.1", |ip| {
        !private(ip) && !ip.is_loopback() && !link_local(ip)
    }),
    Function {
        name: "ipMask",
        takes: &[arg("expression", IP.or(TEXT)), arg("maskBits", LONG), opt("ipv6MaskBits", LONG, Fallback::Null)],
        gives: IP,
        says: "The address with all but its first bits zero; IPv6 may have a number of its own.",
        examples: &[
            ("ipMask(\"127.1.2.3\", 8)", "127.0.0.0"),
            ("ipMask(\"2001:db8::1\", 16, ipv6MaskBits: 32)", "2001:db8::"),
            ("ipMask(\"127.1.2.3\", 33)", "null"),
        ],
        row: Row::Plain(|args| {
            let ip = args.ip(0)?;
            let bits = match ip {
                IpAddr::V6(_) => args.long(2).or(args.long(1))?,
                IpAddr::V4(_) => args.long(1)?,
            };
            mask(ip, u32::try_from(bits).ok()?).map(Value::Ip)
        }),
    },
    test!("isIp", "True for an ip and for text that is one.", "::1", "x", |_| true),
    test!("isIpV4", "True for an IPv4 address.", "10.0.0.1", "::1", |ip| ip.is_ipv4()),
    test!("isIpV6", "True for an IPv6 address.", "::1", "10.0.0.1", |ip| ip.is_ipv6()),
];

/// Null for null, false for text that is no address.
fn address<'r>(args: &Args<'_, 'r>, test: fn(IpAddr) -> bool) -> Option<Value<'r>> {
    match args.value(0) {
        Value::Ip(_) | Value::Text(_) => Some(Value::Bool(args.ip(0).is_some_and(test))),
        _ => None,
    }
}

fn link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.segments()[0] & 0xffc0 == 0xfe80,
    }
}

fn private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.segments()[0] & 0xfe00 == 0xfc00,
    }
}

fn mask(ip: IpAddr, bits: u32) -> Option<IpAddr> {
    Some(match ip {
        IpAddr::V4(ip) => {
            let keep = if bits == 0 { 0 } else { u32::MAX << 32u32.checked_sub(bits)? };
            IpAddr::V4(Ipv4Addr::from(u32::from(ip) & keep))
        }
        IpAddr::V6(ip) => {
            let keep = if bits == 0 { 0 } else { u128::MAX << 128u32.checked_sub(bits)? };
            IpAddr::V6(Ipv6Addr::from(u128::from(ip) & keep))
        }
    })
}

fn any_in(needle: &Value, network: &Value) -> bool {
    match (needle, network) {
        (Value::Array(items), network) => items.iter().any(|item| any_in(item, network)),
        (needle, Value::Array(items)) => items.iter().any(|item| any_in(needle, item)),
        (needle, network) => match super::args::ip(needle) {
            Some(ip) => is_in(ip, network),
            None => false,
        },
    }
}

fn is_in(ip: IpAddr, network: &Value) -> bool {
    if let Some(other) = super::args::ip(network) {
        return ip == other;
    }
    let Some((base, bits)) = network.as_str().and_then(|text| text.split_once('/')) else { return false };
    match (base.parse::<IpAddr>(), bits.parse()) {
        (Ok(base), Ok(bits)) if base.is_ipv4() == ip.is_ipv4() => {
            mask(base, bits).is_some_and(|base| mask(ip, bits) == Some(base))
        }
        _ => false,
    }
}
