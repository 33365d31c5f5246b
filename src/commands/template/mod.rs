//! Enters: the commands of whoever owns templates. Leaves: new kinds, what is wrong with them, how they look, and
//! earlier versions. Never: needs a whole office, a key or a real case, except to preview one.

mod check;
mod new;
mod preview;
mod sheet;
mod versions;

pub(in crate::commands) use preview::preview;

use super::args::Template;
use crate::context::GlobalArgs as Common;
use crate::context::this_program;
use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use despatch_app::operations::Failure;
use despatch_core::fault::Fault;
use despatch_core::words::KindName;
use despatch_letters::catalogue::{Catalogue, Kind};
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use std::path::{Path, PathBuf};

/// The folder of an office's own templates.
const TEMPLATES: &str = "templates";

pub(super) fn template(common: &Common, command: &Template, print: &Print) -> Result<Exit, Failure> {
    let folder = common.office.join(TEMPLATES);
    match command {
        Template::List => list(&folder, print),
        Template::New(new) => new::new(&folder, new, print),
        Template::Check(check) => check::check(&folder, check, print),
        Template::Gallery(gallery) => sheet::gallery(&folder, gallery, print),
        Template::Show(show) => versions::show(common, show, print),
        Template::Diff(diff) => versions::diff(common, diff, print),
    }
}

/// The kinds of an office, as far as they can be read.
fn list(folder: &Path, print: &Print) -> Result<Exit, Failure> {
    let catalogue = Catalogue::load(Some(folder))?;
    let rows: Vec<Vec<String>> = catalogue
        .kinds()
        .map(|kind| {
            let whose = if kind.overlaid { "the office's own" } else { "built in" };
            vec![
                kind.name.to_string(),
                whose.to_owned(),
                catalogue.fingerprint(&kind.name).short(),
                kind.summary.clone(),
            ]
        })
        .collect();
    let view = |kind: &Kind| {
        serde_json::json!({
            "kind": kind.name, "title": kind.title, "summary": kind.summary, "roles": kind.roles,
            "own": kind.overlaid, "version": catalogue.fingerprint(&kind.name),
        })
    };
    print.json(&catalogue.kinds().map(view).collect::<Vec<_>>());
    print.table(&["kind", "whose", "version", "what it is for"], &rows, "There is no kind.");
    Ok(Exit::Done)
}

/// The kind of that name.
///
/// # Errors
/// There is none.
fn kind<'c>(catalogue: &'c Catalogue, name: &KindName) -> Result<&'c Kind, Fault> {
    catalogue.kind(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &KindName) -> Fault {
    let cure = "`despatch template list` says which kinds there are";
    Fault::new(name.as_str(), "kind.unknown", "there is no such kind, or something is wrong with it", cure)
}

/// Workers over the templates of `catalogue`.
fn pool(catalogue: &Catalogue, workers: usize) -> Result<Pool, Failure> {
    Ok(Pool::start(&this_program()?, &catalogue.files(), workers, TIME_LIMIT)?)
}

/// Where a path of the catalogue lies in the office.
fn on_disk(folder: &Path, path: &str) -> PathBuf {
    folder.join(path)
}

/// A failure to write into the office.
fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    let cause = format!("it cannot be written: {error}");
    Fault::new(path.display().to_string(), "template.write", cause, "look at the folder's owner and rights")
        .into()
}

/// Make, check, look at and compare the kinds of letters
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Template,
}

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    template(&context.global, &args.command, &context.print)
}
