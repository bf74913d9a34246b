//! Comparisons that look at every pair of characters; texts too long for that give no result.

/// Pairs of characters one comparison looks at.
const PAIRS_MAX: usize = 1 << 24;

/// Insertions, deletions and replacements that turn one text into the other.
pub fn levenshtein(a: &str, b: &str) -> Option<i64> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().saturating_mul(b.len()) > PAIRS_MAX {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(diagonal + 1).min(row[j] + 1);
        }
    }
    i64::try_from(row[b.len()]).ok()
}

/// `%` any run, `_` one character, `\` takes the next character as it is.
pub fn like(text: &str, pattern: &str) -> Option<bool> {
    if text.len().saturating_mul(pattern.len()) > PAIRS_MAX * 4 {
        return None;
    }
    let text: Vec<char> = text.chars().collect();
    let pattern = marks(pattern);
    let (mut t, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Mark::Run) => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(Mark::One) => {
                t += 1;
                p += 1;
            }
            Some(Mark::Is(c)) if *c == text[t] => {
                t += 1;
                p += 1;
            }
            _ => match &mut retry {
                None => return Some(false),
                Some((after_run, start)) => {
                    *start += 1;
                    (p, t) = (*after_run, *start);
                }
            },
        }
    }
    Some(pattern[p..].iter().all(|mark| matches!(mark, Mark::Run)))
}

enum Mark {
    Run,
    One,
    Is(char),
}

fn marks(pattern: &str) -> Vec<Mark> {
    let mut chars = pattern.chars();
    let mut marks = Vec::with_capacity(pattern.len());
    while let Some(c) = chars.next() {
        marks.push(match c {
            '%' => Mark::Run,
            '_' => Mark::One,
            '\\' => Mark::Is(chars.next().unwrap_or('\\')),
            c => Mark::Is(c),
        });
    }
    marks
}
