//! How long files are. Reported, not judged: a long file is a question, not an error.

use super::source::Source;

/// Lines of code a file should stay under.
const CODE_LINES: usize = 200;
const LONGEST_SHOWN: usize = 5;

/// Prints how many files are long and which are the longest.
pub fn report(sources: &[Source]) {
    let mut lengths: Vec<(usize, &str)> =
        sources.iter().map(|source| (code_lines(source), source.path.as_str())).collect();
    lengths.sort_unstable_by(|left, right| right.cmp(left));
    let long = lengths.iter().filter(|(lines, _)| *lines > CODE_LINES).count();
    eprintln!("tidy: {long} of {} files over {CODE_LINES} lines of code; the longest:", lengths.len());
    for (lines, path) in lengths.iter().take(LONGEST_SHOWN) {
        eprintln!("tidy:   {lines:>5}  {path}");
    }
}

/// Lines that are neither empty nor only a comment; tests beside the code do not count.
fn code_lines(source: &Source) -> usize {
    let code = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    source.shipped().filter(|(_, line)| code(line)).count()
}
