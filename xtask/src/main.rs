//! All automation of the repository: `cargo xtask help` lists it.
//!
//! Never does: anything a person could not do by hand with the commands it prints. Depends on no crate of the product, so it builds in
//! seconds and works when the product does not compile.

mod bench;
mod browser;
mod ci;
mod docs;
mod fuzz;
mod install;
mod run;
mod sh;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask run [ARGS]     install what the build needs, build, start `weir demo ARGS`
cargo xtask test [FILTER]  install what the tests need, run them all, or those whose name holds FILTER
cargo xtask ci             the gate: tidy, format, UI, lints, browser, tests
cargo xtask tidy           house rules: crate edges, pure crates, vendor names, feature sets, file lengths
cargo xtask ui             build the page into ui/dist
cargo xtask docs           gather spec/ into docs/
cargo xtask fuzz TARGET [--runs N] [--seed S] [--from N]
                           mutate the reference's examples at dpl_compile, dpl_match or dql_compile, or
                           the packs' samples at parse_line
cargo xtask bench [--quick] [--events N] [--hunt N] [tcp|parse|http|hunt|idle|peers ...]
                           figures of this machine, beside a floor; printed, never judged;
                           `peers` beside other engines, when WEIR_PEERS names the peer benchmark
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    match dispatch(&command, &args.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, args: &[String]) -> Result<()> {
    match command {
        "run" => run::run(args),
        "test" => test::run(args),
        "ci" => ci::run(),
        "tidy" => tidy::run(),
        "ui" => ui::build(),
        "docs" => docs::run(),
        "fuzz" => fuzz::run(args),
        "bench" => bench::run(args),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("no command `{other}`\n{HELP}"),
    }
}
