//! Enters: sealed bytes. Leaves: them on the disk, each person's drafts in a folder of their own.
//! Never: sees anything of a draft in clear, or takes a path from anybody.

use crate::new_file::write_new;
use crate::office::DRAFTS;
use crate::operations::{Actor, Failure, OpenOffice};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::StaffId;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The locked key of a person's drafts.
const KEY: &str = "key.age";
/// What is answered so far.
const ANSWERS: &str = "answers.age";
/// How the person likes to be asked.
const WAY: &str = "way";
/// Random bytes in the id of a draft.
const ID_BYTES: usize = 8;

fn is_id(text: &str) -> bool {
    text.len() == 2 * ID_BYTES
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

despatch_core::id!(
    /// The random id of a draft, which says nothing of it.
    DraftId, is_id, "16 hex digits"
);

/// The drafts of one person.
pub(super) struct Shelf(PathBuf);

impl Shelf {
    pub(super) fn of(open: &OpenOffice, actor: &Actor) -> Result<Shelf, Failure> {
        Ok(Shelf::of_person(open.office.root(), &actor.staff()?.id))
    }

    fn of_person(office: &Path, person: &StaffId) -> Shelf {
        Shelf(office.join(DRAFTS).join(person.as_str()))
    }

    pub(super) fn read_key(&self) -> io::Result<Option<Vec<u8>>> {
        if_there(fs::read(self.0.join(KEY)))
    }

    pub(super) fn write_key(&self, locked: &[u8]) -> io::Result<()> {
        make(&self.0)?;
        put(&self.0.join(KEY), locked)
    }

    pub(super) fn read_way(&self) -> io::Result<Option<String>> {
        if_there(fs::read_to_string(self.0.join(WAY)))
    }

    pub(super) fn write_way(&self, word: &str) -> io::Result<()> {
        make(&self.0)?;
        put(&self.0.join(WAY), word.as_bytes())
    }

    /// Every draft, with the time of its last change.
    pub(super) fn all(&self) -> io::Result<Vec<(DraftId, DateTime<Utc>)>> {
        let mut found = Vec::new();
        for entry in if_there(fs::read_dir(&self.0))?.into_iter().flatten() {
            let entry = entry?;
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            if let Some(written) = if_there(fs::metadata(entry.path().join(ANSWERS)))? {
                found.push((id, written.modified()?.into()));
            }
        }
        found.sort_by_key(|(_, changed)| std::cmp::Reverse(*changed));
        Ok(found)
    }

    pub(super) fn new_draft(&self) -> io::Result<DraftId> {
        let id = random_hex(ID_BYTES)?.parse().map_err(io::Error::other)?;
        make(&self.folder(&id))?;
        Ok(id)
    }

    pub(super) fn read(&self, id: &DraftId) -> io::Result<Option<Vec<u8>>> {
        if_there(fs::read(self.folder(id).join(ANSWERS)))
    }

    pub(super) fn write(&self, id: &DraftId, sealed: &[u8]) -> io::Result<()> {
        put(&self.folder(id).join(ANSWERS), sealed)
    }

    /// Writes the bytes of an attachment under a number; returns the number.
    pub(super) fn add(&self, id: &DraftId, sealed: &[u8]) -> io::Result<String> {
        let number = random_hex(ID_BYTES)?;
        write_new(&self.attachment(id, &number), sealed)?;
        Ok(number)
    }

    pub(super) fn read_attachment(&self, id: &DraftId, number: &str) -> io::Result<Vec<u8>> {
        fs::read(self.attachment(id, number))
    }

    pub(super) fn remove_attachment(&self, id: &DraftId, number: &str) -> io::Result<()> {
        if_there(fs::remove_file(self.attachment(id, number))).map(drop)
    }

    /// Removes a draft, the answers last, so that one that is half removed is still listed.
    pub(super) fn remove(&self, id: &DraftId) -> io::Result<()> {
        let folder = self.folder(id);
        for entry in if_there(fs::read_dir(&folder))?.into_iter().flatten() {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name != ANSWERS) {
                fs::remove_file(path)?;
            }
        }
        if_there(fs::remove_dir_all(folder)).map(drop)
    }

    /// Removes every draft and their key.
    pub(super) fn clear(&self) -> io::Result<()> {
        if_there(fs::remove_dir_all(&self.0)).map(drop)
    }

    fn folder(&self, id: &DraftId) -> PathBuf {
        self.0.join(id.as_str())
    }

    fn attachment(&self, id: &DraftId, number: &str) -> PathBuf {
        self.folder(id).join(format!("{number}.age"))
    }
}

/// A draft as anybody sees it who has no key.
pub(super) struct Lying {
    pub(super) person: StaffId,
    pub(super) id: DraftId,
    pub(super) changed: DateTime<Utc>,
}

/// Every draft of an office.
pub(super) fn lying(office: &Path) -> io::Result<Vec<Lying>> {
    let mut found = Vec::new();
    for entry in if_there(fs::read_dir(office.join(DRAFTS)))?.into_iter().flatten() {
        let Some(person) = entry?.file_name().to_str().and_then(|name| name.parse::<StaffId>().ok()) else {
            continue;
        };
        let drafts = Shelf::of_person(office, &person).all()?;
        found.extend(drafts.into_iter().map(|(id, changed)| Lying { person: person.clone(), id, changed }));
    }
    Ok(found)
}

/// Removes a draft of anybody's.
pub(super) fn remove(office: &Path, lying: &Lying) -> io::Result<()> {
    Shelf::of_person(office, &lying.person).remove(&lying.id)
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Replaces a file as a whole: a crash leaves the old one or the new one.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension(format!("{}.new", random_hex(ID_BYTES)?));
    write_new(&new, bytes)?;
    fs::rename(&new, path).inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}

fn if_there<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The failure of a draft that was not written.
pub(super) fn unwritten(error: io::Error) -> Failure {
    let cause = format!("the draft was not written: {error}");
    Fault::new("the drafts", "drafts.not_written", cause, "see to the disk, then try again").into()
}
