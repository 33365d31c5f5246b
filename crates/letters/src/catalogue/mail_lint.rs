//! Enters: the mail templates. Leaves: their syntax errors, unknown fields and unescaped values.
//! Never: renders one. Unlike handlebars' strict mode, it refuses `{{#if missing}}`.

use super::{MAIL, SHARED};
use despatch_core::fault::Fault;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, Template, TemplateElement};
use handlebars::{Path, PathSeg, TemplateError};
use std::collections::{BTreeMap, BTreeSet};

/// The fields that a cover email may use; none can hold personal data.
pub const CLEAR_FIELDS: [&str; 15] = [
    "marking",
    "reference",
    "despatch",
    "dated",
    "your_reference",
    "recipient",
    "organisation",
    "team",
    "team_email",
    "team_telephone",
    "action_by",
    "opening",
    "documents",
    "demo",
    "handling",
];

/// The block helpers that a mail template may use; the data has nothing to loop over.
const BLOCKS: [&str; 2] = ["if", "unless"];
/// The comparisons that a condition may use.
const COMPARISONS: [&str; 9] = ["eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];

/// Returns the shared mail partials: stem and text. The shared email itself is not a partial.
pub fn partials(files: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter_map(|(path, text)| Some((piece(path)?, text.as_str())))
}

/// Returns the stem of a shared partial, if the file is one.
fn piece(path: &str) -> Option<&str> {
    let name = path.strip_prefix(SHARED)?.strip_prefix('/')?;
    name.strip_suffix(".hbs").filter(|_| !MAIL.contains(&name))
}

/// Appends every fault of the mail templates among `files`.
pub fn check(files: &BTreeMap<String, String>, faults: &mut Vec<Fault>) {
    let mut templates = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".hbs")) {
        match Template::compile(text) {
            Ok(template) => templates.push((path, text, template)),
            Err(error) => faults.push(syntax(path, &error)),
        }
    }
    let partials: BTreeSet<&str> = partials(files).map(|(stem, _)| stem).collect();
    let mut given = BTreeSet::new();
    for (_, _, template) in &templates {
        given_to_partials(template, &mut given);
    }
    for (path, text, template) in &templates {
        let given = piece(path).map(|_| &given);
        let lint = Lint { path, text, partials: &partials, given };
        lint.walk(template, faults);
    }
}

/// The fault of a template that handlebars does not accept.
pub fn syntax(path: &str, error: &TemplateError) -> Fault {
    let (line, column) = error.pos().unwrap_or((1, 1));
    let at = format!("templates/{path}:{line}:{column}");
    Fault::new(at, "mail.syntax", error.reason().to_string(), "mend the handlebars syntax at this place")
}

/// Collects the names that a template passes to a shared partial (`{{> button label="Open"}}`).
fn given_to_partials(template: &Template, given: &mut BTreeSet<String>) {
    for element in &template.elements {
        match element {
            TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                given.extend(partial.hash.keys().cloned());
                partial.template.iter().for_each(|inner| given_to_partials(inner, given));
            }
            TemplateElement::HelperBlock(block) => {
                for inner in block.template.iter().chain(&block.inverse) {
                    given_to_partials(inner, given);
                }
            }
            _ => {}
        }
    }
}

struct Lint<'a> {
    path: &'a str,
    text: &'a str,
    partials: &'a BTreeSet<&'a str>,
    /// In a shared partial, the names that templates pass to it.
    given: Option<&'a BTreeSet<String>>,
}

/// What is wrong with one element: code, cause, cure.
type Complaint = (&'static str, String, &'static str);

impl Lint<'_> {
    fn walk(&self, template: &Template, faults: &mut Vec<Fault>) {
        for (element, place) in template.elements.iter().zip(&template.mapping) {
            let (line, column) = (place.0, place.1);
            let mut complaints = Vec::new();
            match element {
                TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
                TemplateElement::Expression(value) => self.value(value, &mut complaints),
                TemplateElement::HelperBlock(block) => {
                    self.block(block, &mut complaints);
                    for inner in block.template.iter().chain(&block.inverse) {
                        self.walk(inner, faults);
                    }
                }
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    self.partial(partial, &mut complaints);
                    partial.template.iter().for_each(|inner| self.walk(inner, faults));
                }
                TemplateElement::HtmlExpression(_) => complaints.push((
                    "mail.unescaped",
                    "the value is not escaped".to_owned(),
                    "write it with two braces: {{name}}",
                )),
                _ => complaints.push(unknown("a decorator")),
            }
            let line_text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
            faults.extend(complaints.into_iter().map(|(code, cause, cure)| {
                let at = format!("templates/{}:{line}:{column}", self.path);
                Fault::new(at, code, format!("{cause}, in: {line_text}"), cure)
            }));
        }
    }

    fn value(&self, value: &HelperTemplate, complaints: &mut Vec<Complaint>) {
        if value.params.is_empty() && value.hash.is_empty() {
            self.parameter(&value.name, complaints);
        } else {
            complaints.push(unknown(value.name.as_name().unwrap_or("an expression")));
        }
    }

    fn block(&self, block: &HelperTemplate, complaints: &mut Vec<Complaint>) {
        let name = block.name.as_name().unwrap_or_default();
        if !BLOCKS.contains(&name) {
            complaints.push(unknown(name));
        }
        block.params.iter().for_each(|parameter| self.parameter(parameter, complaints));
    }

    fn partial(&self, partial: &DecoratorTemplate, complaints: &mut Vec<Complaint>) {
        let name = partial.name.as_name().unwrap_or_default();
        if name != "@partial-block" && !self.partials.contains(name) {
            complaints.push((
                "mail.partial",
                format!("there is no shared piece {name:?}"),
                "use the stem of a .hbs file of _shared",
            ));
        }
        if !partial.params.is_empty() {
            complaints.push(unknown("another context for a shared piece"));
        }
        partial.hash.values().for_each(|parameter| self.parameter(parameter, complaints));
    }

    fn parameter(&self, parameter: &Parameter, complaints: &mut Vec<Complaint>) {
        match parameter {
            Parameter::Literal(_) => {}
            Parameter::Subexpression(inner) => {
                if !COMPARISONS.contains(&inner.name()) {
                    complaints.push(unknown(inner.name()));
                }
                for parameter in inner.params().into_iter().flatten() {
                    self.parameter(parameter, complaints);
                }
            }
            Parameter::Path(Path::Relative((parts, raw))) => {
                let known = match parts.as_slice() {
                    [PathSeg::Named(name)] => self.is_field(name),
                    _ => false,
                };
                if !known {
                    complaints.push(no_field(raw));
                }
            }
            other => complaints.push(no_field(other.as_name().unwrap_or_default())),
        }
    }

    fn is_field(&self, name: &str) -> bool {
        CLEAR_FIELDS.contains(&name) || self.given.is_some_and(|given| given.contains(name))
    }
}

fn no_field(name: &str) -> Complaint {
    (
        "mail.field",
        format!("a cover email has no field {name:?}"),
        "use one of marking, reference, despatch, dated, your_reference, recipient, organisation, team, \
         team_email, team_telephone, action_by, opening, documents, demo, handling",
    )
}

fn unknown(name: &str) -> Complaint {
    (
        "mail.forbidden",
        format!("a mail template may not use {name}"),
        "use {{field}}, {{#if}}, {{#unless}}, the comparisons eq, ne, gt, gte, lt, lte, and, or, \
         not, and shared pieces {{> name}}",
    )
}
