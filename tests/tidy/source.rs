//! Enters: the text of a Rust file. Leaves: its code without comments and literals, its functions, its crate.
//! Never: parses Rust; braces, words and literals are enough for the house rules.

/// One Rust file.
pub(super) struct File {
    /// From the repository's root: `src/case/mod.rs`.
    pub(super) path: String,
    pub(super) text: String,
    /// The text without what is in comments and literals; every line keeps its number.
    pub(super) code: String,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: code_of(text) }
    }

    /// The words of the code, each with its place.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = from + self.code.get(from..)?.find(is_word)?;
            let rest = &self.code[start..];
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            from = start + word.len();
            Some((start, word))
        })
    }

    /// `src/case/mod.rs:12: what`.
    pub(super) fn fault(&self, at: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line_of(&self.code, at))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

pub(super) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let blank = literal_or_comment(rest, code.ends_with(is_word));
        let (part, left) = rest.split_at(if blank == 0 { first.len_utf8() } else { blank });
        match blank {
            0 => code.push(first),
            _ => code.extend(part.chars().map(|c| if c == '\n' { c } else { ' ' })),
        }
        rest = left;
    }
    code
}

/// How many bytes at the start of `rest` are a comment or a literal.
fn literal_or_comment(rest: &str, within_word: bool) -> usize {
    let upto = |from: usize, end: &str| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        let mut escaped = true;
        let ends = |(_, c): &(usize, char)| {
            let end = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            end
        };
        return rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at + 1);
    }
    if let Some(after) = rest.strip_prefix('\'') {
        let mut chars = after.chars();
        return match (chars.next(), chars.next()) {
            (Some('\\'), Some(escaped)) => upto(2 + escaped.len_utf8(), "'"),
            (Some(c), Some('\'')) => c.len_utf8() + 2,
            _ => 0,
        };
    }
    let raw = ["r", "br"].iter().find(|prefix| !within_word && rest.starts_with(**prefix));
    raw.map_or(0, |prefix| {
        let after = &rest[prefix.len()..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        let opened = after[hashes..].starts_with('"');
        if opened { upto(prefix.len() + hashes + 1, &format!("\"{}", "#".repeat(hashes))) } else { 0 }
    })
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = match &rest[at..] {
            left if left.starts_with("/*") => (depth + 1, 2),
            left if left.starts_with("*/") => (depth.saturating_sub(1), 2),
            left => (depth, left.chars().next().map_or(1, char::len_utf8)),
        };
        depth = step.0;
        at += step.1;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A function with a body, its first and last line.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) first: usize,
    pub(super) last: usize,
}

pub(super) fn functions(file: &File) -> Vec<Function> {
    let words: Vec<(usize, &str)> = file.words().collect();
    let named = words.windows(2).filter_map(|pair| match pair {
        [(at, "fn"), (start, name)] if start - at == "fn ".len() => Some((*at, *name)),
        _ => None,
    });
    let whole = named.filter_map(|(at, name)| {
        let (mut braces, mut others) = (0_usize, 0_usize);
        for (offset, c) in file.code[at..].char_indices() {
            match c {
                '(' | '[' if braces == 0 => others += 1,
                ')' | ']' if braces == 0 => others = others.saturating_sub(1),
                ';' if braces == 0 && others == 0 => return None,
                '{' => braces += 1,
                '}' if braces <= 1 => {
                    let (first, last) = (line_of(&file.code, at), line_of(&file.code, at + offset));
                    return Some(Function { name: name.to_owned(), first, last });
                }
                '}' => braces -= 1,
                _ => {}
            }
        }
        None
    });
    whole.collect()
}

/// The crate that a file belongs to: `seal` of `crates/seal/src/keys.rs`.
pub(super) fn crate_of(path: &str) -> &str {
    path.strip_prefix("crates/").and_then(|path| path.split('/').next()).unwrap_or("")
}
