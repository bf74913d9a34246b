//! Every double of a vendor's API over real HTTP, and one process that pulls from all of them: what is stored is the truth of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use weir_testkit::double::{Double, HOUR, Kept, Service, Setting, Source};
use weir_testkit::{HttpDouble, doubles};

use super::process::{Home, Weir};
use super::until::until_within;

/// A double that listens.
struct Vendor {
    source: &'static Source,
    /// The puller's name: a pack may have several sources.
    name: String,
    double: Arc<dyn Double>,
    http: HttpDouble,
}

/// Sources have limits of requests that are fixed: some answers take their time.
const PATIENCE: Duration = Duration::from_secs(180);
/// Everything has happened by now, and has come in sight.
const AGO: i64 = 8 * HOUR;

#[test]
fn what_all_vendors_have_is_stored_once() {
    let now = now();
    let wanted = std::env::var("WEIR_DOUBLE").unwrap_or_default();
    // Manifests whose address is fixed would ask the real vendor.
    let can_be_asked = |source: &Source| {
        source.config.contains("{origin}")
            && source.pack.contains(&wanted)
            && source.services.iter().any(|service| !service.is_simulated)
    };
    let sources = doubles::ALL.iter().enumerate().filter(|(_, source)| can_be_asked(source));
    // Some packs have two.
    let name = |place: usize, source: &Source| format!("{}.{place}", source.pack.replace('/', "."));
    let vendors: Vec<Vendor> = sources.map(|(place, source)| Vendor::start(source, name(place, source), now)).collect();
    let home = Home::new();
    let pullers: Vec<Value> = vendors.iter().map(|vendor| vendor.puller(now)).collect();
    home.write("pullers.yaml", &json!({ "pullers": pullers }).to_string());
    let mut weir = home.start();
    let mut left: Vec<(&Vendor, &Service)> =
        vendors.iter().flat_map(|vendor| vendor.services().map(move |service| (vendor, service))).collect();
    while let Some((vendor, service)) = left.pop() {
        match service.kept {
            Kept::Table => vendor.await_table(service, &home.data()),
            Kept::Events | Kept::Samples => vendor.await_events(service, &mut weir),
        }
    }
    assert!(weir.stop().success());
    home.assert_well();
}

/// Milliseconds.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

impl Vendor {
    fn start(source: &'static Source, name: String, now: i64) -> Vendor {
        let setting = Setting { seed: 1, start: now - AGO, asked_from: now, jobs_quicker: 60 };
        let double: Arc<dyn Double> = (source.new)(&setting).into();
        let answers = double.clone();
        let http = HttpDouble::start(move |asked| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_millis() as i64);
            answers.answer(asked, now).unwrap_or_else(|refusal| refusal)
        });
        Vendor { source, name, double, http: http.unwrap() }
    }

    /// Those that a real clock is enough for.
    fn services(&self) -> impl Iterator<Item = &'static Service> + use<> {
        self.source.services.iter().filter(|service| !service.is_simulated)
    }

    fn puller(&self, now: i64) -> Value {
        let settings: Value = serde_json::from_str(&self.source.config(&self.http.url(), now - AGO)).unwrap();
        let services: Vec<&str> = self.services().map(|service| service.stream).collect();
        json!({"name": self.name, "pack": self.source.pack, "table": "logs", "settings": settings, "services": services})
    }

    /// Waits until there are as many events as the truth has, and compares.
    fn await_events(&self, service: &Service, weir: &mut Weir) {
        let from = format!(
            "fetch logs, from: now() - 3650d, to: now() + 3650d | filter weir.source == \"{}/{}\"",
            self.name, service.stream
        );
        let wanted = match service.kept {
            Kept::Samples => 1,
            _ => self.double.truth(service.stream).len() as u64,
        };
        let mut count = 0;
        until_within(PATIENCE, &format!("{wanted} events of {}/{}", self.name, service.stream), || {
            let rows = weir.query(&format!("{from} | summarize n = count()"));
            count = rows.first().and_then(|row| row["n"].as_u64()).unwrap_or(0);
            (count >= wanted).then_some(())
        });
        let rows = weir.query(&format!("{from} | fields content"));
        self.compare(service, rows.iter().map(|row| row["content"].as_str().unwrap_or_default()));
    }

    /// Waits until one of the lookup tables is the truth.
    fn await_table(&self, service: &Service, data: &Path) {
        let truth: BTreeSet<String> = self.double.truth(service.stream).into_iter().collect();
        until_within(PATIENCE, &format!("the table of {}/{}", self.name, service.stream), || {
            let tenants = fs::read_dir(data.join("lookups")).ok()?.flatten();
            let mut files = tenants.flat_map(|tenant| fs::read_dir(tenant.path()).into_iter().flatten().flatten());
            files.find_map(|file| {
                let text = fs::read_to_string(file.path()).ok()?;
                let ids: Vec<String> = text.lines().map(|row| service.id_of(row)).collect::<Result<_, _>>().ok()?;
                (ids.len() == truth.len() && ids.into_iter().collect::<BTreeSet<_>>() == truth).then_some(())
            })
        });
    }

    /// Each id of the truth once, and no other.
    #[track_caller]
    fn compare<'r>(&self, service: &Service, records: impl Iterator<Item = &'r str>) {
        let truth: BTreeSet<String> = self.double.truth(service.stream).into_iter().collect();
        let mut stored = BTreeMap::<String, u64>::new();
        for record in records {
            let id = service.id_of(record).unwrap_or_else(|why| panic!("{}/{}: {why}", self.name, service.stream));
            *stored.entry(id).or_default() += 1;
        }
        let missing = truth.iter().filter(|id| service.kept != Kept::Samples && !stored.contains_key(*id)).count();
        let twice = stored.values().filter(|count| **count > 1).count();
        let unknown = stored.keys().filter(|id| !truth.contains(*id)).count();
        assert_eq!(
            (missing, twice, unknown),
            (0, 0, 0),
            "{}/{}: missing, twice, not of the truth",
            self.name,
            service.stream
        );
    }
}
