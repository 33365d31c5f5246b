//! Enters: text that is not JSON, and where its parser gave up. Leaves: what a hand did there, in words, with its place.
//! Never: repeats the text: a character is named, and a name or a value is not.

/// A place in the text, the cause and the cure.
pub(crate) type Spoilt = (usize, String, String);

/// Characters that word processors put in the place of quotes.
const QUOTES: [char; 16] = [
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{ab}',
    '\u{bb}', '\u{2039}', '\u{203a}', '\u{2032}', '\u{2033}', '\u{ff02}', '\u{b4}',
];

const STRAIGHT: &str =
    "write straight double quotes (\") instead; a text editor does, and a word processor changes them";

/// Says what is wrong with a text that is not JSON. `gave_up` is the offset at which its parser stopped, and `words` what
/// that one says of it.
pub(crate) fn spoilt(text: &str, gave_up: usize, words: &str) -> Spoilt {
    let seen = scan(text, gave_up);
    if let Some(at) = seen.curly_end.filter(|curly| seen.mark.is_none_or(|(mark, _)| *curly < mark)) {
        let cause = "the text that begins here has a curly quote in it, and so does not end where it should";
        return (at, cause.to_owned(), STRAIGHT.to_owned());
    }
    if let Some((at, mark)) = seen.mark {
        return of_mark(at, mark);
    }
    let (at, cause, cure) = told(text, gave_up, words, &seen);
    (at, cause.to_owned(), cure.to_owned())
}

/// What stands in a text up to a place.
#[derive(Default)]
struct Seen {
    /// The first character outside quotes that JSON does not have there.
    mark: Option<(usize, char)>,
    /// Where a text begins that a curly quote seems to end, and after whose straight one nothing fits.
    curly_end: Option<usize>,
    /// Where the last text began.
    text_at: usize,
    /// Whether that text has not ended.
    open: bool,
    /// The last comma outside quotes, with nothing but white space after it.
    comma: Option<usize>,
    /// The end of the last thing outside white space.
    end: usize,
}

fn scan(text: &str, up_to: usize) -> Seen {
    let mut seen = Seen::default();
    let (mut escaped, mut word, mut after_text) = (false, false, false);
    // Where the text begins, in which or behind which this is, if a curly quote seems to end it.
    let mut curly = None;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at <= up_to) {
        if seen.open {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => (seen.open, seen.end, after_text) = (false, at + 1, true),
                _ if QUOTES.contains(&c) && followed_by_structure(text, at + c.len_utf8()) => {
                    curly = Some(seen.text_at);
                }
                _ => {}
            }
            continue;
        }
        if let Some(text_at) = curly.filter(|_| !c.is_whitespace()) {
            seen.curly_end = seen.curly_end.or((!",:}]".contains(c)).then_some(text_at));
            curly = None;
        }
        // Where the parser stopped is no end of what came before.
        let end = if at < up_to { at + 1 } else { seen.end };
        match c {
            '"' => (seen.open, seen.text_at, seen.comma) = (true, at, None),
            ',' => (seen.comma, seen.end) = (Some(at), end),
            '}' | ']' if seen.comma.is_some() => {
                seen.mark = seen.mark.or(seen.comma.map(|comma| (comma, ',')));
            }
            '{' | '}' | '[' | ']' | ':' => (seen.comma, seen.end) = (None, end),
            ' ' | '\t' | '\n' | '\r' => {}
            _ if c.is_ascii_digit() || "+-.eE".contains(c) => (seen.comma, seen.end) = (None, end),
            _ if c.is_ascii_alphabetic() || c == '_' => {
                // Right behind a text, a quote in its midst ended it.
                if !word && !after_text && !is_word(text, at) {
                    seen.mark = seen.mark.or(Some((at, c)));
                }
                (seen.comma, seen.end) = (None, end);
            }
            _ => seen.mark = seen.mark.or(Some((at, c))),
        }
        word = c.is_ascii_alphanumeric() || c == '_';
        after_text &= c.is_whitespace();
    }
    seen.curly_end = seen.curly_end.or(curly.filter(|_| seen.open));
    seen
}

/// Whether JSON has the word that begins here, or this is the exponent of a number.
fn is_word(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    matches!(rest.get(..end), Some("true" | "false" | "null"))
}

fn followed_by_structure(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default().trim_start();
    rest.starts_with([',', ':', '}', ']']) || rest.is_empty()
}

fn of_mark(at: usize, mark: char) -> Spoilt {
    let code = u32::from(mark);
    let (cause, cure) = match mark {
        _ if QUOTES.contains(&mark) => {
            return (at, format!("a curly quote stands here (U+{code:04X})"), STRAIGHT.to_owned());
        }
        '\'' => ("a single quote stands here", STRAIGHT),
        '`' => ("a backtick stands here", STRAIGHT),
        ',' => ("this comma is one too many: nothing comes after it in its list or object", "remove it"),
        '/' | '#' => ("a comment stands here, and a case file has none", "remove it"),
        ';' => {
            ("a semicolon stands here", "write a comma between two fields, and nothing after the last one")
        }
        '=' => ("an equals sign stands here", "write a colon between a name and its value"),
        _ if mark.is_ascii_alphabetic() || mark == '_' => (
            "a word stands here without quotes",
            "write names and texts in straight double quotes; true, false and null are small and have none",
        ),
        _ => {
            let cause = format!("the character U+{code:04X} stands here outside quotes");
            return (at, cause, "remove it; it may be one that cannot be seen".to_owned());
        }
    };
    (at, cause.to_owned(), cure.to_owned())
}

/// The words for what the parser says.
fn told<'w>(text: &str, gave_up: usize, words: &str, seen: &Seen) -> (usize, &'w str, &'w str) {
    match words {
        _ if text.trim().is_empty() => {
            (0, "the file is empty", "write the case, or make it with `despatch new`")
        }
        _ if words.starts_with("EOF") && seen.open => (
            seen.text_at,
            "the text that begins here has no quote at its end",
            "write a straight double quote (\") where it ends",
        ),
        _ if words.starts_with("EOF") => (
            text.trim_end().len(),
            "the file ends too early: a } or a ] is missing, or the rest of it",
            "close every { with a } and every [ with a ]; if it was cut short, copy it again",
        ),
        _ if words.starts_with("expected `,`") => (
            seen.end.min(gave_up),
            "a comma is missing here, or a quote stands in the midst of a text",
            "write a comma between two fields; within a text, write \\\" for a quote",
        ),
        _ if words.starts_with("expected `:`") => {
            (seen.end.min(gave_up), "a colon is missing here", "write a colon between a name and its value")
        }
        _ if words.starts_with("key must be a string") => {
            (gave_up, "the name of a field is expected here", "write the name in straight double quotes")
        }
        _ if words.starts_with("control character") => (
            seen.text_at,
            "the text that begins here has a line break or a tab in it, or no quote at its end",
            "write \\n for a line break and \\t for a tab, and end the text with a straight double quote",
        ),
        _ if words.starts_with("invalid escape")
            || words.contains("hex escape")
            || words.contains("surrogate") =>
        {
            (
                seen.text_at,
                "the text that begins here has a backslash that stands for nothing",
                "write \\\\ for a backslash; no other one is needed but in \\\" and \\n",
            )
        }
        _ if words.contains("recursion") => (
            gave_up,
            "lists or objects are nested too deep here",
            "remove the nesting; a case file needs four levels",
        ),
        _ if words.contains("number") => (
            gave_up,
            "a number stands here that JSON does not have",
            "write digits alone; a date, a time or a reference stands in quotes",
        ),
        _ => (
            gave_up,
            "a value is expected here, and there is none",
            "write a text in straight double quotes, a number, true, false, a list or an object",
        ),
    }
}
