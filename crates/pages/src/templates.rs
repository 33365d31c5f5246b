//! Enters: the kinds of letters. Leaves: how the examples of each look, and two versions of one side by side.
//! Never: shows a letter of a case: examples are made up.

use crate::blocks::{Block, Compare, Form, Line, Picture, Sheet, Side};
use crate::components::{Button, Cell, Field, Part, Select, SummaryList, Table, fact};
use crate::frame::Head;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::templates::{KindLook, VersionTexts, compare as versions, look};
use despatch_core::words::{KindName, Role, count, date_words};
use despatch_web::{Content, Response};

const TITLE: &str = "Templates";

/// Shows every kind.
///
/// # Errors
/// Nobody is signed in.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let catalogue = &visit.open.office.catalogue;
    let rows = catalogue.kinds().map(|kind| {
        let whose = if kind.overlaid { "the office’s own" } else { "built in" };
        vec![
            Cell::from(Part::link(kind.title.as_str(), format!("/templates/{}", kind.name))),
            kind.summary.as_str().into(),
            whose.into(),
            Part::code(catalogue.fingerprint(&kind.name).short()).into(),
        ]
    });
    let head = ["Kind", "What it is for", "Whose", "Version"].map(Cell::from).to_vec();
    let table = Table::new("Every kind of letter", head, rows.collect());
    visit.page("templates/templates", Head::of(TITLE), &Sheet::new(TITLE, vec![Block::WideTable(table)]))
}

/// Shows how the examples of a kind look, and its versions.
///
/// # Errors
/// There is no such kind, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let kind: KindName = visit.step_as("kind")?;
    let found = look(visit.open, &kind)?;
    let roles: Vec<&str> = found.kind.roles.iter().map(|role| Role::label(*role)).collect();
    let facts = vec![
        fact("What it is for", found.kind.summary.as_str()),
        fact("For", roles.join(", ")),
        fact("Version", Part::code(found.kind.version.short())),
    ];
    let mut blocks = vec![Block::Summary(SummaryList::new(facts))];
    blocks.extend(compare_form(&found, &kind));
    blocks.push(Block::heading("How it looks, with made-up people"));
    blocks.push(pictures(&found, &kind));
    let head = Head::of(found.kind.title.clone()).back(TITLE, "/templates");
    let title = found.kind.title.clone();
    visit.page("templates/templates", head, &Sheet::new(title, blocks).caption(format!("Kind {kind}")))
}

fn compare_form(found: &KindLook, kind: &KindName) -> Vec<Block> {
    let options = || {
        let kept = found
            .versions
            .iter()
            .map(|one| (one.hash.short(), format!("{}, since {}", one.hash.short(), date_words(one.since))));
        [
            ("current".to_owned(), "In use now".to_owned()),
            ("built-in".to_owned(), "Built into the program".to_owned()),
        ]
        .into_iter()
        .chain(kept)
    };
    let fields = vec![
        Field::Select(Select::new("a", "One version").options(options())),
        Field::Select(Select::new("b", "The other").options(options())),
        Field::Buttons(vec![Button::new("Show them side by side").secondary()]),
    ];
    let form = Block::Form(Form::asking(format!("/templates/{kind}/compare"), fields));
    vec![Block::unfolds(format!("{} on record", count(found.versions.len(), "version")), vec![form])]
}

fn pictures(found: &KindLook, kind: &KindName) -> Block {
    let pictures = found.pictures.iter().enumerate().map(|(number, one)| Picture {
        caption: one.caption.clone(),
        src: format!("/templates/{kind}/pictures/{number}"),
        alt: one.text.clone(),
    });
    let pictures: Vec<Picture> = pictures.collect();
    match pictures.is_empty() {
        true => Block::paragraph(
            "No picture of it was accepted yet: `despatch template check --update` makes them.",
        ),
        false => Block::Pictures(pictures),
    }
}

/// One picture of a kind.
///
/// # Errors
/// There is no such kind or picture.
pub fn picture(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (kind, number): (KindName, usize) = (visit.step_as("kind")?, visit.step_as("number")?);
    let mut found = look(visit.open, &kind)?;
    if number >= found.pictures.len() {
        return Err(no_page());
    }
    Ok(Response::of(Content::Png, found.pictures.swap_remove(number).png))
}

/// Shows two versions side by side.
///
/// # Errors
/// There is no such kind, or one of the versions is unknown.
pub fn compare(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let kind: KindName = visit.step_as("kind")?;
    let named = |name: &str| match visit.request.parameter(name) {
        "" => "current".to_owned(),
        version => version.to_owned(),
    };
    let (a, b) = (named("a"), named("b"));
    let found = versions(visit.open, &kind, (&a, &b))?;
    let changed: Vec<&VersionTexts> = found.iter().filter(|one| one.differs()).collect();
    let mut blocks =
        vec![Block::paragraph(format!("{} of {} differ.", changed.len(), count(found.len(), "file")))];
    for file in changed {
        blocks.push(Block::heading(file.path.as_str()));
        let side = |heading: &str, lines: &[(String, bool)], later: bool| Side {
            heading: format!("{}, {heading}", file.path),
            lines: lines
                .iter()
                .map(|(text, differs)| Line {
                    text: text.clone(),
                    added: *differs && later,
                    removed: *differs && !later,
                })
                .collect(),
        };
        blocks.push(Block::Compare(Compare {
            sides: vec![side(&a, &file.one, false), side(&b, &file.other, true)],
        }));
    }
    let title = format!("{kind}: {a} and {b}");
    let head = Head::of(title.clone()).back("The kind", format!("/templates/{kind}"));
    visit.page("templates/templates", head, &Sheet::new(title, blocks))
}
