//! Enters: the old review key's passphrase and one for a new key. Leaves: an office that seals to the new key and can
//! read all that was sealed to the old one. Never: changes a message that was made already.

use crate::commands::args::RotateReview;
use crate::commands::init::new_passphrase;
use crate::commands::open_ledger;
use crate::context::Exit;
use crate::printing::Print;
use despatch_app::office::Office;
use despatch_app::operations::Failure;
use despatch_app::operations::reason;
use despatch_core::clock::Clock;
use despatch_seal::keys::SecretKey;
use despatch_settings::Staff;
use serde_json::json;

pub(super) fn rotate(
    office: &mut Office,
    args: &RotateReview,
    actor: &Staff,
    clock: Clock,
    print: &Print,
) -> Result<Exit, Failure> {
    let why = reason(&args.reason)?;
    let mut ledger = open_ledger(office)?;
    // A run seals to the key that it read at its start.
    let _lease = ledger.files().lease("watcher")?;
    let from = office.review_key.fingerprint();
    // Whoever cannot read with the old key may not put another in its place.
    office.review_secret(&args.unlock.unlock())?;
    let passphrase = match office.config.demo {
        true => None,
        false => Some(new_passphrase(
            args.new_passphrase_file.as_deref(),
            "A new passphrase for the review key: ",
        )?),
    };
    let new = SecretKey::generate();
    let to = new.to_public();
    office.lay_review_key(&new, passphrase.as_ref())?;
    ledger.record_rotation(&from, &to.fingerprint(), actor, &why, clock.now())?;
    office.use_review_key(to.clone())?;
    print.json(&json!({ "from": from, "to": to.fingerprint(), "key": to }));
    print.line(&format!("The review key is now {}.", to.fingerprint()));
    print.line(&format!("{from} is kept for reading what was sealed to it; keep its passphrase too."));
    print.line("Make a copy of keys/ and keep the new passphrase where only reviewers can get at it.");
    Ok(Exit::Done)
}
