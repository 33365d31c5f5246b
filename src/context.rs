//! Enters: the global options. Leaves: the office that a command works in, its actor, its printer and its exit code.
//! Never: decides anything.

pub use crate::global::{Exit, GlobalArgs, NAMING, date, moment};

use crate::caller::{Caller, CallerPath, HeldByCaller, PassphraseSource, Terminal};
use crate::printing::Print;
use crate::service::{Bounds, What, connect};
use clap::builder::{PathBufValueParser, TypedValueParser};
use despatch_app::intake::LocalCase;
use despatch_app::office::{Office, OpenKeys, Unlock};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Role};
use despatch_ledger::UserRole;
use despatch_process::case::EventName;
use despatch_seal::signing::SigningKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Parses a role given on the command line.
///
/// # Errors
/// No role has this code.
pub fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.code() == text);
    known.ok_or_else(|| format!("use one of: {}", Role::ALL.map(Role::code).join(", ")))
}

/// Parses what somebody may do in the pages.
///
/// # Errors
/// No role has this code.
pub fn user_role(text: &str) -> Result<UserRole, String> {
    let plain = text.replace('-', "_");
    let known = UserRole::ALL.into_iter().find(|role| role.code() == plain);
    let codes = UserRole::ALL.map(|role| role.code().replace('_', "-"));
    known.ok_or_else(|| format!("use one of: {}", codes.join(", ")))
}

/// Parses the name of an event given on the command line.
///
/// # Errors
/// There is no such event.
pub fn event(text: &str) -> Result<EventName, &'static str> {
    let word = text.replace('-', "_");
    let named = EventName::WORDS.iter().find(|(name, _)| *name == word);
    named.map(|(_, event)| *event).ok_or("there is no such event: `despatch new` lists them")
}

/// Parses the name of a kind of letter given on the command line.
///
/// # Errors
/// The text cannot be the name of a kind.
pub fn kind(text: &str) -> Result<KindName, String> {
    text.parse().map_err(|_| format!("write the name of a kind: {}", KindName::PATTERN))
}

/// Parses a case file given on the command line: it is read where the command was given.
pub fn local_case() -> impl TypedValueParser<Value = LocalCase> {
    PathBufValueParser::new().map(|path| LocalCase::read(&path))
}

/// A command that works in an office: in its service, if there is one, else in this process.
pub trait OfficeWork: Serialize {
    /// Does it in the office of the context.
    ///
    /// # Errors
    /// The office cannot be opened; the operation refuses the request; the caller cannot be given what was made.
    fn run(self, context: &CommandContext) -> Result<Exit, Failure>;

    /// What the service may have of the caller meanwhile.
    fn bounds(&self) -> Bounds;
}

/// A question of a command that works with the caller's files.
pub trait OfficeQuery: Serialize {
    /// Answers it from the office of the context, as JSON.
    ///
    /// # Errors
    /// The office cannot be opened or read; the case is at fault; the caller is not on the staff list.
    fn answer(self, context: &CommandContext) -> Result<Value, Failure>;

    /// What the service may have of the caller meanwhile.
    fn bounds(&self) -> Bounds;
}

/// What a service does with what its clients send.
#[derive(Clone, Copy)]
pub struct Answers {
    pub command: fn(Value, &CommandContext) -> Result<Exit, Failure>,
    pub query: fn(Value, &CommandContext) -> Result<Value, Failure>,
}

/// The global options of a command, whoever gave it, and the process in which it works.
pub struct CommandContext {
    pub global: GlobalArgs,
    pub caller: Arc<dyn Caller>,
    /// What the service has where the command works in it.
    pub service: Option<InService>,
    pub answers: Answers,
}

/// What a command that works in the service gets of it.
pub struct InService {
    /// The account at the other end of the socket, as the kernel says.
    pub account: u32,
    /// Whether the account was one of the staff, or the office's own, when the service started.
    pub known: bool,
    /// Unlocked when the service started.
    pub signing_key: SigningKey,
    /// The review keys that are open for the pages.
    pub open_keys: OpenKeys,
    /// Set by a command that changed what the service read when it started.
    pub outdated: AtomicBool,
}

impl InService {
    /// Checks that whoever may reach the socket may use it: the group that drops cases is larger than the staff.
    fn admit(&self, office: &Office, actor: &Actor) -> Result<(), Failure> {
        let is_owner = fs::metadata(office.root()).is_ok_and(|office| office.uid() == self.account);
        if is_owner { Ok(()) } else { actor.staff().map(drop) }
    }
}

impl CommandContext {
    /// A command that works in the process in which it was given.
    pub fn here(global: GlobalArgs, answers: Answers) -> Self {
        Self { global, caller: Arc::new(Terminal), service: None, answers }
    }

    /// The printer, which shows what a command says to whoever gave it.
    pub fn print(&self) -> Print<'_> {
        Print::new(self.global.json, self.caller.as_ref())
    }

    /// Opens the whole office, and identifies the actor; the printer is what both are told with.
    ///
    /// # Errors
    /// The office is not in order; every fault found is returned.
    pub fn open(&self) -> Result<(OpenOffice, Actor, Print<'_>), Failure> {
        let open = OpenOffice::open(&self.global.office, self.clock()?, this_program()?);
        let open = open.map_err(|failure| match &self.service {
            // Faults may quote the settings, and who may read them is not known while these cannot be read.
            Some(service) if !service.known => not_in_order(),
            _ => failure,
        })?;
        let actor = self.actor_in(&open.office);
        if let Some(service) = &self.service {
            service.admit(&open.office, &actor)?;
        }
        Ok((open, actor, self.print()))
    }

    /// Whoever gave the command, in an office.
    pub fn actor_in(&self, office: &Office) -> Actor {
        let named = self.global.actor.as_ref();
        match &self.service {
            Some(service) => Actor::of_account(office, service.account, named),
            None => Actor::of_process(office, named),
        }
    }

    /// Checks that the caller may use the service, for a command that tells what is wrong with an office that cannot be
    /// opened.
    ///
    /// # Errors
    /// The caller is not on the staff list, or the list cannot be read.
    pub fn admit(&self) -> Result<(), Failure> {
        if self.service.is_some() { self.open().map(drop) } else { Ok(()) }
    }

    /// Returns the clock of a command: the machine's, or in a demo office the day given by `--today`.
    ///
    /// # Errors
    /// `--today` is given for an office that is not a demo office.
    pub fn clock(&self) -> Result<Clock, Failure> {
        match self.global.today {
            // Unreadable settings pass here: opening the office refuses them, whatever the day.
            Some(_) if Office::says_demo(&self.global.office) == Some(false) => {
                let cause = "--today is for demo offices only";
                Err(Failure::request("today", "today.not_demo", cause, "leave --today out"))
            }
            Some(today) => Ok(Clock::Fixed(today)),
            None => Ok(Clock::System),
        }
    }

    /// Returns the source of a passphrase. In the service the caller's process unlocks review keys, and the signing key
    /// is unlocked already.
    pub fn unlock(&self, source: PassphraseSource) -> Unlock {
        let (caller, asked) = (self.caller.clone(), source.clone());
        let names_file = source.file.is_some() || (self.service.is_none() && source.has_credential());
        let unlock = match names_file {
            true => Unlock::unattended(move || caller.passphrase(&asked, "")),
            false => Unlock::asking(move |question| caller.passphrase(&asked, question)),
        };
        match &self.service {
            None => unlock,
            Some(service) => {
                let held = HeldByCaller { caller: self.caller.clone(), source };
                unlock.held_by(held).with_signing_key(service.signing_key.clone())
            }
        }
    }

    /// Has the service of the office do a command; without one, does it here.
    ///
    /// # Errors
    /// The service cannot be reached or ended meanwhile; as for [`OfficeWork::run`].
    pub fn give(&self, work: impl OfficeWork) -> Result<Exit, Failure> {
        let Some(service) = connect(&self.global.office)? else { return work.run(self) };
        let (bounds, what) = (work.bounds(), What::Command(as_json(&work)?));
        Ok(service.give(&self.global, what, bounds)?.1)
    }

    /// Has an office answer a query, in its service or in this process; how it ended, where the service has told why not.
    ///
    /// # Errors
    /// The office cannot be opened, or refuses the query.
    pub fn query<T: DeserializeOwned>(&self, query: impl OfficeQuery) -> Result<Result<T, Exit>, Failure> {
        let value = match connect(&self.global.office)? {
            None => query.answer(self)?,
            Some(service) => {
                let (bounds, what) = (query.bounds(), What::Query(as_json(&query)?));
                match service.give(&self.global, what, bounds)? {
                    (Some(value), Exit::Done) => value,
                    (_, exit) => return Ok(Err(exit)),
                }
            }
        };
        serde_json::from_value(value).map(Ok).map_err(|error| Failure::Internal(error.to_string()))
    }

    /// Returns where a backup goes: the path that was named, or in the service its name in the folder of the settings,
    /// for a service opens no path of a client's.
    ///
    /// # Errors
    /// The settings name no folder for backups, or the path is more than a name.
    pub fn backup_file(&self, office: &Office, to: &CallerPath) -> Result<PathBuf, Failure> {
        if self.service.is_none() {
            return Ok(to.path().to_owned());
        }
        let fault = |code, cause: &str, cure: &str| Fault::new(to.shown(), code, cause, cure);
        let Some(folder) = &office.config.backups else {
            let cure = "ask whoever runs the office to set [backup] folder in despatch.toml";
            return Err(fault("backup.folder", "the settings name no folder for backups", cure).into());
        };
        let Some(name) = to.name_in(folder) else {
            let cure = "give a name alone: it is written into the folder that the settings name";
            return Err(fault("backup.name", "the service writes backups into its own folder", cure).into());
        };
        Ok(folder.join(name))
    }

    /// Says that what was read when the service started has changed: it ends once it has answered, to be started again.
    /// Whatever it is at work on is gone on with then.
    pub fn outdated(&self) {
        if let Some(service) = &self.service {
            service.outdated.store(true, Ordering::Relaxed);
        }
    }

    /// A case file of the caller's: what was sent through the socket belongs to the account that sent it, whatever it
    /// says of itself.
    pub fn given_by_caller(&self, mut file: LocalCase) -> LocalCase {
        if let Some(service) = &self.service {
            file.owner = service.account;
        }
        file
    }
}

/// A request as JSON, which holds no path that is not text.
fn as_json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| {
        let cause = format!("the command cannot be sent to the service: {error}");
        Failure::request("the command line", "service.request", cause, "name files by names that are UTF-8")
    })
}

/// What somebody is told who is on no staff list, of an office that cannot be opened.
fn not_in_order() -> Failure {
    let cure = "tell whoever runs the office: `despatch check` says what it is";
    Fault::new("the office", "service.office", "something is wrong with the office", cure).into()
}

/// Returns the path of this executable, which is also the rendering worker.
///
/// # Errors
/// The system cannot report the path.
pub fn this_program() -> Result<PathBuf, Failure> {
    Ok(std::env::current_exe()?)
}
