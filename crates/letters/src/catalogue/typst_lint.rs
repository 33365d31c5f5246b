//! Enters: one typst template. Leaves: its syntax errors and its forbidden calls, as faults.
//! Never: runs the template. The engine's world refuses the same calls; this check reports them earlier.

use super::{COMPANIONS, SHARED, fault_at, folder_of};
use despatch_core::fault::Fault;
use std::collections::{BTreeMap, BTreeSet};
use typst::syntax::ast::{self, AstNode, Expr};
use typst::syntax::{DiagSpanKind, LinkedNode, Source, SyntaxKind, VirtualPath};

/// Names that read files, run text as code or bypass this check (reliability section 5).
const FORBIDDEN: [&str; 12] =
    ["eval", "read", "plugin", "json", "csv", "yaml", "toml", "xml", "cbor", "bibliography", "std", "sys"];

/// Appends every fault of the template `text` at `path`.
pub fn check(path: &str, text: &str, files: &BTreeMap<String, String>, faults: &mut Vec<Fault>) {
    let source = Source::detached(text);
    let (errors, warnings) = source.root().errors_and_warnings();
    for found in errors.iter().chain(&warnings) {
        let offset = match found.span.get() {
            DiagSpanKind::Number { num, sub_range, .. } => {
                source.range(num, sub_range).map_or(0, |range| range.start)
            }
            DiagSpanKind::Range { range, .. } => range.start,
            DiagSpanKind::Detached => 0,
        };
        let hints: Vec<&str> = found.hints.iter().map(|hint| hint.v.as_str()).collect();
        let cure = if hints.is_empty() { "mend the typst syntax".to_owned() } else { hints.join("; ") };
        faults.push(fault_at(path, text, offset, "template.syntax", &found.message, &cure));
    }
    if !errors.is_empty() {
        return;
    }
    let lint = Lint { path, text, files };
    lint.walk(&LinkedNode::new(source.root()), faults);
    let sheet = path.starts_with(COMPANIONS) && path.ends_with("/sheet.typ");
    let main = sheet
        || matches!(path.split_once('/'), Some((folder, "letter.typ" | "cover-note.typ")) if folder != SHARED);
    if main && !defines_document(source.root()) {
        faults.push(Fault::new(
            format!("templates/{path}"),
            "template.document",
            "the template defines no function `document`",
            "write `#let document(data) = [...]`",
        ));
    }
}

/// Returns the names and the quoted words of a template: what it can ask of its data.
pub fn names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![Source::detached(text).root().clone()];
    while let Some(node) = left.pop() {
        match node.kind() {
            SyntaxKind::Ident => drop(found.insert(node.leaf_text().to_string())),
            SyntaxKind::Str => drop(found.insert(node.leaf_text().trim_matches('"').to_owned())),
            _ => left.extend(node.children().cloned()),
        }
    }
    found
}

fn defines_document(root: &typst::syntax::SyntaxNode) -> bool {
    root.children().filter_map(|node| node.cast::<ast::LetBinding>()).any(|binding| match binding.kind() {
        ast::LetBindingKind::Closure(name) => name.as_str() == "document",
        ast::LetBindingKind::Normal(_) => false,
    })
}

struct Lint<'a> {
    path: &'a str,
    text: &'a str,
    files: &'a BTreeMap<String, String>,
}

impl Lint<'_> {
    fn walk(&self, node: &LinkedNode<'_>, faults: &mut Vec<Fault>) {
        let complaint = match node.kind() {
            SyntaxKind::Ident | SyntaxKind::MathIdent => self.name(node),
            SyntaxKind::ModuleImport => {
                self.import(node.cast::<ast::ModuleImport>().map(ast::ModuleImport::source))
            }
            SyntaxKind::ModuleInclude => {
                self.import(node.cast::<ast::ModuleInclude>().map(ast::ModuleInclude::source))
            }
            SyntaxKind::SetRule => node
                .cast::<ast::SetRule>()
                .is_some_and(|rule| rule.target().to_untyped().full_text() == "document")
                .then_some((
                    "the template sets what the document says about itself",
                    "take it away; the program sets title, author, date and keywords",
                )),
            _ => None,
        };
        if let Some((cause, cure)) = complaint {
            let at = node.offset();
            faults.push(fault_at(self.path, self.text, at, "template.forbidden", cause, cure));
        }
        for child in node.children() {
            self.walk(&child, faults);
        }
    }

    /// Returns the complaint about a name that could read files, run code or reach the clock.
    fn name(&self, node: &LinkedNode<'_>) -> Option<(&'static str, &'static str)> {
        let name = node.leaf_text().as_str();
        let parent = node.parent()?;
        let first = node.prev_sibling().is_none();
        let is_field = parent.kind() == SyntaxKind::FieldAccess && !first;
        if is_field {
            return (name == "today")
                .then_some(("`today` asks for the clock", "use a date of the data, such as data.issued_on"));
        }
        if parent.kind() == SyntaxKind::Named && first {
            return None;
        }
        if name == "image" {
            let picture = parent.cast::<ast::FuncCall>().filter(|_| first);
            let named = picture.and_then(|call| match call.args().items().next()? {
                ast::Arg::Pos(Expr::Str(path)) => self.resolve(&path.get()),
                _ => None,
            });
            return named.is_none().then_some((
                "`image` names no file of the templates",
                "name an .svg file of the kind's own folder or of /_shared, as a plain string",
            ));
        }
        FORBIDDEN.contains(&name).then_some((
            "a template may not read files or run text as code",
            "use what `data` holds, or write a function in /_shared",
        ))
    }

    fn import(&self, source: Option<Expr<'_>>) -> Option<(&'static str, &'static str)> {
        let found = match source {
            Some(Expr::Str(path)) => self.resolve(&path.get()),
            _ => None,
        };
        found.is_none().then_some((
            "this imports something that is not there for this kind",
            "import a .typ file of the kind's own folder or of /_shared, as a plain string",
        ))
    }

    /// Resolves `path` relative to this template, if it may use that file.
    fn resolve(&self, path: &str) -> Option<String> {
        let here = VirtualPath::new(self.path).ok()?;
        let target = if path.starts_with('/') {
            VirtualPath::new(path).ok()?
        } else {
            here.parent()?.join(path).ok()?
        };
        let target = target.get_without_slash().to_owned();
        let folder = folder_of(&target)?;
        let allowed = folder == SHARED || Some(folder) == folder_of(self.path);
        (allowed && self.files.contains_key(&target)).then_some(target)
    }
}
