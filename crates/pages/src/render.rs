//! Enters: the name of a template and a value. Leaves: the HTML.
//! Never: writes a value unescaped, or a gap where a value is missing.

use crate::helpers;
use crate::lint;
use crate::pieces::{self, INSIDE, LAYOUT, Pieces};
use despatch_core::fault::Fault;
use handlebars::template::Template;
use handlebars::{Context, Handlebars, RenderError};
use include_dir::{Dir, DirEntry, include_dir};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// `pages/`: a folder for each page, `_shared` and `_assets`.
pub(crate) static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../pages");

/// Every template, parsed.
pub struct Templates {
    registry: Handlebars<'static>,
    /// Those to be shown in the frame.
    framed: BTreeSet<String>,
}

/// The value of the frame.
const FRAME: &str = "frame";

impl Templates {
    /// Parses the built-in templates.
    ///
    /// # Errors
    /// One fault for each that handlebars does not accept; there is none in a program that was tested.
    pub fn built_in() -> Result<Self, Vec<Fault>> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        helpers::register(&mut registry);
        pieces::register(&mut registry);
        let (mut parsed, mut faults) = (Vec::new(), Vec::new());
        for (name, text) in texts() {
            match Template::compile_with_name(&text, name.clone()) {
                Ok(template) => parsed.push((name, text, template)),
                Err(error) => faults.push(lint::syntax(&name, &error)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let pieces = Pieces::of(parsed).map_err(|error| vec![lint::syntax(LAYOUT, &error)])?;
        for (name, template) in pieces.templates {
            registry.register_template(&name, template);
        }
        Ok(Self { registry, framed: pieces.framed })
    }

    /// Whether there is a template of this name (`review/list`).
    pub fn has(&self, name: &str) -> bool {
        self.registry.has_template(name)
    }

    /// Fills a template; a page with its frame around it.
    ///
    /// # Errors
    /// There is no such template, or it uses a value that `values` does not have.
    pub fn render(&self, name: &str, values: &impl Serialize) -> Result<String, Fault> {
        self.filled(name, values).map_err(|error| {
            let line = error.line_no.unwrap_or(1);
            let file = error.template_name.as_deref().unwrap_or(name);
            let at = format!("pages/{file}.hbs:{line}");
            let cure = "tell whoever looks after the program which page this is";
            Fault::new(at, "page.template", error.reason().to_string(), cure)
        })
    }

    fn filled(&self, name: &str, values: &impl Serialize) -> Result<String, RenderError> {
        let values = Context::wraps(values)?;
        let page = self.registry.render_with_context(name, &values)?;
        if !self.framed.contains(name) {
            return Ok(page);
        }
        let mut frame = Map::new();
        frame.extend(values.data().get(FRAME).map(|frame| (FRAME.to_owned(), frame.clone())));
        frame.insert(INSIDE.to_owned(), Value::String(page));
        self.registry.render_with_context(LAYOUT, &Context::from(Value::Object(frame)))
    }
}

/// The built-in templates: name (`review/list`, `_shared/govuk/input`) and text.
pub fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left = vec![&BUILT_IN];
    while let Some(folder) = left.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(inner) => left.push(inner),
                DirEntry::File(file) => {
                    let name = file.path().to_str().and_then(|path| path.strip_suffix(".hbs"));
                    if let (Some(name), Some(text)) = (name, file.contents_utf8()) {
                        found.push((name.to_owned(), text.to_owned()));
                    }
                }
            }
        }
    }
    found.sort();
    found
}
