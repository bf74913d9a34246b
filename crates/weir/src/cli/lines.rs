//! Lines of stdin in batches, answers to stdout in the order of the lines.

mod inflow;
mod spare;

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use weir_event::{Fault, limits};

use self::inflow::Inflow;
use self::spare::Spare;
use super::io_fault;
use crate::say;

/// Bytes of a batch, but for what was read last: as many as have come by the time that a worker is free, since many lines are answered
/// faster together.
const BATCH_BYTES: usize = 4 << 20;

/// Bytes of one line; the rest of a longer one is dropped, which is said on stderr.
const LINE_BYTES_MAX: usize = 8 * limits::EVENT_BYTES_MAX;

/// Bytes of answers for which room is made, for each byte of lines. Room that stays empty costs nothing, growing costs copies.
const ANSWERS_PER_BYTE: usize = 2;

/// Batches that wait for a worker, and answers that wait to be written.
const WAITING_MAX: usize = 1;

/// Appends the answer to each line of a text, in UTF-8 and with a line break of its own, to the output; [`weir_parse::lines`] are
/// the lines.
pub trait Answer {
    fn answer(&mut self, text: &str, out: &mut Vec<u8>);
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
    let inflow = Inflow::new(BATCH_BYTES, LINE_BYTES_MAX);
    let (used, answered) = (&Spare::default(), &Spare::default());
    std::thread::scope(|scope| {
        let mut inboxes = Vec::new();
        let mut outboxes = Vec::new();
        for mut worker in workers {
            let (batches, inbox) = sync_channel::<Vec<u8>>(WAITING_MAX);
            let (answers, outbox) = sync_channel::<Vec<u8>>(WAITING_MAX);
            inboxes.push(batches);
            outboxes.push(outbox);
            scope.spawn(move || {
                for batch in inbox {
                    let mut out = answered.take();
                    answer(&mut worker, &batch, &mut out);
                    used.give(batch);
                    if answers.send(out).is_err() {
                        return;
                    }
                }
            });
        }
        let writer = scope.spawn(move || write_in_turn(output, &outboxes, answered));
        scope.spawn(|| inflow.fill(input));
        let read = hand_out(&inflow, &inboxes, used);
        drop(inboxes);
        let written = writer.join().unwrap_or(Ok(()));
        written.map_err(Broken::Output).and(read.map_err(Broken::Input))
    })
}

/// Answers the lines of a batch.
fn answer(worker: &mut impl Answer, batch: &[u8], out: &mut Vec<u8>) {
    let bytes = batch.strip_suffix(b"\n").unwrap_or(batch);
    // Looked at in one go first, since it mostly is UTF-8 and repairing reads piece by piece.
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    // Other memory instead of more of it, which would copy what nobody needs.
    if out.capacity() < ANSWERS_PER_BYTE * text.len() {
        *out = Vec::with_capacity(ANSWERS_PER_BYTE * text.len());
    }
    worker.answer(&text, out);
}

/// Writes the answers: worker after worker, as the batches were handed out.
fn write_in_turn(output: &mut impl Write, outboxes: &[Receiver<Vec<u8>>], answered: &Spare) -> io::Result<()> {
    for outbox in outboxes.iter().cycle() {
        let Ok(answers) = outbox.recv() else { break };
        output.write_all(&answers)?;
        output.flush()?;
        answered.give(answers);
    }
    Ok(())
}

/// Hands the input out in turn, in batches of whole lines. Ends early when the answers are no longer wanted.
fn hand_out(inflow: &Inflow, inboxes: &[SyncSender<Vec<u8>>], used: &Spare) -> io::Result<()> {
    let mut turns = inboxes.iter().cycle();
    while let Some(batch) = inflow.take(used.take())? {
        if turns.next().is_none_or(|inbox| inbox.send(batch).is_err()) {
            inflow.close();
            break;
        }
    }
    let cut = inflow.cut();
    if cut > 0 {
        say::words(format_args!("{cut} lines were longer than {LINE_BYTES_MAX} bytes and have been cut"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use weir_parse::lines;

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
        let mut input = vec![b'x'; LINE_BYTES_MAX + BATCH_BYTES];
        input.extend_from_slice(b"\nnext\n");
        let mut output = Vec::new();
        assert!(answer_all(&input[..], &mut output, vec![Count(0)]).is_ok());
        assert!(output.len() < input.len() && output.ends_with(b"\nnext\n"));
    }
}
