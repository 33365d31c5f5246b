//! Enters: the office's own files of rules and templates. Leaves: what they hold, proposed by one person and confirmed by
//! a second one. Never: lets one person alone change one.

use crate::blocks::{Block, Form, Sheet, Verbatim};
use crate::components::{Button, Cell, Field, Hidden, Input, Part, SummaryList, Table, Textarea, fact};
use crate::forms::{self, Refused, done};
use crate::frame::Head;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::config_files::{
    ConfigFile, ConfirmConfig, PutConfig, confirm, list as all, put, show as proposed,
};
use despatch_core::words::moment_words;
use despatch_ledger::ConfigPath;
use despatch_web::Response;

const TITLE: &str = "The office’s own files";

/// Shows every file, and what is proposed for it.
///
/// # Errors
/// The ledger or a file cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn address(path: &ConfigPath) -> String {
    format!("/config/file?path={path}")
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let files = all(visit.open, &actor)?;
    let row = |file: &ConfigFile| {
        let waits = file.proposal.as_ref().filter(|one| one.confirmed_by.is_none());
        let state = match (&file.sha256, waits) {
            (_, Some(proposal)) => Part::tag(format!("{} proposes a change", proposal.by), "yellow"),
            (Some(_), None) if file.agreed => Part::tag("agreed by two", "green"),
            (Some(_), None) => Part::tag("laid here without a second person", "red"),
            (None, None) => Part::tag("was removed", "grey"),
        };
        let name = match &file.proposal {
            Some(_) => Part::link(file.path.as_str(), address(&file.path)),
            None => Part::text(file.path.as_str()),
        };
        let sha256 = file.sha256.map_or_else(String::new, |sha256| sha256.short());
        vec![Cell::from(name), Part::code(sha256).into(), state.into()]
    };
    let head = ["File", "SHA-256", "State"].map(Cell::from).to_vec();
    let table =
        Table::new("Packs, places, bank holidays and templates", head, files.iter().map(row).collect());
    let path = Input::new("path", "Its place in the office").hint("Such as policy/places.toml").verbatim();
    let path = path.value(visit.request.field("path")).error(refused.at("path"));
    let text = Textarea::new("text", "What it is to hold, whole").rows(15).value(visit.request.field("text"));
    let fields = vec![
        Field::Input(path),
        Field::Textarea(text.error(refused.at("text"))),
        Field::Buttons(vec![Button::new("Propose it: a second person confirms")]),
    ];
    let blocks = vec![
        Block::table_or(table, "The office has no files of its own."),
        Block::unfolds("Propose what a file is to hold", vec![Block::Form(Form::new("/config", fields))]),
    ];
    let head = Head::of(TITLE).back("Health", "/health").errors(refused.links(&[]));
    visit.page("config/config", head, &Sheet::new(TITLE, blocks))
}

/// Shows what is proposed for a file.
///
/// # Errors
/// Nothing was ever proposed for it, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let path = visit.request.parameter("path").parse().map_err(|_| no_page())?;
    one(visit, path, &Refused::default())
}

fn one(visit: &mut Visit<'_>, path: ConfigPath, refused: &Refused) -> Result<Response, Failure> {
    let (actor, me) = (visit.actor()?, visit.staff()?.clone());
    let found = proposed(visit.open, &actor, path.clone())?;
    let state = found
        .confirmed_by
        .as_ref()
        .map_or_else(|| "waits for a second member of staff".to_owned(), |by| format!("confirmed by {by}"));
    let facts = vec![
        fact("Proposed", format!("by {} on {}", found.by, moment_words(found.at))),
        fact("State", state),
        fact("SHA-256", Part::code(found.sha256.to_string())),
    ];
    let mut blocks = vec![Block::Summary(SummaryList::new(facts))];
    if found.confirmed_by.is_none() && found.by != me.as_str() {
        let hidden = |name: &str, value: String| Field::Hidden(Hidden { name: name.to_owned(), value });
        let fields = vec![
            hidden("path", path.to_string()),
            hidden("sha256", found.sha256.to_string()),
            Field::Buttons(vec![Button::new("I have read it: let the file hold this")]),
        ];
        blocks.push(Block::Form(Form::new("/config/confirm", fields)));
    }
    blocks.push(Block::Verbatim(Verbatim {
        label: format!("What {path} is to hold"),
        text: found.text.clone(),
    }));
    let head = Head::of(path.to_string()).back(TITLE, "/config").errors(refused.links(&[]));
    visit.page("config/config", head, &Sheet::new(path.to_string(), blocks))
}

/// Proposes what a file is to hold.
///
/// # Errors
/// The ledger fails.
pub fn propose(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    // The text as it was typed: white space around it belongs to the file.
    let text = request.form.iter().find(|(name, _)| name == "text").map_or("", |(_, text)| text.as_str());
    let text = text.replace("\r\n", "\n");
    let put = forms::value::<ConfigPath>(request, "path", "a place such as policy/places.toml")
        .and_then(|path| put(visit.open, &actor, PutConfig { path, text }));
    match put {
        Ok(proposal) => {
            let words =
                format!("{} is proposed; a second member of staff reads it and confirms it.", proposal.path);
            Ok(done(visit, words, address(&proposal.path)))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Confirms what somebody else proposed.
///
/// # Errors
/// The ledger fails, or the file cannot be written.
pub fn confirm_it(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let path: ConfigPath = forms::value(request, "path", "a file")?;
    let sha256 = request.field("sha256").to_owned();
    match confirm(visit.open, &actor, ConfirmConfig { path: path.clone(), sha256 }) {
        Ok(confirmed) => {
            let words = format!("{} holds it now. The service starts again with it.", confirmed.path);
            Ok(done(visit, words, address(&path)))
        }
        Err(failure) => one(visit, path, &Refused::of(failure)?),
    }
}
