//! Words by which others know something of a data directory.

use weir_event::{Fault, FaultKind};
use weir_store::Store;

/// A word that nothing else has, made when it is first asked for and the same from then on, for as long as the data directory lives.
pub fn kept_word(store: &Store, tenant: &str, mark: &str) -> Result<String, Fault> {
    if let Some(word) = store.mark(tenant, mark)? {
        return Ok(format!("{word:016x}"));
    }
    let mut word = [0; 8];
    getrandom::fill(&mut word)
        .map_err(|error| Fault::new("CLI-008", FaultKind::Bug, "the system gives no random numbers").because(error))?;
    let word = i64::from_le_bytes(word);
    store.set_mark(tenant, mark, word)?;
    Ok(format!("{word:016x}"))
}
