//! Enters: HTML of two makers. Leaves: one spelling of it, in which the two can be compared: a line for each tag and text,
//! attributes sorted, spaces and entities alike. Never: repairs what is wrong.

/// The tags and texts of `html`, one a line.
pub fn lines(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        let text = collapsed(&entities(text));
        if !text.is_empty() {
            found.push(text);
        }
        let end = tag_end(after);
        let (tag, after) = after.split_at(end);
        if !tag.is_empty() {
            found.push(self::tag(tag));
        }
        rest = after;
    }
    found
}

/// Where the tag at the start of `text` ends.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn tag(text: &str) -> String {
    let inner = text.trim_start_matches('<').trim_end_matches('>').trim().trim_end_matches('/').trim();
    let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
        let quoted = |quote: char| {
            after.strip_prefix('=').and_then(|rest| rest.strip_prefix(quote)?.split_once(quote))
        };
        if let Some((value, after)) = quoted('"').or_else(|| quoted('\'')) {
            attributes.push(format!("{attribute}=\"{}\"", collapsed(&entities(value))));
            rest = after;
        } else {
            assert!(!attribute.is_empty(), "an attribute is not quoted: {text}");
            attributes.push(attribute.to_owned());
            rest = after;
        }
    }
    attributes.sort();
    attributes.insert(0, name.to_owned());
    format!("<{}>", attributes.join(" "))
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn entities(text: &str) -> String {
    const NAMED: [(&str, &str); 9] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x60;", "`"),
        ("&#x3D;", "="),
        ("&#x3d;", "="),
        ("&amp;", "&"),
    ];
    NAMED.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn two_spellings_are_the_same_and_two_meanings_are_not() {
    let a = "<p class=\"a  b\" id='x'>\n  It&#x27;s\n  so </p>";
    assert_eq!(lines("<p id=\"x\" class=\"b\">a</p>"), lines("<p class=\"b\" id=\"x\">\n a </p>"));
    assert_eq!(lines(a).len(), 3);
    assert_ne!(lines("<p hidden>a</p>"), lines("<p>a</p>"));
    assert_ne!(lines("<p>a</p>"), lines("<p>b</p>"));
    assert_ne!(lines("<a title=\"a > b\">c</a>"), lines("<a title=\"a\"> b\">c</a>"));
}
