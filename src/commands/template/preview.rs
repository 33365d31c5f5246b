//! Enters: a kind, and an example of it or a case file. Leaves: its documents as PDFs, opened for whoever edits it, and
//! made anew on each save. Never: seals, queues or sends anything, or keeps what a case says on a disk.

use super::{TEMPLATES, pool, unknown};
use crate::commands::args::Preview;
use crate::commands::{open_ledger, open_office};
use crate::context::Exit;
use crate::context::GlobalArgs as Common;
use crate::context::this_program;
use crate::output::folder_for;
use crate::printing::Print;
use despatch_app::intake::{Incoming, IncomingAttachment, LocalCase, Watch};
use despatch_app::operations::Failure;
use despatch_app::pipeline::examples::{Print as Size, job};
use despatch_app::pipeline::{Line, checked_plan};
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Sha256, count};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::pool::Pool;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A save takes no longer.
const SETTLED: Duration = Duration::from_millis(30);

/// A document: its file name and its bytes.
type Made = (String, Vec<u8>);

/// What is previewed, and the workers that do it.
struct Desk<'a> {
    common: &'a Common,
    args: &'a Preview,
    templates: PathBuf,
    /// Started for the first document and kept, so that a save is seen at once.
    pool: Option<Pool>,
}

pub(in crate::commands) fn preview(common: &Common, args: &Preview, print: &Print) -> Result<Exit, Failure> {
    let to = folder_for(args.to.as_deref(), "preview")?;
    let mut desk = Desk { common, args, templates: common.office.join(TEMPLATES), pool: None };
    let mut watch = args.watch.then(|| Watch::start(&desk.templates));
    let (mut opened, mut before) = (false, None);
    loop {
        let state = desk.state();
        if before.as_ref() != Some(&state) {
            let started = Instant::now();
            let outcome = desk.made().and_then(|made| written(&to, &made));
            match outcome {
                Ok(files) => {
                    let took = started.elapsed().as_millis();
                    tell(&files, took, print);
                    if !opened {
                        files.iter().for_each(|file| show(file));
                        opened = true;
                    }
                }
                Err(Failure::Faults(faults)) if watch.is_some() => {
                    // An editor may have been in the midst of its save.
                    thread::sleep(SETTLED);
                    if desk.state() == state {
                        print.faults(&faults);
                    }
                }
                Err(other) => return Err(other),
            }
            before = Some(state);
        }
        match &mut watch {
            Some(watch) => {
                watch.wait(false);
            }
            None => return Ok(Exit::Done),
        }
    }
}

impl Desk<'_> {
    /// One hash over what the documents are made of: the office's own templates, and the case.
    fn state(&self) -> Sha256 {
        let mut all = Vec::new();
        let files = walkdir::WalkDir::new(&self.templates).sort_by_file_name().into_iter().flatten();
        let of_templates =
            files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
        for path in of_templates.chain(self.args.case.clone()) {
            // Golden pictures are many and change nothing.
            if path.extension().is_none_or(|ending| ending != "png") {
                all.extend_from_slice(path.as_os_str().as_encoded_bytes());
                all.extend(fs::read(&path).unwrap_or_default());
            }
        }
        Sha256::of(&all)
    }

    fn made(&mut self) -> Result<Vec<Made>, Failure> {
        match &self.args.case {
            Some(case) => self.of_case(case),
            None => self.of_example(),
        }
    }

    /// The documents of one example, as the kind's templates stand now.
    fn of_example(&mut self) -> Result<Vec<Made>, Failure> {
        let (catalogue, faults) = Catalogue::read(Some(&self.templates));
        let name = &self.args.kind;
        let Some(kind) = catalogue.kind(name) else {
            // What is wrong with other kinds is not what this author is at.
            let ours: Vec<Fault> = faults.into_iter().filter(|fault| is_about(fault, name)).collect();
            if !ours.is_empty() {
                return Err(ours.into());
            }
            return Err(unknown(name).into());
        };
        let wanted = self.args.example.as_deref();
        let named = |path: &str| wanted.is_none_or(|wanted| path.ends_with(&format!("/{wanted}.json")));
        let (path, data) = catalogue.examples(name).find(|(path, _)| named(path)).ok_or_else(|| {
            let cure = "name a file of its folder `examples`, without .json";
            Fault::new(name.as_str(), "template.example", "the kind has no such example", cure)
        })?;
        match &mut self.pool {
            Some(pool) => pool.replace_files(&catalogue.files()),
            None => self.pool = Some(pool(&catalogue, 1)?),
        }
        let Some(pool) = &self.pool else { return Ok(Vec::new()) };
        let mut made = Vec::new();
        for file in kind.files() {
            let pdf =
                pool.render(&job(kind, file, path, &data, Size::AsGiven)).map_err(|fault| fault.faults())?;
            made.push((format!("{}.pdf", file.strip_suffix(".typ").unwrap_or(file)), pdf));
        }
        Ok(made)
    }

    /// The documents of this kind that a case would make today.
    fn of_case(&self, file: &Path) -> Result<Vec<Made>, Failure> {
        let (office, clock) = open_office(self.common)?;
        let now = clock.now();
        let local = LocalCase::read(file)?;
        let parsed = despatch_process::case::parse(&local.bytes);
        let case = parsed.as_ref().map_err(Clone::clone)?;
        let attachments = local.attachments(&case.attachments)?;
        let attachments =
            attachments.into_iter().map(|one| IncomingAttachment { file: one.file, bytes: one.bytes });
        let record = open_ledger(&office)?.record(&case.case_id, &case.event_id, case.event.name())?;
        let (pack, plan) = checked_plan(&office, case, &record, local.owner, &[], now.today)?;
        let incoming = Incoming {
            claim: 0,
            token: String::new(),
            file: file.to_owned(),
            owner: local.owner,
            bytes: local.bytes,
            case: parsed.clone(),
            attachments: attachments.collect(),
            faults: Vec::new(),
        };
        let line = Line::new(&office, &this_program()?)?;
        let made = line.preview(case, (pack, &plan), &incoming, now, &self.args.kind)?;
        if made.is_empty() {
            let cause = format!("the event of this case makes no {}", self.args.kind);
            let cure = "`despatch plan` says what it makes";
            return Err(Fault::new(file.display().to_string(), "preview.none", cause, cure).into());
        }
        Ok(made)
    }
}

fn is_about(fault: &Fault, kind: &KindName) -> bool {
    [kind.as_str(), despatch_letters::catalogue::SHARED]
        .iter()
        .any(|folder| fault.at.starts_with(&format!("templates/{folder}/")))
}

/// Writes each document beside its place and moves it there, so that a viewer never sees half of one.
fn written(to: &Path, made: &[Made]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for (name, bytes) in made {
        let (part, file) = (to.join(format!(".{name}.part")), to.join(name));
        fs::write(&part, bytes)
            .and_then(|()| fs::rename(&part, &file))
            .map_err(|error| super::unwritten(&file, &error))?;
        files.push(file);
    }
    Ok(files)
}

fn tell(files: &[PathBuf], took: u128, print: &Print) {
    print.json(&serde_json::json!({ "files": files, "milliseconds": took }));
    print.line(&format!("{} in {took} ms:", count(files.len(), "document")));
    files.iter().for_each(|file| print.line(&format!("  {}", file.display())));
}

/// Opens a file with the desktop's own viewer, where somebody sits at a desktop.
fn show(file: &Path) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if desktop && io::stdout().is_terminal() {
        let quiet = || Stdio::null();
        // Without a viewer the paths that were told will do.
        let _ = Command::new("xdg-open").arg(file).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    }
}
