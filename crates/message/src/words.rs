//! Enters: the words of an email as they are composed; the words as they came; those that were signed. Leaves: the form
//! that is signed, and sentence by sentence what is proved, what was added on the way and what is not as it was sent.
//! Never: takes words for proved that differ in more than white space, encoding or where lines end.

use super::decoding::one_line;
use super::{Draft, Mailbox, decoding, page};
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_seal::list::Words;
use serde::Serialize;

/// The most bytes of words that are compared; a cover email has a few thousand.
const TEXT_MAX: usize = 1 << 20;
/// The most that is quoted of what was added, in characters.
const QUOTED_MAX: usize = 400;

/// Headers that lead an answer elsewhere, or name others; no message of ours has one.
const OTHERS: [&str; 6] = ["reply-to", "sender", "cc", "bcc", "resent-from", "resent-to"];

fn lines(text: &str) -> Vec<String> {
    text.lines().map(one_line).filter(|line| !line.is_empty()).collect()
}

fn mailbox(name: &str, address: &str) -> String {
    let address = match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => address.to_owned(),
    };
    one_line(&format!("{name} <{address}>"))
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The words of a message in the form that is signed.
pub fn signed_words(draft: &Draft<'_>) -> Words {
    let name = |one: &Mailbox| mailbox(&one.name, one.address.as_str());
    Words {
        from: name(&draft.from),
        to: name(&draft.to),
        date: moment(draft.date),
        subject: one_line(&draft.subject),
        text: lines(&draft.text),
        page: page::lines(&draft.html),
    }
}

/// The words of a message as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    from: Vec<String>,
    to: Vec<String>,
    date: Vec<String>,
    subject: Vec<String>,
    /// Headers that no message of ours has.
    others: Vec<String>,
    text: Vec<String>,
    page: Vec<String>,
    /// Parts that are neither words nor files, and words that cannot be read.
    strange: usize,
    /// Whether there was any plain or any formatted text.
    has: (bool, bool),
}

/// How the words of a message stand to those that were signed, in sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub proved: Vec<String>,
    /// What mail systems change by themselves, and no words.
    pub rewritten: Vec<String>,
    pub added: Vec<String>,
    pub altered: Vec<String>,
}

impl Received {
    /// Takes a header of the message, its value unfolded.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        let text = shown_header(value);
        match name {
            "from" => self.from.push(address(&text)),
            "to" => self.to.push(address(&text)),
            "date" => self.date.push(date(&text)),
            "subject" => self.subject.push(text),
            name if OTHERS.contains(&name) => self.others.push(format!("{name}: {text}")),
            _ => {}
        }
    }

    /// Takes a part that is no file; `None` for one that cannot be read.
    pub(super) fn part(&mut self, kind: &str, text: Option<String>) {
        match (kind, text.filter(|text| text.len() <= TEXT_MAX)) {
            ("text/plain", Some(text)) => {
                self.text.extend(lines(&text));
                self.has.0 = true;
            }
            ("text/html", Some(text)) => {
                self.page.extend(page::lines(&text));
                self.has.1 = true;
            }
            _ => self.strange += 1,
        }
    }

    /// Compares the words with those that were signed.
    pub(super) fn compare(&self, signed: &Words) -> Compared {
        let mut found = Compared::default();
        found.header("sender", &self.from, &signed.from);
        found.header("recipient", &self.to, &signed.to);
        found.header("date", &self.date, &signed.date);
        found.subject(&self.subject, &signed.subject);
        match self.has {
            (false, false) => found.altered.push("its words are not there".to_owned()),
            (has_text, has_page) => {
                if has_text {
                    found.words("plain words", &self.text, &signed.text);
                }
                if has_page {
                    found.words("formatted words", &self.page, &signed.page);
                }
                for (has, what) in [(has_text, "plain"), (has_page, "formatted")] {
                    if !has {
                        found.added.push(format!("nothing: its {what} words were taken out"));
                    }
                }
            }
        }
        found.added.extend(self.others.iter().map(|header| format!("the line {}", quoted(header))));
        if self.strange > 0 {
            let parts = self.strange;
            found
                .added
                .push(format!("{parts} of its parts, which cannot be compared: believe nothing in them"));
        }
        found
    }
}

impl Compared {
    /// Relays give an email a Message-ID of their own; the list binds the keys and the words besides.
    pub(super) fn message_id(&mut self, came: Option<&str>, signed: &str) {
        match came.map(shown_header).filter(|came| !came.is_empty()) {
            Some(came) if came == signed => {
                self.proved.insert(0, format!("it came in the message that it was made for, {signed}"));
            }
            Some(came) => self.rewritten.push(format!(
                "its Message-ID is {}, and {signed} was signed for: some relays give each email one of their own",
                quoted(&came)
            )),
            None => self.rewritten.push(format!("its Message-ID was taken out: {signed} was signed for")),
        }
    }

    fn header(&mut self, what: &str, came: &[String], signed: &str) {
        match came {
            [one] if one == signed => self.proved.push(format!("its {what} is as it was sent: {signed}")),
            [] => self.altered.push(format!("its {what} is not there: {signed} was signed for")),
            [one] => {
                self.altered.push(format!("its {what} is {}, and {signed} was signed for", quoted(one)));
            }
            _ => self.altered.push(format!("it names its {what} more than once: {signed} was signed for")),
        }
    }

    /// Gateways put a word before or behind a subject (\u{201c}[EXTERNAL]\u{201d}).
    fn subject(&mut self, came: &[String], signed: &str) {
        match came {
            [one] if one != signed && one.contains(signed) && !signed.is_empty() => {
                let more = one_line(&one.replacen(signed, " ", 1));
                self.proved.push(format!("its subject holds the words that were sent: {signed}"));
                self.added.push(format!("in its subject: {}", quoted(&more)));
            }
            _ => self.header("subject", came, signed),
        }
    }

    /// Looks for each signed line in its order. What stands between them was added; lines may end elsewhere.
    fn words(&mut self, what: &str, came: &[String], signed: &[String]) {
        let came: Vec<&str> = came.iter().flat_map(|line| line.split(' ')).collect();
        let (mut at, mut whole) = (0, true);
        let mut added: Vec<String> = Vec::new();
        for line in signed {
            let wanted: Vec<&str> = line.split(' ').collect();
            let left = came.get(at..).unwrap_or_default();
            match left.windows(wanted.len()).position(|some| some == wanted) {
                Some(0) => at += wanted.len(),
                Some(gap) => {
                    added.push(left.get(..gap).unwrap_or_default().join(" "));
                    at += gap + wanted.len();
                }
                None => {
                    whole = false;
                    self.altered.push(format!("its {what} lack this, which was signed for: {line}"));
                }
            }
        }
        let rest = came.get(at..).unwrap_or_default();
        if !rest.is_empty() {
            added.push(rest.join(" "));
        }
        if whole {
            self.proved.push(format!("its {what} are all there, as they were sent"));
        }
        self.added.extend(added.iter().map(|more| format!("in its {what}: {}", quoted(more))));
    }
}

/// The value of a header as a person reads it.
pub(super) fn shown_header(value: &str) -> String {
    one_line(&decoding::header(value))
}

/// A text in quotation marks, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(QUOTED_MAX).collect();
    let more = if cut.len() < text.len() { " …" } else { "" };
    format!("\u{201c}{cut}{more}\u{201d}")
}

/// The one mailbox of a header, without quotation marks; several stay as they are, and so differ from what was signed.
fn address(text: &str) -> String {
    let inner = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let Some((name, address)) = inner else {
        return text.to_owned();
    };
    let name = name.trim();
    let plain = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(name) => name.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    mailbox(&plain, address.trim())
}

/// A date in the form that is signed; one that cannot be read stays as it is.
fn date(text: &str) -> String {
    DateTime::parse_from_rfc2822(text).map_or_else(|_| text.to_owned(), |at| moment(at.with_timezone(&Utc)))
}
