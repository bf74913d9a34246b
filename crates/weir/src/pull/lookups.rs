//! Lists as lookup tables: files that `load` reads.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use weir_collect::{Lookup, fault};
use weir_event::Fault;

use crate::files::replace;
use crate::say::log;

/// The folder of a tenant's lookup tables.
#[derive(Clone, Debug)]
pub struct Lookups {
    folder: Arc<Path>,
}

impl Lookups {
    /// `data` is the data directory.
    pub fn new(data: &Path, tenant: &str) -> Lookups {
        Lookups { folder: data.join("lookups").join(tenant).into() }
    }

    /// Puts a table in the place of the one of its name. Whoever reads sees the old one or the new one, also after a crash.
    pub fn put(&self, table: &Lookup) -> Result<(), Fault> {
        let path = self.folder.join(format!("{}.jsonl", table.name));
        self.write(&path, table.rows.as_bytes())
            .map_err(|error| fault::lookup_unwritten(&table.name, &format!("{}: {error}", path.display())))?;
        log("info", format_args!("lookup table written name={} rows={}", table.name, table.count));
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        replace(path, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let lookups = Lookups::new(folder.path(), "northside");
        for (rows, count) in [("{\"id\":1}\n{\"id\":2}\n", 2), ("{\"id\":3}\n", 1), ("", 0)] {
            lookups.put(&Lookup { name: "things".to_owned(), rows: rows.to_owned(), count }).unwrap();
            let inside: Vec<_> = fs::read_dir(folder.path().join("lookups/northside"))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(inside, ["things.jsonl"]);
            assert_eq!(fs::read_to_string(folder.path().join("lookups/northside/things.jsonl")).unwrap(), rows);
        }
    }

    #[test]
    fn a_table_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lookups"), "a file").unwrap();
        let fault = Lookups::new(folder.path(), "t").put(&Lookup::default()).unwrap_err();
        assert_eq!((fault.id(), fault.kind()), ("COLLECT-604", weir_event::FaultKind::Storage));
    }
}
