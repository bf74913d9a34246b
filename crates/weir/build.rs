//! A new rule or a new build of the page is a reason to build again: what is embedded is only watched file by file.

fn main() {
    for folder in ["../../rules", "../../ui/dist"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
