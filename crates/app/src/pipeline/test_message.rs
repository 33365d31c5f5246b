//! Enters: an entry of the directory. Leaves: a test message without content, sealed as a real one would be, and the
//! keyed hash of its answer. Never: includes anything from a case, or anything but the address and keys of the entry.

use super::lock::{Lock, Locked, NotLocked, Opened, no_randomness};
use crate::office::Office;
use despatch_core::address::EmailAddress;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::random::{random_digits, random_hex};
use despatch_directory::entry::Entry;
use despatch_directory::opening::OpeningMethod;
use despatch_ledger::SealedTestMessage;
use despatch_letters::catalogue::SHARED;
use despatch_letters::render::job::Job;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_message::{Draft, Mailbox};
use despatch_seal::list::Head;
use despatch_seal::signing::SigningKey;
use serde_json::json;
use std::path::Path;

/// The length of the number in a test message: not guessable in the few calls before it becomes suspicious.
const DIGITS: usize = 8;
/// The file name of the letter.
const LETTER: &str = "01-test-message.pdf";
/// A test message belongs to no case, so there is nothing to prove about it.
const NO_MANIFEST: &[u8] = b"{}\n";

/// A test message, ready to be recorded and sent.
#[derive(Debug)]
pub struct TestMessageDraft {
    pub message: SealedTestMessage,
    /// The address of the team that sends it.
    pub from: EmailAddress,
    /// The office's own copy, if a passphrase opens the letter.
    pub copy: Option<Vec<u8>>,
}

/// Makes a test message for an entry, locked with the entry's opening method.
///
/// # Errors
/// The entry has no opening method, the office writes for no team, or the letter cannot be rendered or locked.
pub fn test_message(
    office: &Office,
    signer: &SigningKey,
    program: &Path,
    entry: &Entry,
    now: Moment,
) -> Result<TestMessageDraft, Vec<Fault>> {
    let one = |fault: Fault| vec![fault];
    let unrandom = |error: std::io::Error| one(no_randomness(&error));
    let (words, nonce) = (random_digits(DIGITS).map_err(unrandom)?, random_hex(8).map_err(unrandom)?);
    let message_id = format!("<test.{nonce}@{}>", office.config.mail_domain);
    let sender = office.config.teams.values().next().ok_or_else(|| {
        one(Fault::new(
            "despatch.toml",
            "team.unknown",
            "the office writes for no team",
            "run `despatch check`",
        ))
    })?;
    let letterhead = &sender.letterhead;
    let pool = Pool::start(program, &office.catalogue.files(), 1, TIME_LIMIT).map_err(one)?;
    let job = Job {
        main: format!("/{SHARED}/test-message.typ"),
        title: "Test letter".to_owned(),
        author: letterhead.name.clone(),
        keywords: Vec::new(),
        date: now.today,
        ident: message_id.clone(),
        language: None,
        data: json!({
            "words": words, "team": letterhead.name, "telephone": letterhead.telephone,
            "marking": null, "demo": office.config.demo, "large_print": false, "case": {},
        }),
    };
    let pdf = pool.render(&job).map_err(|fault| fault.faults())?;
    let method = entry.opening().ok_or_else(|| {
        let cause = "it does not say how its recipient opens what they get";
        let cure = "give it a key or a method: `despatch directory onboard` says how";
        one(Fault::new(format!("entry {}", entry.id), "test_message.method", cause, cure))
    })?;
    let lock =
        Lock { pool: &pool, method: Some(method), theirs: &entry.keys, office: &office.review_copies() };
    let letter = [Opened { file: LETTER, bytes: &pdf }];
    let Locked { parts, copy } =
        lock.all(&letter, |_| Ok(NO_MANIFEST.to_vec())).map_err(NotLocked::faults)?;
    let text = cover(method, &letterhead.name, &letterhead.telephone);
    let bytes = despatch_message::compose(Draft {
        from: Mailbox { name: letterhead.name.clone(), address: sender.from.clone() },
        // Nothing that somebody typed about the entry stands in a message that nobody reviews (F8).
        to: Mailbox { name: String::new(), address: entry.email.clone() },
        subject: format!("Test letter from {}", letterhead.name),
        html: html(&text),
        text,
        parts,
        date: now.at,
        boundary_seed: message_id.clone(),
        head: Head {
            despatch: "test message".to_owned(),
            message_id: message_id.clone(),
            sealed_at: now.at,
            recipient: entry.fingerprints(),
            review: office.review_key.fingerprint(),
        },
        signer,
    })
    .map_err(one)?;
    let answer = office.identity_key().map_err(one)?.answer(&message_id, &words);
    let message = SealedTestMessage { bytes, message_id, answer };
    Ok(TestMessageDraft { message, from: sender.from.clone(), copy })
}

/// The text of the email around a test message.
fn cover(method: OpeningMethod, team: &str, telephone: &str) -> String {
    let how = method.details().first_steps;
    format!(
        "Dear Sir or Madam\n\nThis is a trial. The attached letter holds nothing about anybody. Please open it:\n\n{how}\n\n\
         Then ring {team} on {telephone}, on a number that you had before this email if you can, and read out the \
         numbers that you find in it. Please do not send them by email.\n\n{team}\n"
    )
}

/// The same text as HTML.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: Vec<String> =
        escaped.trim().split("\n\n").map(|one| format!("<p>{}</p>", one.replace('\n', "<br>"))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><title>Test letter</title></head><body>\n{}\n</body></html>\n",
        paragraphs.join("\n")
    )
}
