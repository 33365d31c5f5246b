//! Enters: commands about the signing key. Leaves: a new one, or what recipients need to check with it.
//! Never: prints the private half, or takes the public half of an earlier one away.

use crate::commands::args::{KeysSigning, MakeSigning};
use crate::commands::init::{new_passphrase, new_signing_key};
use crate::commands::open_ledger;
use crate::context::Exit;
use crate::context::GlobalArgs as Common;
use crate::printing::Print;
use despatch_app::office::{Office, new_signing_key as lay};
use despatch_app::operations::Failure;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_seal::signing::VerifyingKey;
use despatch_settings::Staff;
use serde_json::json;

pub(super) fn signing(
    office: &Office,
    common: &Common,
    command: &KeysSigning,
    clock: Clock,
    print: &Print,
) -> Result<Exit, Failure> {
    match command {
        KeysSigning::Make(make) => {
            let actor = office.actor(common.actor.as_ref())?;
            self::make(office, make, actor, clock, print)
        }
        KeysSigning::Show => {
            show(office, office.signing_public()?, print);
            Ok(Exit::Done)
        }
    }
}

fn make(
    office: &Office,
    make: &MakeSigning,
    actor: &Staff,
    clock: Clock,
    print: &Print,
) -> Result<Exit, Failure> {
    let before = office.signing_public().ok().map(VerifyingKey::fingerprint);
    if let (Some(before), false) = (&before, make.replace) {
        let cause = format!("the office has a signing key already ({before})");
        let cure = "use that one, or add --replace if its private half is lost or was seen";
        return Err(Fault::new("keys/signing.pub", "signing.exists", cause, cure).into());
    }
    let ask = "A new passphrase for the signing key: ";
    let passphrase = if office.config.demo {
        None
    } else {
        Some(new_passphrase(make.unlock.signing_passphrase_file.as_deref(), ask)?)
    };
    let key = new_signing_key()?;
    lay(office.root(), &key, passphrase.as_ref())?;
    let made = key.to_public();
    open_ledger(office)?.record_signing_key(made.fingerprint(), before, actor, clock.now())?;
    show(office, &made, print);
    Ok(Exit::Done)
}

/// What recipients need.
fn show(office: &Office, key: &VerifyingKey, print: &Print) {
    let name = office.signing_name();
    let line = key.allowed_signers_line(&name);
    print.json(&json!({ "fingerprint": key.fingerprint(), "name": name, "allowed_signers": line }));
    print.line(&format!("The signing key's fingerprint, to be read out: {}", key.fingerprint()));
    print.line("\nThe line for the file allowed_signers of whoever checks what this office sends:");
    print.line(&format!("\n{line}"));
}
