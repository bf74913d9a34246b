//! Files by their names, through rotations.

use weir_collect::Told;
use weir_event::Fault;

use super::file::{Last, is_same, read};
use super::session::Session;
use super::sftp::{Open, Sftp};
use super::state::{Mark, State};
use super::{Settings, fault};
use crate::reader::{Pulled, Sink};

/// Files that one source follows.
const FILES_MAX: usize = 1_000;

/// Reads what each file has grown by, in the order of their names.
pub async fn pull<S: Sink>(
    settings: &Settings,
    patterns: &[String],
    session: &Session,
    state: Option<&str>,
    sink: &S,
) -> Result<Pulled, Fault> {
    let state = state.map(State::from_text).transpose().map_err(|why| fault::bad_state(settings, why))?;
    let sftp = Sftp::open(settings, session).await?;
    let mut files = Files { settings, sftp, state: state.unwrap_or_default(), sink, pulled: Pulled::default() };
    for pattern in patterns {
        for path in files.paths(pattern).await? {
            files.follow(&path).await?;
        }
    }
    Ok(files.pulled)
}

struct Files<'f, S> {
    settings: &'f Settings,
    sftp: Sftp<'f>,
    state: State,
    sink: &'f S,
    pulled: Pulled,
}

impl<S: Sink> Files<'_, S> {
    /// The paths that a pattern means now.
    async fn paths(&mut self, pattern: &str) -> Result<Vec<String>, Fault> {
        let (folder, last) = split(pattern);
        if !last.contains(['*', '?']) {
            return Ok(vec![pattern.to_owned()]);
        }
        let names = self.sftp.names(folder).await?;
        let mut paths: Vec<String> =
            names.iter().filter(|name| matches(last, name)).map(|name| format!("{folder}/{name}")).collect();
        paths.sort();
        if paths.len() > FILES_MAX {
            let says = format!("`{pattern}` means {} files, the first {FILES_MAX} are read", paths.len());
            self.sink.tell(Told::Note(says));
            paths.truncate(FILES_MAX);
        }
        Ok(paths)
    }

    async fn follow(&mut self, path: &str) -> Result<(), Fault> {
        let Some(file) = self.sftp.file(path).await? else {
            // Between two moments of a rotation there is none.
            return if self.state.files.contains_key(path) { Ok(()) } else { Err(fault::no_file(self.settings, path)) };
        };
        if let Some(mark) = self.state.files.get(path).cloned()
            && !is_same(&mut self.sftp, &file, &mark).await?
        {
            self.finish_old(path, &mark).await?;
            self.state.files.insert(path.to_owned(), Mark::start());
        }
        self.read(&file, Last::Waits, path).await?;
        self.sftp.done(file).await
    }

    /// Another file has taken the name: reads the end of the one before, wherever it is now.
    async fn finish_old(&mut self, path: &str, mark: &Mark) -> Result<(), Fault> {
        let (folder, last) = split(path);
        let names = self.sftp.names(folder).await?;
        let mut old: Vec<&String> = names.iter().filter(|name| name.starts_with(last) && *name != last).collect();
        old.sort();
        for name in old {
            let Some(file) = self.sftp.file(&format!("{folder}/{name}")).await? else { continue };
            if is_same(&mut self.sftp, &file, mark).await? {
                self.read(&file, Last::Counts, path).await?;
                return self.sftp.done(file).await;
            }
            self.sftp.done(file).await?;
        }
        let says = format!(
            "{path} was replaced, and what it held before cannot be found beside it: lines behind byte {} are not read",
            mark.offset
        );
        self.sink.tell(Told::Note(says));
        Ok(())
    }

    async fn read(&mut self, file: &Open, last: Last, path: &str) -> Result<(), Fault> {
        let Files { sftp, state, sink, pulled, .. } = self;
        read(sftp, file, last, (state, path), (*sink, pulled)).await
    }
}

/// Folder and name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or((".", path))
}

/// `*` stands for any letters, `?` for one. Linear in the text for each star.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some('*') => {
                star = Some((place, at));
                place += 1;
            }
            Some(&each) if each == '?' || each == text[at] => {
                place += 1;
                at += 1;
            }
            _ => {
                let Some((from, taken)) = star else { return false };
                star = Some((from, taken + 1));
                (place, at) = (from + 1, taken + 1);
            }
        }
    }
    pattern[place..].iter().all(|&each| each == '*')
}

#[cfg(test)]
mod tests {
    #[test]
    fn stars_and_question_marks_stand_for_letters() {
        for (pattern, text, expected) in [
            ("*.log", "a.log", true),
            ("*.log", "a.log.1", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("?.log", "ä.log", true),
            ("*", "", true),
            ("", "a", false),
        ] {
            assert_eq!(super::matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
