//! Enters: an office's settings and, where the sender signs a checkpoint, the source of its passphrase. Leaves: all that a
//! sender reads of the office outside its outbox; this process without the rest. Never: opens the record, which is opened
//! afterwards, or reads a case.
//!
//! A sender speaks to the network, and has no business with cases in clear, keys and settings. So it reads what it needs,
//! gives up the rest (Landlock), and only then opens the outbox.

use super::Failure;
use super::push::Keeper;
use crate::office::{Office, Unlock};
use crate::send::Courier;
use despatch_core::confine::{self, Needs};
use despatch_core::fault::Fault;
use despatch_core::private::make_folder;
use despatch_seal::signing::SigningKey;
use despatch_settings::CourierConfig;
use std::path::{Path, PathBuf};

/// What the C library reads to find the relay's address, and its modules for that.
const RESOLVER: [&str; 8] = [
    "/etc",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
];
/// How long the machine has been up, with which its clock is compared.
const UPTIME: [&str; 2] = ["/proc/uptime", "/proc/sys/kernel/random/boot_id"];
/// Where SQLite looks for chance.
const CHANCE: &str = "/dev/urandom";
/// The port of name servers, for an answer that is too long for UDP.
const DNS: u16 = 53;

/// What a sender has read before it confines itself.
pub struct Sender {
    pub(super) courier: Courier,
    /// The key for a checkpoint at the end. A fault of it is told there: it keeps no message back.
    pub(super) signer: Result<Option<SigningKey>, Fault>,
    /// The command that keeps the checkpoint elsewhere.
    pub(super) keeper: Keeper,
}

impl Sender {
    /// Reads what a sender of this office needs. With `once` it signs a checkpoint at the end, if the key can be had
    /// without a prompt, through `signing` or otherwise.
    ///
    /// # Errors
    /// The courier's files cannot be read, or its settings are at fault.
    pub fn of(office: &Office, once: bool, signing: Option<&Unlock>) -> Result<Self, Failure> {
        let courier = Courier::of(office.root(), &office.config.courier)?;
        let signer = if once { office.signing_secret_unasked(signing) } else { Ok(None) };
        Ok(Self { courier, signer, keeper: Keeper::of(&office.config.push) })
    }

    /// Confines this process to the outbox, what the courier writes to or connects to, and the resolver. `program` is
    /// this program: it is what starts the command that keeps checkpoints, because a confined process starts nothing.
    ///
    /// # Errors
    /// The kernel has Landlock and refuses; the outbox is missing.
    pub fn confine(&mut self, office: &Office, program: &Path) -> Result<(), Failure> {
        if matches!(self.signer, Ok(Some(_))) {
            self.keeper.start(program)?;
        }
        Ok(confine::files(&needs(office))?)
    }
}

/// What a sender of this office needs of the file system and the network.
fn needs(office: &Office) -> Needs {
    let mut read: Vec<PathBuf> = RESOLVER.iter().chain(&UPTIME).chain([&CHANCE]).map(PathBuf::from).collect();
    // Whose signatures approve is read again before each message; the file may be exchanged meanwhile.
    read.extend(
        office.config.signed_approval.signers.iter().filter_map(|file| Some(file.parent()?.to_owned())),
    );
    let mut needs = Needs { read, folders: vec![office.outbox()], ..Needs::default() };
    match &office.config.courier {
        CourierConfig::Relay(relay) => needs.ports = vec![relay.port, DNS],
        CourierConfig::Folder(folder) => {
            let folder = office.root().join(folder);
            // One that cannot be made is told with the first message.
            if make_folder(&folder).is_ok() {
                needs.folders.push(folder);
            }
        }
    }
    needs
}
