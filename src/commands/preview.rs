//! Enters: a kind, and an example of it or a case file. Leaves: its documents as PDFs, opened in a viewer and
//! regenerated on each save. Never: seals, queues or sends anything, or writes the contents of a case to a disk unless
//! told to.

use crate::context::{CommandContext, Exit, kind, this_program};
use crate::output::folder_for;
use crate::printing::Print;
use crate::queries::Query;
use despatch_app::intake::{LocalCase, Watch};
use despatch_app::operations::Failure;
use despatch_app::operations::templates::{
    CaseToPreview, ExamplePreview, Made, PreviewExample, Templates, write_whole,
};
use despatch_core::words::{KindName, Sha256, count};
use serde_json::json;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than an editor takes to save.
const SETTLED: Duration = Duration::from_millis(30);

/// Make a kind's documents to look at, again on each save
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_parser = kind)]
    kind: KindName,
    /// With this example of the kind (default: its first)
    #[arg(long, value_name = "NAME", conflicts_with = "case")]
    example: Option<String>,
    /// With a case file that nobody has dropped yet
    #[arg(long, value_name = "CASE.json")]
    case: Option<PathBuf>,
    /// Make them again on each save, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Where to put them (default: a private folder in memory)
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// Runs `despatch preview`.
///
/// # Errors
/// The folder cannot be made; the templates, the example or the case file are at fault; a document cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let print = context.print();
    let Args { kind, example, case, watch, to } = args;
    let to = folder_for(to.as_deref(), "preview")?;
    let templates = Templates::of(&context.global.office, this_program()?);
    let request = PreviewExample { kind, example };
    let mut examples = ExamplePreview::of(&templates);
    let mut make = || match &case {
        Some(file) => of_case(context, &request.kind, file),
        None => examples.make(&request),
    };
    // The sources of the documents: the office's own templates, and the case.
    let state =
        || (templates.state(), case.as_ref().map(|case| Sha256::of(&fs::read(case).unwrap_or_default())));
    let mut watch = watch.then(|| Watch::start(&templates.folder()));
    let (mut opened, mut before) = (false, None);
    loop {
        let now = state();
        if before.as_ref() != Some(&now) {
            let started = Instant::now();
            match make().and_then(|made| written(&to, &made)) {
                Ok(files) => {
                    show(&files, started.elapsed(), print);
                    if !opened {
                        files.iter().for_each(|file| open_in_viewer(file));
                        opened = true;
                    }
                }
                Err(Failure::Faults(faults)) if watch.is_some() => {
                    // An editor may have been in the middle of a save.
                    thread::sleep(SETTLED);
                    if state() == now {
                        print.faults(&faults);
                    }
                }
                Err(other) => return Err(other),
            }
            before = Some(now);
        }
        match &mut watch {
            Some(watch) => {
                watch.wait(false);
            }
            None => return Ok(Exit::Done),
        }
    }
}

/// Makes the documents of this kind that a case would produce today.
fn of_case(context: &CommandContext, kind: &KindName, file: &Path) -> Result<Vec<Made>, Failure> {
    let request = CaseToPreview { kind: kind.clone(), case: LocalCase::read(file) };
    // What the service tells, it has shown already.
    let told = |_| Failure::Faults(Vec::new());
    context.query(Query::Preview(request))?.map_err(told)
}

/// Writes each document under a temporary name and renames it, so that a viewer never sees half of one.
fn written(to: &Path, made: &[Made]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for (name, bytes) in made {
        let file = to.join(name);
        write_whole(&file, bytes)?;
        files.push(file);
    }
    Ok(files)
}

fn show(files: &[PathBuf], took: Duration, print: Print) {
    let took = took.as_millis();
    print.json(&json!({ "files": files, "milliseconds": took }));
    print.line(&format!("{} in {took} ms:", count(files.len(), "document")));
    files.iter().for_each(|file| print.line(&format!("  {}", file.display())));
}

/// Opens a file with the desktop's own viewer, if there is a desktop.
fn open_in_viewer(file: &Path) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if desktop && io::stdout().is_terminal() {
        let quiet = || Stdio::null();
        // Without a viewer, the printed paths are enough.
        let _ = Command::new("xdg-open").arg(file).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    }
}
