//! Enters: parsed templates. Leaves: the same, in which a piece that is given a value is filled with that value alone, and
//! a page apart from the frame around it. Never: changes what a page shows.
//!
//! handlebars gives a piece a copy of its value, and inside it a copy of whatever each name leads to, loops and all: a
//! table in a frame would be copied a dozen times. Filled by themselves, values are only referred to.

use handlebars::template::{DecoratorTemplate, Parameter, Subexpression, Template, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderError, RenderErrorReason,
    TemplateError,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The frame of every page.
pub(crate) const LAYOUT: &str = "_shared/layout";
/// The name in the frame under which the page stands that it surrounds.
pub(crate) const INSIDE: &str = "inside";
/// What fills a piece. No template can name it, for it has spaces.
const FILLED: &str = "a piece with its value";
/// What of a template sees more than the value that the template is given.
const WHOLE_PAGE: &str = "@root";

/// The templates to fill.
pub(crate) struct Pieces {
    pub(crate) templates: BTreeMap<String, Template>,
    /// Those to be shown in the frame.
    pub(crate) framed: BTreeSet<String>,
}

impl Pieces {
    /// Takes the templates apart, given as name, text and parsed.
    ///
    /// # Errors
    /// None in practice: what takes the place of the page in its frame is a template of one name.
    pub(crate) fn of(parsed: Vec<(String, String, Template)>) -> Result<Pieces, Box<TemplateError>> {
        let apart = apart(&parsed);
        let mut pieces = Pieces { templates: BTreeMap::new(), framed: BTreeSet::new() };
        for (name, _, template) in parsed {
            let mut template = match inside_frame(&template) {
                Some(inside) => {
                    pieces.framed.insert(name.clone());
                    inside
                }
                None => template,
            };
            take_apart(&mut template, &apart);
            if name == LAYOUT {
                put_page(&mut template)?;
            }
            pieces.templates.insert(name, template);
        }
        Ok(pieces)
    }
}

/// Makes it known how a piece is filled.
pub(crate) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper(FILLED, Box::new(filled));
}

fn filled<'reg, 'rc>(
    helper: &Helper<'rc>,
    registry: &'reg Handlebars<'reg>,
    _: &'rc Context,
    _: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let name = helper.param(0).and_then(|name| name.value().as_str());
    let value = helper.param(1).filter(|value| !value.is_value_missing());
    let (Some(name), Some(value)) = (name, value) else {
        let path = helper.param(1).and_then(|value| value.relative_path()).cloned();
        return Err(RenderError::from(RenderErrorReason::MissingVariable(path)));
    };
    out.write(&registry.render_with_context(name, &Context::from(value.value().clone()))?)?;
    Ok(())
}

/// The names of the templates that see no more than their value, and use none that does.
fn apart(parsed: &[(String, String, Template)]) -> BTreeSet<String> {
    let mut seeing: BTreeSet<&str> = parsed
        .iter()
        .filter(|(_, text, _)| text.contains(WHOLE_PAGE))
        .map(|(name, ..)| name.as_str())
        .collect();
    loop {
        let uses = |text: &str| seeing.iter().any(|name| text.contains(&format!("> {name}")));
        let more: Vec<&str> = parsed
            .iter()
            .filter(|(name, text, _)| !seeing.contains(name.as_str()) && uses(text))
            .map(|(name, ..)| name.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        seeing.extend(more);
    }
    parsed.iter().map(|(name, ..)| name).filter(|name| !seeing.contains(name.as_str())).cloned().collect()
}

/// What stands in the frame, if the template is a page.
fn inside_frame(template: &Template) -> Option<Template> {
    match template.elements.first()? {
        TemplateElement::PartialBlock(block) if block.name.as_name() == Some(LAYOUT) => {
            block.template.clone()
        }
        _ => None,
    }
}

fn take_apart(template: &mut Template, apart: &BTreeSet<String>) {
    for element in &mut template.elements {
        match element {
            TemplateElement::PartialExpression(piece) => {
                if let Some(filled) = filled_apart(piece, apart) {
                    *element = filled;
                }
            }
            TemplateElement::HelperBlock(block) => {
                block
                    .template
                    .iter_mut()
                    .chain(&mut block.inverse)
                    .for_each(|inner| take_apart(inner, apart));
            }
            TemplateElement::PartialBlock(block) => {
                block.template.iter_mut().for_each(|inner| take_apart(inner, apart));
            }
            _ => {}
        }
    }
}

fn filled_apart(piece: &DecoratorTemplate, apart: &BTreeSet<String>) -> Option<TemplateElement> {
    let name = piece.name.as_name().filter(|name| apart.contains(*name))?;
    let [value] = piece.params.as_slice() else { return None };
    if !piece.hash.is_empty() {
        return None;
    }
    let name = Parameter::Literal(Value::from(name));
    let filled = Parameter::Name(FILLED.to_owned());
    Some(*Subexpression::new(filled, vec![name, value.clone()], Default::default()).element)
}

/// Names the page where handlebars would fill it: it is HTML already.
fn put_page(layout: &mut Template) -> Result<(), Box<TemplateError>> {
    let page = Template::compile(&format!("{{{{{{{INSIDE}}}}}}}")).map_err(Box::new)?;
    let is_page = |element: &TemplateElement| matches!(element, TemplateElement::PartialExpression(piece) if piece.name.as_name() == Some("@partial-block"));
    for element in layout.elements.iter_mut().filter(|element| is_page(element)) {
        if let Some(page) = page.elements.first() {
            *element = page.clone();
        }
    }
    Ok(())
}
