//! Enters: an office's folder. Leaves: what all requests for its pages share: sessions, keys that are open, templates, and
//! what draws documents. Never: answers a request.

use crate::render::Templates;
use crate::session::Sessions;
use despatch_app::office::OpenKeys;
use despatch_app::operations::due_list::DueList;
use despatch_app::operations::pictures::Pictures;
use despatch_app::operations::{Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_seal::signing::SigningKey;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The pages of one office.
pub struct Pages {
    pub(crate) root: PathBuf,
    program: PathBuf,
    clock: Clock,
    signing_key: SigningKey,
    sessions: Sessions,
    helpers: OpenKeys,
    pictures: Pictures,
    templates: Templates,
    due: Mutex<DueList>,
}

impl Pages {
    /// The pages of the office in a folder, which the service has open.
    ///
    /// # Errors
    /// A template is broken, or no worker for pictures can be started.
    pub fn of(
        root: &Path,
        program: &Path,
        clock: Clock,
        signing_key: SigningKey,
        helpers: OpenKeys,
    ) -> Result<Self, Failure> {
        Ok(Self {
            root: root.to_owned(),
            program: program.to_owned(),
            clock,
            signing_key,
            sessions: Sessions::default(),
            helpers,
            pictures: Pictures::start(program)?,
            templates: Templates::built_in()?,
            due: Mutex::default(),
        })
    }

    /// What is due in all cases, as of the last time that somebody asked.
    pub fn due(&self) -> MutexGuard<'_, DueList> {
        // A list that a panic left half made is read anew with the next event.
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every open session.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The keys that people's own helpers hold.
    pub fn helpers(&self) -> &OpenKeys {
        &self.helpers
    }

    /// What draws documents.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// The key with which the service signs what it makes.
    pub(crate) fn signing_key(&self) -> SigningKey {
        self.signing_key.clone()
    }

    /// Renders a template.
    ///
    /// # Errors
    /// A value that it needs is missing, which is a defect of ours.
    pub(crate) fn render(&self, template: &str, values: &impl Serialize) -> Result<String, Failure> {
        self.templates.render(template, values).map_err(|fault| Failure::Internal(fault.cause))
    }

    /// Opens the office anew.
    pub(crate) fn open(&self) -> Result<OpenOffice, Failure> {
        OpenOffice::open(&self.root, self.clock, self.program.clone())
    }
}
