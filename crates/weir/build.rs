//! Lets the page be embedded when it has been built, and weir be built when it has not.

fn main() {
    let dist = std::path::Path::new("../../ui/dist");
    // Without the folder the embedding macro has nothing to look at; a failure here shows up there.
    let _ = std::fs::create_dir_all(dist);
    println!("cargo:rerun-if-changed=../../ui/dist");
    println!("cargo:rerun-if-changed=../../rules");
}
