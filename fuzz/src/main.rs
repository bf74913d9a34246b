//! Fuzzing on the stable compiler: `cargo run --release -- TARGET [--runs N] [--seed S] [--from N]`.
//!
//! Every run is made from the seed and its number alone, so that `--from N --runs 1` does it again. A run that fails prints its number and
//! its input. Where cargo-fuzz is at hand, `cargo +nightly fuzz run --features libfuzzer TARGET` looks deeper, guided by what is covered.

mod corpus;
mod mutate;

use std::cell::RefCell;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use corpus::Corpus;
use mutate::Random;

/// Takes an input, and panics when something does not hold.
type Run = fn(&[u8]);

const RUNS: u64 = 1_000_000;
const SEED: u64 = 0x5eed;
const TARGETS: &[(&str, Run)] = &[
    ("dpl_compile", weir_fuzz::dpl_compile),
    ("dpl_match", weir_fuzz::dpl_match),
    ("dql_compile", weir_fuzz::dql_compile),
    ("parse_line", weir_fuzz::parse_line),
];

thread_local! {
    /// Number and input of the run that is going on, for the message when it fails.
    static CURRENT: RefCell<(u64, Vec<u8>)> = const { RefCell::new((0, Vec::new())) };
}

struct Wanted {
    target: &'static str,
    run: Run,
    runs: u64,
    seed: u64,
    from: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(wanted) = wanted(&args) else {
        say("usage: weir-fuzz dpl_compile|dpl_match|dql_compile|parse_line [--runs N] [--seed S] [--from N]");
        return ExitCode::from(2);
    };
    let corpus = Corpus::read();
    std::panic::set_hook(Box::new(|info| {
        CURRENT.with_borrow(|(number, input)| {
            say(&format!("run {number} fails: {info}\ninput: {}", String::from_utf8_lossy(input).escape_debug()));
        });
    }));
    let started = Instant::now();
    let mut failed = 0;
    for number in wanted.from..wanted.from.saturating_add(wanted.runs) {
        let input = corpus.input(wanted.target, &mut Random::new(wanted.seed, number));
        CURRENT.with_borrow_mut(|current| *current = (number, input.clone()));
        failed += u64::from(std::panic::catch_unwind(|| (wanted.run)(&input)).is_err());
        if failed >= 20 {
            break;
        }
        if (number + 1) % 1_000_000 == 0 {
            say(&format!("{} runs of {} in {:.0} s", number + 1, wanted.target, started.elapsed().as_secs_f64()));
        }
    }
    say(&format!("{}: {} runs, {failed} failed, {:.0} s", wanted.target, wanted.runs, started.elapsed().as_secs_f64()));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wanted(args: &[String]) -> Option<Wanted> {
    let (name, flags) = args.split_first()?;
    let (target, run) = *TARGETS.iter().find(|(target, _)| target == name)?;
    let number = |flag: &str, default: u64| match flags.iter().position(|have| have == flag) {
        Some(at) => flags.get(at + 1)?.parse().ok(),
        None => Some(default),
    };
    Some(Wanted {
        target,
        run,
        runs: number("--runs", RUNS)?,
        seed: number("--seed", SEED)?,
        from: number("--from", 0)?,
    })
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
