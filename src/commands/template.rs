//! Enters: the commands of template owners. Leaves: new kinds, the faults of templates, pictures of letters, and
//! earlier versions. Never: needs a whole office, a key or a real case.

use crate::context::{CommandContext, Exit, kind, this_program};
use crate::printing::{BatchProgress, Print};
use clap::Subcommand;
use despatch_app::office::{TEMPLATES, spare_offices};
use despatch_app::operations::Failure;
use despatch_app::operations::templates::{
    CheckTemplates, DiffVersions, KindChecked, NewKind, Templates, TemplatesChecked, check, diff, gallery,
    list, new, show, write,
};
use despatch_core::words::{KindName, count, date_words};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Make, check, look at and compare the kinds of letters
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every kind, and the version of its templates that is in use
    List,
    /// Start a kind from a copy of another
    New {
        /// The kind's name: the folder that is made
        #[arg(value_parser = kind)]
        name: KindName,
        /// The kind to copy
        #[arg(long, value_name = "KIND", value_parser = kind)]
        from: KindName,
    },
    /// Say everything that is wrong with templates, and which examples look different
    Check {
        /// Only this kind
        #[arg(value_parser = kind)]
        kind: Option<KindName>,
        /// Accept how the examples look now, once you have looked
        #[arg(long)]
        update: bool,
    },
    /// One sheet with a picture of every letter
    Gallery {
        /// Only this kind
        #[arg(value_parser = kind)]
        kind: Option<KindName>,
        /// Where to write the sheet
        #[arg(long, value_name = "FILE", default_value = "gallery.html")]
        to: PathBuf,
    },
    /// The templates that a despatch was made from
    Show {
        /// A version, as `outbox show` names it, or its beginning
        hash: String,
        /// Write its files into this folder
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Two versions of a kind side by side
    Diff {
        #[arg(value_parser = kind)]
        kind: KindName,
        /// A version, "current" or "built-in"
        a: String,
        /// Another one
        b: String,
        /// Where to write both side by side
        #[arg(long, value_name = "FILE", default_value = "diff.html")]
        to: PathBuf,
    },
}

/// Runs `despatch template`.
///
/// # Errors
/// The templates are at fault; there is no such kind or version; a file cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let print = context.print();
    let templates = Templates::of(&context.global.office, this_program()?);
    match args.command {
        Command::List => {
            let kinds = list(&templates)?;
            print.json(&kinds);
            let whose = |own| if own { "the office's own" } else { "built in" }.to_owned();
            let rows = kinds
                .into_iter()
                .map(|kind| vec![kind.kind.to_string(), whose(kind.own), kind.version.short(), kind.summary]);
            print.table(&["kind", "whose", "version", "what it is for"], rows, "There is no kind.");
        }
        Command::New { name, from } => show_new(&templates, NewKind { name, from }, print)?,
        Command::Check { kind, update } => {
            let checked = check(&templates, CheckTemplates { kind, update })?;
            return show_checked(checked, update, print);
        }
        Command::Gallery { kind, to } => {
            let bar = BatchProgress::new("kinds", true);
            let sheet = gallery(&templates, kind.as_ref(), &|done, of| bar.step(done, of))?;
            bar.end();
            spare_offices(&to, None)?;
            write(&to, sheet.html.as_bytes())?;
            print.json(&json!({ "file": to, "kinds": sheet.kinds, "pages": sheet.pages }));
            let (pages, kinds) = (count(sheet.pages, "page"), count(sheet.kinds, "kind"));
            print.line(&format!("{pages} of {kinds} in {}: open it in a browser.", to.display()));
        }
        Command::Show { hash, to } => show_version(&templates, &hash, to.as_deref(), print)?,
        Command::Diff { kind, a, b, to } => {
            let request = DiffVersions { kind, a, b };
            let made = diff(&templates, &request)?;
            spare_offices(&to, None)?;
            write(&to, made.html.as_bytes())?;
            let (kind, changed) = (request.kind, made.changed);
            print.json(&json!({ "kind": kind, "documents": made.documents, "changed": changed, "file": to }));
            let differ = if changed.is_empty() { "nothing differs".to_owned() } else { changed.join(", ") };
            print.labelled("differ", &differ);
            print.line(&format!("Both versions side by side: {}", to.display()));
        }
    }
    Ok(Exit::Done)
}

fn show_new(templates: &Templates, request: NewKind, print: Print) -> Result<(), Failure> {
    let copied = new(templates, request)?;
    print.json(&copied);
    let (name, from) = (&copied.kind, &copied.from);
    let files = count(copied.files, "file");
    print.line(&format!("{} now holds a copy of {from} ({files}).", copied.folder.display()));
    print.line("");
    print.line("Next:");
    print.line("  edit kind.toml (title, summary, roles, needs) and the templates beside it");
    print.line(&format!("  despatch preview {name} --watch       to see it as you type"));
    print.line(&format!("  despatch template check {name}        to have it checked"));
    if name != from {
        print.line("  and name it in a row of the policy pack: a kind that no row names is never made");
    }
    Ok(())
}

fn show_checked(checked: TemplatesChecked, update: bool, print: Print) -> Result<Exit, Failure> {
    if checked.faults.is_empty() {
        print.json(&checked);
    }
    let row = |one: &KindChecked| {
        let looks = match (one.changed.len(), update) {
            (0, _) => "as before".to_owned(),
            (changed, true) => format!("{} updated", count(changed, "file")),
            (changed, false) => format!("{} changed", count(changed, "file")),
        };
        vec![one.kind.to_string(), one.examples.to_string(), one.golden.to_string(), looks]
    };
    let head = ["kind", "examples", "golden files", "looks"];
    print.table(&head, checked.kinds.iter().map(row), "No kind could be checked.");
    if checked.has_changed() {
        print.line("\nThese look different from when somebody last looked, or are new:");
        let changed = checked.kinds.iter().flat_map(|one| &one.changed);
        changed.for_each(|path| print.line(&format!("  templates/{path}")));
        print.line("Look at them (`despatch template gallery`); if they are right, add --update.");
    }
    let changed = checked.has_changed();
    match checked.faults.is_empty() {
        true => Ok(if changed { Exit::AtFault } else { Exit::Done }),
        false => Err(checked.faults.into()),
    }
}

fn show_version(templates: &Templates, hash: &str, to: Option<&Path>, print: Print) -> Result<(), Failure> {
    let shown = show(templates, hash)?;
    if let Some(to) = to {
        // A former version may go back where it was.
        spare_offices(to, Some(TEMPLATES))?;
        for (path, text) in &shown.version.files {
            write(&to.join(path), text.as_bytes())?;
        }
    }
    print.json(&shown);
    let version = &shown.version;
    print.labelled("version", &shown.hash.to_string());
    print.labelled("kind", version.kind.as_str());
    print.labelled("in use since", &date_words(shown.since));
    print.labelled("made with", &format!("typst {}, fonts {}", version.typst, version.fonts.short()));
    for (path, text) in &version.files {
        print.line(&format!("  {path} ({})", count(text.lines().count(), "line")));
    }
    print.line(&match to {
        Some(to) => format!("Written to {}.", to.display()),
        None => "--to DIR writes them out.".to_owned(),
    });
    Ok(())
}
