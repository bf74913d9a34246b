use super::*;

#[track_caller]
fn check(pieces: &[&[u8]], frames: &[&str], notes: &[&str]) {
    let mut splitter = Splitter::new(100);
    let (mut found, mut seen) = (Vec::new(), Notes::default());
    let mut sink = |frame: Frame| {
        seen = seen.and(frame.notes);
        found.push(String::from_utf8_lossy(frame.bytes).into_owned());
    };
    for piece in pieces {
        splitter.push(piece, &mut sink).unwrap();
    }
    splitter.finish(&mut sink);
    assert_eq!(found, frames);
    assert_eq!(seen.iter().collect::<Vec<_>>(), notes);
}

/// The same frames come out wherever the network cuts the stream.
#[test]
fn reads_may_end_anywhere() {
    let stream = b"<13>one\r\n7 <13>two9 CEF:1|a|b\n\n80 LEEF\n<14>three\0 4 <x\nplain\n";
    let whole = ["<13>one", "<13>two", "CEF:1|a|b", "80 LEEF", "<14>three", " 4 <x", "plain"];
    check(&[stream], &whole, &[]);
    for cut in 0..stream.len() {
        check(&[&stream[..cut], &stream[cut..]], &whole, &[]);
    }
    check(&stream.iter().map(std::slice::from_ref).collect::<Vec<_>>(), &whole, &[]);
}

#[test]
fn a_wrong_count_is_noted_and_costs_one_line() {
    check(&[b"7 <13>h\xc3\xa9y\n7 <13>two"], &["<13>h\u{e9}", "y", "<13>two"], &["frame_resync"]);
    check(&[b"50 <13>cut off"], &["<13>cut off"], &["frame_truncated"]);
    check(&[b"50 "], &["50 "], &[]);
}

#[test]
fn a_frame_that_is_too_large_ends_the_connection() {
    let mut splitter = Splitter::new(10);
    let mut frames = 0;
    let counted = splitter.push(b"<1>a\n9999999999 <13>big", &mut |_| frames += 1);
    assert_eq!((counted, frames), (Err(TooLarge { sample: b"9999999999 <13>big".to_vec() }), 1));
    let mut splitter = Splitter::new(10);
    assert!(splitter.push(b"0123456789\n", &mut |_| {}).is_ok());
    assert!(splitter.push(b"01234567890\n", &mut |_| {}).is_err());
    let mut splitter = Splitter::new(10);
    assert!(splitter.push(b"012345", &mut |_| {}).is_ok());
    assert!(splitter.push(b"67890123", &mut |_| {}).is_err());
}

#[test]
fn an_idle_half_is_cut() {
    let mut splitter = Splitter::default();
    splitter.push(b"<13>half", &mut |_| {}).unwrap();
    assert_eq!(splitter.waiting(), 8);
    let mut shown = Vec::new();
    splitter.cut(&mut |frame| shown.push((frame.bytes.to_vec(), frame.notes.has(Notes::FRAME_TRUNCATED))));
    assert_eq!(shown, [(b"<13>half".to_vec(), true)]);
    assert_eq!(splitter.waiting(), 0);
}

#[test]
fn a_long_line_comes_in_many_small_reads() {
    let mut splitter = Splitter::default();
    for _ in 0..(1 << 20) / 64 - 1 {
        splitter.push(&[b'x'; 64], &mut |_| {}).unwrap();
    }
}

#[test]
fn a_datagram_is_one_message() {
    assert_eq!(datagram(b"<13>a\nb\r\n\0"), Some(&b"<13>a\nb"[..]));
    assert_eq!(datagram(b"\r\n"), None);
}
