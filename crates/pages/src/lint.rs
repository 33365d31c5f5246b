//! Enters: the templates. Leaves: a fault for each that could write a value unescaped, break the policy for content or
//! leave out the frame. Never: fills one.

use crate::helpers;
use despatch_core::fault::Fault;
use handlebars::TemplateError;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, Template, TemplateElement};

/// The helpers that handlebars brings and templates may use.
const BUILT_IN: [&str; 14] =
    ["if", "unless", "each", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not", "len", "lookup"];

/// The attributes that would be refused by the policy for content, as they begin.
const INLINE: [&str; 3] = [" style=", "javascript:", " srcdoc="];

/// The fault of a template that handlebars does not accept.
pub fn syntax(name: &str, error: &TemplateError) -> Fault {
    let (line, column) = error.pos().unwrap_or((1, 1));
    let at = format!("pages/{name}.hbs:{line}:{column}");
    Fault::new(at, "page.syntax", error.reason().to_string(), "mend the handlebars syntax at this place")
}

/// Checks all templates, given as name and text.
pub fn check(texts: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, text) in texts {
        in_text(name, text, &mut faults);
        match Template::compile(text) {
            Ok(template) => Lint { name, texts }.walk(&template, &mut faults),
            Err(error) => faults.push(syntax(name, &error)),
        }
    }
    faults
}

fn in_text(name: &str, text: &str, faults: &mut Vec<Fault>) {
    let mut fault = |line: usize, code, cause: String, cure: &str| {
        faults.push(Fault::new(format!("pages/{name}.hbs:{line}"), code, cause, cure));
    };
    let is_piece = name.rsplit('/').next().is_some_and(|file| file.starts_with('_'));
    if !name.starts_with("_shared/") && !is_piece && !text.trim_start().starts_with("{{#> _shared/layout}}") {
        let cure = "begin the page with {{#> _shared/layout}}, or the name of a piece with _";
        fault(1, "page.layout", "the page has no frame".to_owned(), cure);
    }
    for (number, line) in text.lines().enumerate() {
        let lower = line.to_ascii_lowercase();
        if let Some(found) = INLINE.iter().find(|word| lower.contains(**word)) {
            let cure = "say it in despatch.css or despatch.js";
            fault(number + 1, "page.inline", format!("it holds {}", found.trim()), cure);
        }
        if let Some(handler) = handler(&lower) {
            let cure = "let despatch.js find the element";
            fault(number + 1, "page.inline", format!("it holds {handler}"), cure);
        }
        let script = lower.find("<script").and_then(|at| lower.get(at..));
        if lower.contains("<style") || script.is_some_and(|script| !script.contains(" src=\"/assets/")) {
            let cure = "put it into a file of _assets";
            fault(number + 1, "page.inline", "it holds a script or a style of its own".to_owned(), cure);
        }
        if lower.contains("://") && !lower.contains("http://www.w3.org/2000/svg") {
            let cure = "a page asks nobody else: put it into _assets";
            fault(number + 1, "page.outside", "it names another host".to_owned(), cure);
        }
    }
}

/// The attribute that would run a script (`onclick=`), if a line has one.
fn handler(line: &str) -> Option<&str> {
    line.split([' ', '"']).find(|word| {
        let name = word.split('=').next().unwrap_or_default();
        word.contains('=')
            && name.len() > 3
            && name.starts_with("on")
            && name.chars().all(char::is_alphabetic)
    })
}

struct Lint<'a> {
    name: &'a str,
    texts: &'a [(String, String)],
}

impl Lint<'_> {
    fn walk(&self, template: &Template, faults: &mut Vec<Fault>) {
        for (element, place) in template.elements.iter().zip(&template.mapping) {
            let mut wrong = Vec::new();
            match element {
                TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
                TemplateElement::Expression(value) => self.helper(value, &mut wrong),
                TemplateElement::HelperBlock(block) => {
                    self.helper(block, &mut wrong);
                    for inner in block.template.iter().chain(&block.inverse) {
                        self.walk(inner, faults);
                    }
                }
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    self.partial(partial, &mut wrong);
                    partial.template.iter().for_each(|inner| self.walk(inner, faults));
                }
                TemplateElement::HtmlExpression(_) => wrong.push("the value is not escaped".to_owned()),
                _ => wrong.push("a decorator has no place here".to_owned()),
            }
            let at = format!("pages/{}.hbs:{}:{}", self.name, place.0, place.1);
            faults.extend(wrong.into_iter().map(|cause| {
                Fault::new(at.clone(), "page.forbidden", cause, "write {{value}}, a helper or a shared piece")
            }));
        }
    }

    fn helper(&self, helper: &HelperTemplate, wrong: &mut Vec<String>) {
        let name = helper.name.as_name().unwrap_or_default();
        if helper.params.is_empty() && helpers::NAMES.contains(&name) {
            wrong.push(format!("{name:?} is a helper, and no value is found under its name"));
        }
        if !(helper.params.is_empty() && helper.hash.is_empty()) && !is_known(name) {
            wrong.push(format!("there is no helper {name:?}"));
        }
        helper.params.iter().chain(helper.hash.values()).for_each(|inner| self.parameter(inner, wrong));
    }

    fn parameter(&self, parameter: &Parameter, wrong: &mut Vec<String>) {
        if let Parameter::Subexpression(inner) = parameter {
            if !is_known(inner.name()) {
                wrong.push(format!("there is no helper {:?}", inner.name()));
            }
            inner.params().into_iter().flatten().for_each(|inner| self.parameter(inner, wrong));
        }
    }

    fn partial(&self, partial: &DecoratorTemplate, wrong: &mut Vec<String>) {
        let name = partial.name.as_name().unwrap_or_default();
        if name != "@partial-block" && !self.texts.iter().any(|(known, _)| known == name) {
            wrong.push(format!("there is no piece {name:?}"));
        }
        partial.params.iter().chain(partial.hash.values()).for_each(|inner| self.parameter(inner, wrong));
    }
}

fn is_known(name: &str) -> bool {
    BUILT_IN.contains(&name) || helpers::NAMES.contains(&name)
}
