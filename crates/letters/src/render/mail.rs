//! Enters: the clear values of one despatch. Leaves: the cover email's subject, text and HTML.
//! Never: sees personal data; there is no field for it.

use crate::catalogue::{Catalogue, MAIL, SHARED, mail_syntax};
use despatch_core::fault::Fault;
use despatch_core::words::KindName;
pub use handlebars::html_escape as escape_html;
use handlebars::{Handlebars, RenderErrorReason, TemplateError, html_escape, no_escape};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// A subject has fewer characters than this, the recommended limit of a line of mail (RFC 5322, section 2.1.1).
const SUBJECT_CHARACTERS: usize = 78;
/// The three parts of an email.
const SUBJECT: &str = MAIL[0];
const TEXT: &str = MAIL[1];
const HTML: &str = MAIL[2];

/// Everything that a cover email may say. Nothing here is personal data of the detained person: only the reference of
/// the case, the mailboxes, the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClearMail {
    /// The marking as the pack spells it; first in the subject and in the body.
    pub marking: String,
    /// The case's id.
    pub reference: String,
    /// The despatch's own number, which tells it from the others of its case.
    pub despatch: String,
    /// The day of its letters: 23 Nov 2026. A subject that would be too long has none.
    pub dated: Option<String>,
    /// The recipient's own reference, if there is one.
    pub your_reference: Option<String>,
    /// The mailbox or person written to.
    pub recipient: String,
    /// The recipient's organisation.
    pub organisation: String,
    /// The sending team.
    pub team: String,
    /// The team's email address.
    pub team_email: String,
    /// The team's telephone number.
    pub team_telephone: String,
    /// The day by which the recipient must act, in words, if there is one.
    pub action_by: Option<String>,
    /// The code of the recipient's opening method.
    pub opening: &'static str,
    /// How many sealed documents come with it.
    pub documents: usize,
    /// Whether it is from a demo office, where everything is made up.
    pub demo: bool,
    /// The handling instructions of the pack.
    pub handling: String,
}

/// The text of a cover email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line, the marking first.
    pub subject: String,
    /// Plain text, the marking first, with `\n` line ends.
    pub text: String,
    /// HTML, with every value escaped.
    pub html: String,
}

/// Renders cover emails.
pub struct Mailer {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

impl Mailer {
    /// Creates a mailer for the mail templates of `catalogue`.
    ///
    /// # Errors
    /// Handlebars does not accept a template; there is one fault for each.
    pub fn new(catalogue: &Catalogue) -> Result<Self, Vec<Fault>> {
        let mut plain = registry();
        plain.register_escape_fn(no_escape);
        let mut html = registry();
        html.register_escape_fn(html_escape);
        let mut faults = Vec::new();
        let mut told = |path: String, added: Result<(), TemplateError>| {
            faults.extend(added.err().map(|error| mail_syntax(&path, &error)));
        };
        for (stem, text) in catalogue.partials() {
            let path = format!("_shared/{stem}.hbs");
            told(path, plain.register_partial(stem, text));
            let _ = html.register_partial(stem, text);
        }
        let paths = catalogue.kinds().flat_map(|kind| MAIL.map(|part| catalogue.mail_path(&kind.name, part)));
        for path in paths.collect::<BTreeSet<_>>() {
            let into = if path.ends_with(".html.hbs") { &mut html } else { &mut plain };
            let added = into.register_template_string(&path, catalogue.file(&path).unwrap_or_default());
            told(path, added);
        }
        if faults.is_empty() { Ok(Self { plain, html }) } else { Err(faults) }
    }

    /// Renders the cover email of kind `name` for `values`.
    ///
    /// # Errors
    /// A value or a body has a control character; the subject has more than one line, or 78 characters or more; the
    /// subject or a body does not begin with the marking; a template cannot be rendered.
    pub fn write(&self, name: &KindName, values: &ClearMail) -> Result<Mail, Fault> {
        refuse_controls(values)?;
        let subject = self.subject(name, values)?;
        let text = fill(&self.plain, &path_in(&self.plain, name, TEXT), values)?;
        let html = fill(&self.html, &path_in(&self.html, name, HTML), values)?;
        let mail = Mail {
            subject: subject.trim().to_owned(),
            text: trimmed_lines(&text),
            html: trimmed_lines(&html),
        };
        self.check(name, values, &mail)?;
        Ok(Mail { text: folded_lines(&mail.text), ..mail })
    }

    /// Renders the subject, with the whole marking if there is room, else with its classification alone, else without the
    /// day too.
    fn subject(&self, name: &KindName, values: &ClearMail) -> Result<String, Fault> {
        let path = path_in(&self.plain, name, SUBJECT);
        let marking = classification(&values.marking).to_owned();
        let shorter = ClearMail { marking, ..values.clone() };
        let shortest = ClearMail { dated: None, ..shorter.clone() };
        let mut subject = fill(&self.plain, &path, values)?;
        for values in [shorter, shortest] {
            if subject.trim().chars().count() < SUBJECT_CHARACTERS {
                break;
            }
            subject = fill(&self.plain, &path, &values)?;
        }
        Ok(subject)
    }

    /// Checks what must hold of a rendered email whatever the templates and values.
    fn check(&self, name: &KindName, values: &ClearMail, mail: &Mail) -> Result<(), Fault> {
        let fault = |part: &str, code, cause: &str, cure: &str| {
            let registry = if part == HTML { &self.html } else { &self.plain };
            Err(Fault::new(format!("templates/{}", path_in(registry, name, part)), code, cause, cure))
        };
        let marking = &values.marking;
        let first = "begin with {{marking}}";
        if mail.subject.contains('\n') || mail.subject.chars().count() >= SUBJECT_CHARACTERS {
            let cause = "the subject is longer than one line of 77 characters";
            return fault(SUBJECT, "mail.subject", cause, "say less in the subject");
        }
        if !mail.subject.starts_with(classification(marking)) {
            return fault(SUBJECT, "mail.marking", "the subject does not begin with the marking", first);
        }
        if !mail.text.starts_with(marking.as_str()) {
            return fault(TEXT, "mail.marking", "the text does not begin with the marking", first);
        }
        if !first_words(&mail.html).starts_with(&html_escape(marking)) {
            return fault(HTML, "mail.marking", "the page does not begin with the marking", first);
        }
        for (file, body) in [(TEXT, &mail.text), (HTML, &mail.html)] {
            if body.chars().any(|c| c.is_control() && c != '\n') {
                let cause = "the body holds a control character, such as a tab";
                return fault(file, "mail.control", cause, "use spaces and line breaks only");
            }
        }
        Ok(())
    }
}

/// Returns the name under which the template of one part of a kind's email is registered: the kind's own, else the
/// shared one.
fn path_in(registry: &Handlebars<'_>, name: &KindName, part: &str) -> String {
    let own = format!("{name}/{part}");
    if registry.has_template(&own) { own } else { format!("{SHARED}/{part}") }
}

/// Returns the marking without its handling instruction and descriptors: the least that a subject must contain.
fn classification(marking: &str) -> &str {
    marking.split(" - ").next().unwrap_or(marking)
}

fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry
}

fn fill(registry: &Handlebars<'_>, path: &str, values: &ClearMail) -> Result<String, Fault> {
    registry.render(path, values).map_err(|error| {
        let place = match (&error.template_name, error.line_no) {
            (Some(name), Some(line)) => format!("templates/{name}:{line}"),
            _ => format!("templates/{path}"),
        };
        let cause = match error.reason() {
            RenderErrorReason::MissingVariable(Some(name)) => {
                format!("a cover email has no field {name:?}")
            }
            RenderErrorReason::TemplateNotFound(_) => "there is no such template".to_owned(),
            _ => "the template cannot be filled in".to_owned(),
        };
        Fault::new(place, "mail.template", cause, "mend the template; every field is always there")
    })
}

fn refuse_controls(values: &ClearMail) -> Result<(), Fault> {
    let values = serde_json::to_value(values).unwrap_or_default();
    let bad = values.as_object().into_iter().flatten().find(|(_, value)| match value {
        Value::String(text) => text.chars().any(char::is_control),
        _ => false,
    });
    match bad {
        None => Ok(()),
        Some((name, _)) => Err(Fault::new(
            format!("/{name}"),
            "mail.control",
            "the value holds a line break or another control character",
            "mend the entry of the directory, the pack or the configuration that it comes from",
        )),
    }
}

/// Returns the body of a page from its first words on, without the tags before them.
fn first_words(html: &str) -> &str {
    let mut rest = html.find("<body").and_then(|at| html.get(at..)).unwrap_or(html).trim_start();
    while let Some(tag) = rest.strip_prefix('<') {
        rest = tag.split_once('>').map_or("", |(_, after)| after).trim_start();
    }
    rest
}

/// Folds lines that are longer than a subject may be, with an indent of four spaces.
fn folded_lines(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.lines() {
        let mut length = 0;
        for (number, word) in line.split(' ').enumerate() {
            let size = word.chars().count();
            if number > 0 && length + 1 + size >= SUBJECT_CHARACTERS {
                folded.push_str("\n    ");
                length = 4;
            } else if number > 0 {
                folded.push(' ');
                length += 1;
            }
            folded.push_str(word);
            length += size;
        }
        folded.push('\n');
    }
    folded
}

/// Removes trailing spaces and trailing blank lines, and ends the text with one line feed.
fn trimmed_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}
