//! Enters: a formatted text (HTML). Leaves: the lines of words that it shows, with the targets of its links.
//! Never: judges how it looks: what a style sheet hides or moves is not told.

use super::decoding::one_line;

/// Elements that begin a line.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "br",
    "tr",
    "table",
    "td",
    "th",
    "li",
    "ol",
    "ul",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "body",
    "html",
    "blockquote",
    "pre",
];
/// Elements whose content is not shown.
const UNSEEN: [&str; 4] = ["head", "style", "script", "title"];
/// Attributes that lead somewhere or bring words of their own.
const LEADS: [&str; 5] = ["href", "src", "action", "alt", "value"];

/// The lines of a page, none of them empty.
pub(super) fn lines(html: &str) -> Vec<String> {
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(&plain(text));
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (tag, after) = tag_end(after);
        rest = after;
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
        let name = name.to_ascii_lowercase();
        if UNSEEN.contains(&name.as_str()) && !tag.starts_with('/') && !tag.ends_with('/') {
            rest = after_end(rest, &name);
            continue;
        }
        if BLOCKS.contains(&name.as_str()) {
            out.push('\n');
        }
        for value in leads(tag) {
            out.push_str(&format!(" <{}> ", plain(&value)));
        }
    }
    out.push_str(&plain(rest));
    out.split('\n').map(one_line).filter(|line| !line.is_empty()).collect()
}

/// Splits at the end of a tag; a `>` inside a quoted value is none.
fn tag_end(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => {
                return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    (text, "")
}

/// What follows the end tag of an element.
fn after_end<'t>(text: &'t str, name: &str) -> &'t str {
    let is_end = |at: &usize| {
        let word = text.get(at + 2..at + 2 + name.len());
        word.is_some_and(|word| word.eq_ignore_ascii_case(name))
    };
    let end = text.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(text.len());
    tag_end(text.get(end..).unwrap_or_default()).1
}

/// The values of a tag's attributes that count, in their order.
fn leads(tag: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('=') {
        let name =
            before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let after = after.trim_start();
        let (value, next) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = after.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if LEADS.contains(&name.to_ascii_lowercase().as_str()) && !value.trim().is_empty() {
            found.push(value.trim().to_owned());
        }
        rest = next;
    }
    found
}

/// Text with its character references resolved and its white space, line ends included, made spaces.
fn plain(text: &str) -> String {
    const NAMED: [(&str, char); 20] = [
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("hellip", '…'),
        ("pound", '£'),
        ("bull", '•'),
        ("middot", '·'),
        ("copy", '©'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("Eacute", 'É'),
        ("amp", '&'),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.find(';').filter(|end| (1..=10).contains(end));
        let found = end.and_then(|end| {
            let name = after.get(..end)?;
            let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
            let c = match name.strip_prefix('#') {
                Some(hex) if hex.starts_with(['x', 'X']) => number(hex.get(1..)?, 16),
                Some(digits) => number(digits, 10),
                None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
            };
            Some((c?, after.get(end + 1..)?))
        });
        match found {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}
