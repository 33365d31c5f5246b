//! Enters: the folder of an office. Leaves: its socket, and a thread for each client. Never: lets one account or slow
//! clients keep the others out, or believes anything but the kernel about who is there.

use super::answering::{Served, answer};
use super::client::socket_in;
use super::frames::send;
use super::messages::Told;
use crate::context::Answers;
use crate::global::Exit;
use crate::printing::pieces;
use despatch_app::office::{Office, OpenKeys};
use despatch_core::fault::Fault;
use despatch_core::private::account;
use despatch_seal::signing::SigningKey;
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::geteuid;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How many clients are served at once; each has a thread and the ledger open.
const CLIENTS_MAX: usize = 128;
/// How many of them one account may have, so that nobody keeps the others out.
const CLIENTS_OF_ONE_MAX: usize = 32;
/// How long to wait where the system has no descriptor or no memory for one client more.
const PAUSE: Duration = Duration::from_millis(100);

/// The socket of an office, open for its staff.
pub struct Door {
    listener: UnixListener,
    served: Served,
    /// How many clients each account has.
    clients: Mutex<BTreeMap<u32, usize>>,
}

impl Door {
    /// Opens the socket of an office, for the accounts that may drop into its inbox. Whoever calls it holds
    /// the lease of the watcher, so what lies there is left over.
    ///
    /// # Errors
    /// The socket cannot be made, or not given to the group of the inbox.
    pub fn open(
        office: &Office,
        signing_key: SigningKey,
        open_keys: OpenKeys,
        answers: Answers,
    ) -> Result<Self, Fault> {
        let root = office.root();
        let failed = |error: io::Error| {
            let cause = format!("the socket for staff cannot be opened: {error}");
            let cure = "make the office's account a member of the group of its inbox, and the office's folder its own";
            Fault::new(root.display().to_string(), "service.socket", cause, cure)
        };
        let listener = listen(root, office.intake().inbox()).map_err(failed)?;
        let mut accounts: BTreeSet<String> =
            office.config.staff.iter().map(|staff| staff.account.clone()).collect();
        accounts.insert(account(geteuid().as_raw()));
        let (root, budget) = (root.to_owned(), Arc::default());
        let served = Served { root, accounts, signing_key, open_keys, answers, budget };
        Ok(Self { listener, served, clients: Mutex::default() })
    }

    /// Answers clients for as long as the process lives.
    pub fn serve(self) {
        let door = Arc::new(self);
        thread::spawn(move || {
            loop {
                match door.listener.accept() {
                    Ok((stream, _)) => door.clone().admit(stream),
                    Err(_) => thread::sleep(PAUSE),
                }
            }
        });
    }

    /// Gives a client a thread, if there is room.
    fn admit(self: Arc<Self>, stream: UnixStream) {
        let Ok(peer) = getsockopt(&stream, PeerCredentials) else { return };
        let Some(place) = Place::take(self, peer.uid()) else {
            let why =
                "the service has as many clients as it takes at once\nhint: try again; nothing was lost";
            let _ = send(&stream, &Told::Log(pieces(why)));
            let _ = send(&stream, &Told::End(Exit::TryAgain));
            return;
        };
        // Where no thread can be made, the client sees its connection end.
        let _ = thread::Builder::new().spawn(move || answer(stream, place.account, &place.door.served));
    }
}

/// The place of one client among those that are served at once.
struct Place {
    door: Arc<Door>,
    account: u32,
}

impl Place {
    fn take(door: Arc<Door>, account: u32) -> Option<Self> {
        let mut clients = door.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = clients.values().sum();
        let own = clients.entry(account).or_default();
        if all >= CLIENTS_MAX || *own >= CLIENTS_OF_ONE_MAX {
            return None;
        }
        *own += 1;
        drop(clients);
        Some(Self { door, account })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut clients = self.door.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = clients.get_mut(&self.account) {
            *own = own.saturating_sub(1);
        }
        clients.retain(|_, own| *own > 0);
    }
}

/// Listens in the folder of an office. The accounts that may drop into its inbox may connect; without a shared inbox the
/// office's own account alone.
fn listen(root: &Path, inbox: &Path) -> io::Result<UnixListener> {
    let folder = File::open(root)?;
    let socket: PathBuf = socket_in(&folder);
    match fs::remove_file(&socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&socket)?;
    let inbox = fs::symlink_metadata(inbox)?;
    let shared = inbox.mode() & 0o020 != 0;
    if shared && inbox.gid() != folder.metadata()?.gid() {
        chown(&socket, None, Some(inbox.gid()))?;
    }
    fs::set_permissions(&socket, Permissions::from_mode(if shared { 0o660 } else { 0o600 }))?;
    Ok(listener)
}
