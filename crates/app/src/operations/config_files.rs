//! Enters: what one of the office's own files of rules or templates is to hold. Leaves: it proposed by one member of staff,
//! and written once a second one has confirmed these very bytes. Never: writes what would put the office out of order.

use super::{Actor, Failure, OpenOffice};
use crate::office::{OPEN_TO_READ, faults_with};
use despatch_core::fault::Fault;
use despatch_core::private::make_folder;
use despatch_core::words::Sha256;
use despatch_ledger::{ConfigPath, Proposal, write_durably};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// The longest file: the built-in pack, the longest of all, has about 60 kB.
const TEXT_BYTES_MAX: usize = 512 << 10;

/// How many files a warning names.
const NAMED_MAX: usize = 5;

/// What a file is to hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutConfig {
    pub path: ConfigPath,
    pub text: String,
}

/// A confirmation of the proposal with this hash, or its beginning.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmConfig {
    pub path: ConfigPath,
    pub sha256: String,
}

/// One of the office's own files.
#[derive(Debug, Serialize)]
pub struct ConfigFile {
    pub path: ConfigPath,
    /// What it holds; `None` if it is only proposed.
    pub sha256: Option<Sha256>,
    /// Whether two people agreed on what it holds.
    pub agreed: bool,
    pub proposal: Option<Proposal>,
}

/// Proposes what a file is to hold.
///
/// # Errors
/// The office would not be in order with it; the actor is not on the staff list.
pub fn put(open: &mut OpenOffice, actor: &Actor, request: PutConfig) -> Result<Proposal, Failure> {
    let (by, now) = (actor.staff()?.id.clone(), open.now());
    let PutConfig { path, text } = request;
    check(open, &path, &text)?;
    open.ledger.propose_config(&path, &text, &by, now.at)?;
    proposal(open, &path)
}

/// Confirms a proposal of somebody else's, and writes the file.
///
/// # Errors
/// Nothing with this hash is proposed; the actor proposed it; the office would not be in order with it; the file cannot
/// be written.
pub fn confirm(open: &mut OpenOffice, actor: &Actor, request: ConfirmConfig) -> Result<Proposal, Failure> {
    let (by, now) = (actor.staff()?.id.clone(), open.now());
    let ConfirmConfig { path, sha256 } = request;
    let proposed = proposal(open, &path)?;
    let fault = |code, cause: String, cure: &str| Fault::new(path.to_string(), code, cause, cure);
    if sha256.len() < 8 || !proposed.sha256.to_string().starts_with(&sha256) {
        let cause = format!("what is proposed for it has the SHA-256 {}", proposed.sha256.short());
        let cure =
            "look at `despatch config show`, and give the hash of what you looked at: 8 digits or more";
        return Err(fault("config.other", cause, cure).into());
    }
    if proposed.by == by.as_str() {
        let cause = format!("{by} proposed it and cannot confirm it");
        return Err(fault("config.own", cause, "let somebody else confirm it").into());
    }
    check(open, &path, &proposed.text)?;
    // On record first: what lies there afterwards is what the record says, or the command is given again.
    open.ledger.confirm_config(&proposed, &by, now.at)?;
    let file = open.office.root().join(path.as_str());
    file.parent().map_or(Ok(()), make_folder)?;
    write_durably(&file, proposed.text.as_bytes())?;
    fs::set_permissions(&file, Permissions::from_mode(OPEN_TO_READ))?;
    proposal(open, &path)
}

/// Lists the office's own files, and what is proposed for them.
///
/// # Errors
/// The ledger or a file cannot be read.
pub fn list(open: &mut OpenOffice, _: &Actor) -> Result<Vec<ConfigFile>, Failure> {
    files(open)
}

fn files(open: &mut OpenOffice) -> Result<Vec<ConfigFile>, Failure> {
    let mut proposals = open.ledger.config_proposals()?;
    let mut found = Vec::new();
    for path in open.office.own_files() {
        let sha256 = Sha256::of(&fs::read(open.office.root().join(path.as_str()))?);
        let proposal = proposals.remove(&path);
        let agreed = proposal.as_ref().is_some_and(|one| one.confirmed_by.is_some() && one.sha256 == sha256);
        found.push(ConfigFile { path, sha256: Some(sha256), agreed, proposal });
    }
    let only_proposed = proposals.into_iter().map(|(path, proposal)| ConfigFile {
        path,
        sha256: None,
        agreed: false,
        proposal: Some(proposal),
    });
    found.extend(only_proposed);
    Ok(found)
}

/// Warns of files on which no second person agreed. A pack is used only once two people have adopted its very text,
/// wherever it came from; a demo office comes with a file of its own.
///
/// # Errors
/// The ledger or a file cannot be read.
pub(super) fn warning(open: &mut OpenOffice) -> Result<Option<String>, Failure> {
    if open.office.config.demo {
        return Ok(None);
    }
    let packs: BTreeSet<String> =
        open.office.packs.iter().map(|pack| format!("policy/{}.toml", pack.id)).collect();
    let files = files(open)?.into_iter();
    let loose =
        files.filter(|file| file.sha256.is_some() && !file.agreed && !packs.contains(file.path.as_str()));
    let names: Vec<String> = loose.map(|file| file.path.to_string()).collect();
    let some = match names.get(NAMED_MAX..) {
        Some(more) if !more.is_empty() => {
            format!("{} and {} more", names.get(..NAMED_MAX).unwrap_or_default().join(", "), more.len())
        }
        _ => names.join(", "),
    };
    Ok((!names.is_empty()).then(|| {
        format!(
            "No second person agreed on what stands in {some}: propose it with `despatch config put`, and let \
             somebody else confirm it."
        )
    }))
}

/// Returns what is proposed for a file, with its text.
///
/// # Errors
/// Nothing was ever proposed for it.
pub fn show(open: &mut OpenOffice, _: &Actor, path: ConfigPath) -> Result<Proposal, Failure> {
    proposal(open, &path)
}

fn proposal(open: &mut OpenOffice, path: &ConfigPath) -> Result<Proposal, Failure> {
    open.ledger.config_proposal(path)?.ok_or_else(|| {
        let cure = "propose what it is to hold with `despatch config put`";
        Fault::new(path.to_string(), "config.none", "nothing is proposed for it", cure).into()
    })
}

/// Checks that the office would be in order with this file.
fn check(open: &OpenOffice, path: &ConfigPath, text: &str) -> Result<(), Failure> {
    if text.len() > TEXT_BYTES_MAX {
        let cause = format!("it has more than {TEXT_BYTES_MAX} bytes");
        return Err(Fault::new(path.to_string(), "config.too_large", cause, "put a shorter file").into());
    }
    let faults = faults_with(open.office.root(), path.as_str(), text)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
