//! Enters: the folder of an office. Leaves: the office with its ledger, its clock and its renderer: everything that an
//! operation works on. Never: decides anything.

use super::Failure;
use crate::office::Office;
use crate::pipeline::examples::Rendered;
use despatch_core::clock::{Clock, Moment};
use despatch_ledger::{Checks, Ledger};
use std::path::{Path, PathBuf};

/// One office, opened completely.
pub struct OpenOffice {
    pub office: Office,
    pub ledger: Ledger,
    pub clock: Clock,
    /// The number of the latest change of the directory, as far as it is read.
    directory_version: i64,
    /// The path of the program itself, which is also its rendering worker.
    pub program: PathBuf,
    /// How the kind looks whose page was opened last.
    pub(super) rendered: Rendered,
}

impl OpenOffice {
    /// Opens the office at `root`; `program` renders its letters.
    ///
    /// # Errors
    /// Every fault of the office, at once; or its ledger cannot be opened.
    pub fn open(root: &Path, clock: Clock, program: PathBuf) -> Result<Self, Failure> {
        Self::of(Office::open(root)?, clock, program)
    }

    /// Opens the ledger of an office.
    ///
    /// # Errors
    /// The ledger cannot be opened.
    pub fn of(mut office: Office, clock: Clock, program: PathBuf) -> Result<Self, Failure> {
        let mut ledger = Ledger::open(&office.outbox())?;
        // A change between the two is read once more.
        let directory_version = ledger.directory_version()?;
        office.directory = ledger.directory(&office.config.addresses)?;
        Ok(Self { office, ledger, clock, directory_version, program, rendered: Rendered::default() })
    }

    /// Reads the directory anew, if others have changed it since.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn read_directory(&mut self) -> Result<(), Failure> {
        let version = self.ledger.directory_version()?;
        if version != self.directory_version {
            self.office.directory = self.ledger.directory(&self.office.config.addresses)?;
            self.directory_version = version;
        }
        Ok(())
    }

    /// Returns the current time.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// What a despatch is checked against before it may proceed.
pub(super) fn checks(office: &Office) -> Checks<'_> {
    Checks { directory: &office.directory, packs: &office.packs }
}
