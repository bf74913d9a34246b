use super::*;

#[track_caller]
fn check(pieces: &[&str], expected: &[&str], rest: Option<&str>) {
    let mut lines = Lines::default();
    let found: Vec<Line> = pieces.iter().flat_map(|piece| lines.push(piece.as_bytes())).collect();
    let texts: Vec<_> = found.iter().map(|line| String::from_utf8_lossy(line.bytes())).collect();
    assert_eq!(texts, expected);
    let last = lines.finish();
    assert_eq!(last.as_ref().map(|line| String::from_utf8_lossy(line.bytes()).into_owned()).as_deref(), rest);
    let bytes: u64 =
        found.iter().map(|line| line.raw.len() as u64).sum::<u64>() + last.map_or(0, |line| line.raw.len() as u64);
    assert_eq!(bytes, pieces.iter().map(|piece| piece.len() as u64).sum::<u64>());
}

#[test]
fn lines_end_where_they_end() {
    check(&["a\nb\r\n", "c", "d\n", "\n"], &["a", "b", "cd", ""], None);
    check(&["a\nrest"], &["a"], Some("rest"));
    check(&[], &[], None);
}

#[test]
fn a_line_without_end_is_cut() {
    let long = "x".repeat(limits::EVENT_BYTES_MAX + 5);
    check(&[&long], &[&long[..limits::EVENT_BYTES_MAX]], Some("xxxxx"));
}
