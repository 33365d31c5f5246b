//! Enters: a directory file, or the directory. Leaves: the entries of the one in the other.
//! Never: takes a file's word that somebody verified an entry, or writes over a file.

use super::Desk;
use crate::commands::args::directory::ImportEntries;
use crate::context::Exit;
use crate::output::write_new;
use despatch_core::words::count;

use despatch_app::operations::Failure;

use despatch_core::fault::Fault;
use despatch_directory::entry::{Change, Entry};
use despatch_directory::import;
use despatch_ledger::Put;
use despatch_settings::Staff;
use std::fs;
use std::path::Path;

/// Bytes of a directory file at most: fifty thousand entries have about 15 MB.
const FILE_BYTES_MAX: u64 = 100_000_000;

impl Desk<'_> {
    /// Reads a whole file: all of it is taken, or nothing.
    pub(super) fn import(&mut self, import: &ImportEntries, actor: &Staff) -> Result<Exit, Failure> {
        let at = import.file.display().to_string();
        let unread = |why: String| Fault::new(&at, "import.file", why, "check the name and who may read it");
        let size =
            fs::metadata(&import.file).map_err(|error| unread(format!("it cannot be read: {error}")))?.len();
        if size > FILE_BYTES_MAX {
            return Err(unread(format!("it has more than {FILE_BYTES_MAX} bytes")).into());
        }
        let text = fs::read_to_string(&import.file)
            .map_err(|error| unread(format!("it cannot be read: {error}")))?;
        let name = import.file.file_name().and_then(|name| name.to_str()).unwrap_or("the file");
        let entered = Change::new(actor.id.clone(), self.now().today);
        let entries = import::read(name, &text, &entered)?;
        let placed = self.put(entries, actor)?;
        let of = |put: Put| placed.iter().filter(|one| one.put == put).count();
        let entries = |number: usize| count(number, "entry");
        self.print.json(&super::placed_json(&placed));
        self.print.line(&format!(
            "{} added, {} changed, {} as before. Another person now verifies what is new.",
            entries(of(Put::Added)),
            entries(of(Put::Changed)),
            entries(of(Put::Same))
        ));
        placed.iter().for_each(|one| self.tell_held(one));
        Ok(Exit::Done)
    }

    /// Writes the directory as a file that a spreadsheet opens and `import` reads.
    pub(super) fn export(&self, to: &Path) -> Result<Exit, Failure> {
        let unwritten = |error: csv::Error| {
            Fault::new(to.display().to_string(), "export", error.to_string(), "report this")
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(import::COLUMNS).map_err(unwritten)?;
        for entry in self.office.directory.entries() {
            writer.write_record(cells(entry)).map_err(unwritten)?;
        }
        let bytes = writer.into_inner().map_err(|error| Failure::Internal(error.to_string()))?;
        write_new(to, &bytes)?;
        let number = self.office.directory.entries().len();
        self.print.json(&serde_json::json!({ "file": to, "entries": number }));
        self.print.line(&format!("Wrote {} to {}.", count(number, "entry"), to.display()));
        Ok(Exit::Done)
    }
}

/// One entry in the order of the columns.
fn cells(entry: &Entry) -> [String; 12] {
    fn several<T: ToString>(items: &[T]) -> String {
        items.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
    }
    [
        entry.id.to_string(),
        entry.role.code().to_owned(),
        entry.name.clone(),
        entry.organisation.clone(),
        entry.email.to_string(),
        entry.telephone.clone().unwrap_or_default(),
        if entry.group { "yes" } else { "no" }.to_owned(),
        several(&entry.places),
        several(&entry.cases),
        entry.method.map_or_else(String::new, |method| method.to_string()),
        several(&entry.keys),
        entry.expires.map_or_else(String::new, |day| day.to_string()),
    ]
}
