//! Enters: a text that the office gives to sign, and the key of whoever runs the command. Leaves: ssh-keygen's signature.
//! Never: opens the key, passes the text through a shell, or signs another decision than the one that was asked for.

use super::{CallerPath, opened};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_ledger::DespatchId;
use despatch_seal::approval::{Choice, NAMESPACE, Statement};
use serde::{Deserialize, Serialize};
use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program that signs: with a key file, with ssh-agent, with a security key.
const SSH_KEYGEN: &str = "ssh-keygen";

/// Whether it asks in a window (ssh(1), ENVIRONMENT).
const ASK_WHERE: &str = "SSH_ASKPASS_REQUIRE";
/// The terminal of this process, if it has one.
const TERMINAL: &str = "/dev/tty";

/// What a reviewer is asked to sign, and what they want to sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToSign {
    /// The reviewer's private key, or its `.pub` where the key itself is in ssh-agent.
    pub key: CallerPath,
    pub despatch: DespatchId,
    /// Whether it lets a safety message go on one person's word; else it is an approval.
    pub urgently: bool,
    /// The SHA-256 of the message that they looked at, or its beginning.
    pub seen: Option<String>,
    /// Whether it may be signed though it was not opened here: the office lets its kind be approved unseen.
    pub unseen: bool,
    /// The office's text.
    pub text: String,
}

impl ToSign {
    /// Whether the text is one for the decision that somebody wants, and for no other.
    pub fn is_what_was_asked(&self) -> bool {
        self.message().is_some()
    }

    /// The message that the text is about, if it is for the decision that somebody wants.
    fn message(&self) -> Option<Sha256> {
        let choice = if self.urgently { Choice::ReleaseUrgently } else { Choice::Approve };
        let read = Statement::read(&self.text)?;
        let is_asked = read.despatch == self.despatch.to_string()
            && read.choice == choice
            && self.seen.as_ref().is_none_or(|seen| read.message.to_string().starts_with(seen));
        is_asked.then_some(read.message)
    }
}

/// Signs the text for one decision about one despatch.
///
/// # Errors
/// It is a text for another decision or another message, or for one that was not opened here; ssh-keygen is not there,
/// or it signs nothing with this key.
pub(super) fn sign(asked: &ToSign) -> Result<String, Fault> {
    let Some(message) = asked.message() else {
        let cause = "the office gave another text to sign than the one that was asked for";
        let cure = "sign nothing, and tell whoever runs it";
        return Err(Fault::new(asked.despatch.to_string(), "sign.text", cause, cure));
    };
    if !asked.unseen && !opened::has(asked.despatch, &message) {
        let cause = format!("nothing here says that you opened this message ({})", message.short());
        let cure = format!(
            "`despatch outbox open {}` with this account on this machine, look at it, and give the command again; \
             --unseen signs for what the office lets nobody look at",
            asked.despatch
        );
        return Err(Fault::new(asked.despatch.to_string(), "sign.unopened", cause, cure));
    }
    let failed = |cause: String, cure: &str| Fault::new(asked.key.shown(), "sign.key", cause, cure);
    let output = ssh_keygen(asked.key.path(), &asked.text).map_err(|error| {
        let cause = format!("{SSH_KEYGEN} cannot be run: {error}");
        failed(cause, "install OpenSSH's client (Debian: openssh-client)")
    })?;
    if !output.status.success() {
        let cause = format!("{SSH_KEYGEN} signed nothing with it ({})", output.status);
        let cure = "give your own private key, or its .pub where the key itself is in ssh-agent, and touch a security \
                    key when it blinks";
        return Err(failed(cause, cure));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| failed(format!("{SSH_KEYGEN} answered with no signature"), "look which program that is"))
}

/// Runs it with the text on its standard input. What it asks and says goes to the terminal of whoever signs.
fn ssh_keygen(key: &Path, text: &str) -> io::Result<Output> {
    let mut keygen = Command::new(SSH_KEYGEN);
    // Its standard input is no terminal, so on a desktop it would look for a window to ask in, and for that alone.
    if env::var_os(ASK_WHERE).is_none() && File::open(TERMINAL).is_ok() {
        keygen.env(ASK_WHERE, "never");
    }
    let mut child = keygen
        .args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends before it has read all says why by its exit code; the text fits into a pipe.
        let _ = stdin.write_all(text.as_bytes());
    }
    child.wait_with_output()
}
