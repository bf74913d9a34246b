//! Lines of stdin in batches, answers to stdout in the order of the lines.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use weir_event::{Fault, limits};

use super::io_fault;
use crate::say;

/// Bytes asked for at once.
const READ_BYTES: usize = 256 << 10;

/// Bytes of a batch, but for its last piece: as many as have come by the time that a worker is free, since many lines are answered faster
/// together.
const BATCH_BYTES: usize = 4 << 20;

/// Bytes of one line; the rest of a longer one is dropped, which is said on stderr.
const LINE_BYTES_MAX: usize = 8 * limits::EVENT_BYTES_MAX;

/// Batches that wait for a worker, and answers that wait to be written.
const WAITING_MAX: usize = 1;

/// Pieces of input that wait to be made a batch.
const PIECES_MAX: usize = 16;

/// Appends the answer to each line of a text, in UTF-8 and with a line break of its own, to the output; [`lines`] are the lines.
pub trait Answer {
    fn answer(&mut self, text: &str, out: &mut Vec<u8>);
}

/// The lines of a text without their line breaks; none stands behind the last one.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]).map(move |at| {
        let line = &text[start..at];
        start = at + 1;
        line.strip_suffix('\r').unwrap_or(line)
    })
}

/// Reads stdin to its end. Every line, without its line break, gets one answer on stdout, in order; `workers` are what answers,
/// each in a thread of its own. Octets that are not UTF-8 become U+FFFD.
///
/// Answers to what has been read are written before more is waited for, so a program can talk to this through pipes.
pub fn answer_stdin<A: Answer + Send>(workers: Vec<A>) -> Result<(), Fault> {
    let read = answer_all(io::stdin(), &mut io::stdout(), workers);
    match read {
        Err(Broken::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Broken::Output(error)) => Err(io_fault("stdout", &error)),
        Err(Broken::Input(error)) => Err(io_fault("stdin", &error)),
        Ok(()) => Ok(()),
    }
}

/// Threads worth starting: one per core, at most eight.
pub fn workers_count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(8)
}

enum Broken {
    Input(io::Error),
    Output(io::Error),
}

fn answer_all<A: Answer + Send>(
    input: impl Read + Send,
    output: &mut (impl Write + Send),
    workers: Vec<A>,
) -> Result<(), Broken> {
    std::thread::scope(|scope| {
        let mut inboxes = Vec::new();
        let mut outboxes = Vec::new();
        for mut worker in workers {
            let (batches, inbox) = sync_channel::<Vec<u8>>(WAITING_MAX);
            let (answers, outbox) = sync_channel::<Vec<u8>>(WAITING_MAX);
            inboxes.push(batches);
            outboxes.push(outbox);
            scope.spawn(move || work(&mut worker, &inbox, &answers));
        }
        let writer = scope.spawn(move || write_in_turn(output, &outboxes));
        let (pieces, read) = sync_channel(PIECES_MAX);
        scope.spawn(move || read_pieces(input, &pieces));
        let read = hand_out(read, &inboxes);
        drop(inboxes);
        let written = writer.join().unwrap_or(Ok(()));
        written.map_err(Broken::Output).and(read.map_err(Broken::Input))
    })
}

/// Answers batches until there are no more or nobody wants the answers.
fn work(worker: &mut impl Answer, inbox: &Receiver<Vec<u8>>, answers: &SyncSender<Vec<u8>>) {
    for batch in inbox {
        // An answer is about three times as long as its line.
        let mut out = Vec::with_capacity(batch.len() * 4);
        let bytes = batch.strip_suffix(b"\n").unwrap_or(&batch);
        // Looked at in one go first, since it mostly is UTF-8 and repairing reads piece by piece.
        let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
        worker.answer(&text, &mut out);
        if answers.send(out).is_err() {
            return;
        }
    }
}

/// Writes the answers: worker after worker, as the batches were handed out.
fn write_in_turn(output: &mut impl Write, outboxes: &[Receiver<Vec<u8>>]) -> io::Result<()> {
    for outbox in outboxes.iter().cycle() {
        let Ok(answers) = outbox.recv() else { break };
        output.write_all(&answers)?;
        output.flush()?;
    }
    Ok(())
}

/// Reads to the end, or until nobody wants more.
fn read_pieces(mut input: impl Read, pieces: &SyncSender<io::Result<Vec<u8>>>) {
    let mut room = vec![0; READ_BYTES];
    loop {
        let piece = match input.read(&mut room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) => return,
            read => read.map(|length| room[..length].to_vec()),
        };
        let is_over = piece.is_err();
        if pieces.send(piece).is_err() || is_over {
            return;
        }
    }
}

/// Adds what has been read, waiting only for the first piece; false at the end of the input.
fn gather(pieces: &Receiver<io::Result<Vec<u8>>>, held: &mut Vec<u8>) -> io::Result<bool> {
    let Ok(first) = pieces.recv() else { return Ok(false) };
    let first = first?;
    if held.is_empty() {
        *held = first;
    } else {
        held.extend_from_slice(&first);
    }
    while held.len() < BATCH_BYTES
        && let Ok(more) = pieces.try_recv()
    {
        held.extend_from_slice(&more?);
    }
    Ok(true)
}

/// Cuts the input into batches of whole lines and hands them out in turn. Ends early when the answers are no longer wanted.
fn hand_out(pieces: Receiver<io::Result<Vec<u8>>>, inboxes: &[SyncSender<Vec<u8>>]) -> io::Result<()> {
    let mut turns = inboxes.iter().cycle();
    let mut held: Vec<u8> = Vec::new();
    let mut skipping = false;
    let mut cut = 0u64;
    loop {
        let start = held.len();
        let goes_on = gather(&pieces, &mut held)?;
        let end = memchr::memrchr(b'\n', &held[start..]).map(|at| start + at + 1);
        let batch = match end {
            _ if !goes_on => std::mem::take(&mut held),
            Some(end) => {
                let rest = held.split_off(end);
                std::mem::replace(&mut held, rest)
            }
            None if held.len() > LINE_BYTES_MAX => {
                if !skipping {
                    (skipping, cut) = (true, cut + 1);
                }
                held.truncate(LINE_BYTES_MAX);
                continue;
            }
            None => continue,
        };
        skipping = false;
        let wanted = batch.is_empty() || turns.next().is_none_or(|inbox| inbox.send(batch).is_ok());
        if !goes_on || !wanted {
            break;
        }
    }
    if cut > 0 {
        say::words(format_args!("{cut} lines were longer than {LINE_BYTES_MAX} bytes and have been cut"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Count(usize);

    impl Answer for Count {
        fn answer(&mut self, text: &str, out: &mut Vec<u8>) {
            for line in lines(text) {
                self.0 += 1;
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
        }
    }

    #[track_caller]
    fn check(input: &[u8], expect: &str) {
        let mut output = Vec::new();
        assert!(answer_all(input, &mut output, vec![Count(0), Count(0), Count(0)]).is_ok());
        assert_eq!(String::from_utf8_lossy(&output), expect);
    }

    #[test]
    fn every_line_gets_one_answer() {
        check(b"", "");
        check(b"a\r\n\nb", "a\n\nb\n");
        check(b"\n", "\n");
        check(b"\xff\n", "\u{fffd}\n");
    }

    #[test]
    fn many_batches_keep_their_order() {
        let input: String = (0..200_000).map(|number| format!("line {number}\n")).collect();
        check(input.as_bytes(), &input);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let mut input = vec![b'x'; LINE_BYTES_MAX + READ_BYTES * 3];
        input.extend_from_slice(b"\nnext\n");
        let mut output = Vec::new();
        assert!(answer_all(&input[..], &mut output, vec![Count(0)]).is_ok());
        assert!(output.len() < input.len() && output.ends_with(b"\nnext\n"));
    }
}
