//! Events made from a seed: the same seed gives the same bytes. Addresses and names are of the documentation ranges.

/// A small generator (xorshift64*), good enough to vary values.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len() as u64) as usize]
    }

    fn ip(&mut self) -> String {
        format!("{}.{}", self.pick(&["192.0.2", "198.51.100", "203.0.113", "10.1.7"]), self.below(256))
    }

    fn mac(&mut self) -> String {
        let bits = self.next();
        format!("02:00:{:02X}:{:02X}:{:02X}:{:02X}", bits & 255, bits >> 8 & 255, bits >> 16 & 255, bits >> 24 & 255)
    }
}

/// Mixed syslog: a third Datto-like CEF, then firewalls of two vendors and plain lines. Newline-framed, about 250 bytes a line.
pub fn mixed(count: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut out = Vec::with_capacity(count * 260);
    for _ in 0..count {
        let line = match random.below(12) {
            0..=3 => datto(&mut random),
            4..=6 => asa(&mut random),
            7..=9 => fortigate(&mut random),
            _ => plain(&mut random),
        };
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out
}

fn datto(random: &mut Random) -> String {
    let (name, tail) = match random.below(3) {
        0 => ("probe", String::new()),
        1 => ("assoc", format!(" dvc:{} dvchost:HOST-{}", random.ip(), random.below(500))),
        _ => ("disassoc", format!(" reason:{}", random.below(40))),
    };
    let (class, ap, station) = (random.pick(&["wifi", "dhcp"]), random.mac(), random.mac());
    let at = 1_780_000_000 + random.below(100_000);
    let priority = 8 * 16 + random.below(8);
    let ssid = random.pick(&["Guest", "Corner Cafe WiFi", "Staff", "Northside-Guest"]);
    format!(
        "<{priority}>CEF:1|Datto|AccessPoint|7.1.0|{class}|{name}|0|rt={at} smac={ap} cs2:{ssid} dmac:{station}{tail}"
    )
}

fn asa(random: &mut Random) -> String {
    let (from, to, number) = (random.ip(), random.ip(), random.below(1_000_000));
    let (port, other) = (1024 + random.below(60_000), random.pick(&["443", "53", "22", "8080"]));
    let said = match random.below(3) {
        0 => format!(
            "%ASA-6-302013: Built outbound TCP connection {number} for outside:{to}/{other} ({to}/{other}) to inside:{from}/{port} ({from}/{port})"
        ),
        1 => format!(
            "%ASA-6-302014: Teardown TCP connection {number} for outside:{to}/{other} to inside:{from}/{port} duration 0:00:{:02} bytes {number} TCP FINs",
            random.below(60)
        ),
        _ => format!(
            "%ASA-4-106023: Deny tcp src outside:{to}/{port} dst inside:{from}/{other} by access-group \"outside_in\" [0x0, 0x0]"
        ),
    };
    format!("<166>Nov 21 2026 04:{:02}:{:02} fw{} : {said}", random.below(60), random.below(60), random.below(9))
}

fn fortigate(random: &mut Random) -> String {
    let (from, to, port) = (random.ip(), random.ip(), 1024 + random.below(60_000));
    let (second, action, service) =
        (random.below(60), random.pick(&["close", "deny", "accept"]), random.pick(&["HTTPS", "DNS", "SSH"]));
    format!(
        "<189>date=2026-11-21 time=04:30:{second:02} devname=\"FGT-{}\" devid=\"FGT60E0000000001\" eventtime=17952354{second:02}000000000 tz=\"+0000\" \
         logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip={from} srcport={port} srcintf=\"port12\" \
         dstip={to} dstport=443 dstintf=\"port11\" policyid={} action=\"{action}\" proto=6 service=\"{service}\" sentbyte={} rcvdbyte={}",
        random.below(9),
        random.below(99),
        random.below(100_000),
        random.below(1_000_000)
    )
}

fn plain(random: &mut Random) -> String {
    let user = random.pick(&["ana", "bo", "chris", "dee"]);
    format!(
        "<86>Nov 21 04:{:02}:{:02} host{} sshd[{}]: Accepted publickey for {user} from {} port {} ssh2",
        random.below(60),
        random.below(60),
        random.below(50),
        random.below(30_000),
        random.ip(),
        1024 + random.below(60_000)
    )
}

/// A JSON array of `count` resolver records around `at_seconds`; every `hit_every`-th names the domain that the hunt looks for.
pub fn resolver(count: usize, random: &mut Random, at_seconds: u64, hit_every: u64) -> String {
    let mut out = String::from("[");
    for index in 0..count {
        let (host, ip) = (random.below(9_999), random.ip());
        let domain = if random.below(hit_every) == 0 {
            "tiitha-maliciousdomain.com"
        } else {
            random.pick(&["example.com", "example.net", "example.org"])
        };
        let at = stamp(at_seconds - random.below(240));
        let content = format!(
            r#"{{\"version\":\"1.1\",\"query_timestamp\":\"{at}\",\"query_name\":\"h{host}.{domain}.\",\"query_type\":\"A\",\"rcode\":\"NOERROR\",\"srcaddr\":\"{ip}\",\"srcport\":\"{host}\",\"transport\":\"UDP\"}}"#
        );
        let comma = if index == 0 { "" } else { "," };
        out.push_str(&format!(r#"{comma}{{"timestamp":"{at}","aws.log_group":"/aws/route53/unguard-secla-demo/resolver-logs","message":"{content}"}}"#));
    }
    out.push(']');
    out
}

/// Seconds since 1970 as `2026-11-21T04:30:00Z` (civil from days, for years 1970 to 2400).
pub fn stamp(seconds: u64) -> String {
    let (mut days, rest) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}T{:02}:{:02}:{:02}Z", month + 1, days + 1, rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_the_bytes() {
        assert_eq!(mixed(200, 1), mixed(200, 1));
        assert_ne!(mixed(200, 1), mixed(200, 2));
        assert_eq!(mixed(200, 1).iter().filter(|byte| **byte == b'\n').count(), 200);
    }

    #[test]
    fn resolver_records_are_json() {
        let text = resolver(3, &mut Random::new(1), 1_795_235_400, 2);
        let value: serde_json::Value = serde_json::from_str(&text).expect("json");
        let message = value[0]["message"].as_str().expect("message");
        assert!(serde_json::from_str::<serde_json::Value>(message).expect("inner json")["query_name"].is_string());
    }

    #[test]
    fn times_are_right() {
        assert_eq!(
            [stamp(0), stamp(1_709_210_096), stamp(1_795_235_400)],
            ["1970-01-01T00:00:00Z", "2024-02-29T12:34:56Z", "2026-11-21T04:30:00Z"]
        );
    }
}
