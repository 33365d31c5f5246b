//! Enters: an entry of the directory. Leaves: a letter without content, sealed as a real one would be, and its words.
//! Never: holds anything of a case.

use crate::catalogue::SHARED;
use crate::clock::Moment;
use crate::fault::Fault;
use crate::message::{self, Draft, Mailbox, SealedPart};
use crate::office::Office;
use crate::random::{random_digits, random_hex};
use crate::render::job::Job;
use crate::render::pool::{Pool, TIME_LIMIT};
use crate::seal::entry::{Entry, Method, Trial};
use crate::seal::keys::PublicKey;
use crate::seal::sealing;
use crate::words::Sha256;
use serde_json::json;
use std::path::Path;

/// Digits of a trial letter's words: nobody guesses them in the few calls that it takes to get suspicious.
const DIGITS: usize = 8;
/// The name of the letter before sealing.
const LETTER: &str = "01-trial-letter.pdf";

/// A trial letter, ready to be put on record and sent.
#[derive(Debug)]
pub struct TrialDraft {
    pub bytes: Vec<u8>,
    pub message_id: String,
    /// The hash of the words inside.
    pub answer: Sha256,
}

/// Makes a trial letter for an entry, to be opened as the entry says.
///
/// Errors: the entry says not how, or the page cannot be made.
pub fn trial(office: &Office, program: &Path, entry: &Entry, now: Moment) -> Result<TrialDraft, Vec<Fault>> {
    let one = |fault: Fault| vec![fault];
    let unrandom =
        |error: std::io::Error| one(Fault::new("the system", "random", error.to_string(), "try again"));
    let (words, nonce) = (random_digits(DIGITS).map_err(unrandom)?, random_hex(8).map_err(unrandom)?);
    let message_id = format!("<trial.{nonce}@{}>", office.config.mail_domain);
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
        main: format!("/{SHARED}/trial.typ"),
        title: "Trial letter".to_owned(),
        author: letterhead.name.clone(),
        keywords: Vec::new(),
        date: now.today,
        ident: message_id.clone(),
        data: json!({
            "words": words, "team": letterhead.name, "telephone": letterhead.telephone,
            "marking": null, "demo": office.config.demo, "large_print": false, "case": {},
        }),
    };
    let pdf = pool.render(&job).map_err(|fault| fault.faults())?;
    let part = seal(&pdf, entry, &office.review_key).map_err(one)?;
    let text = cover(entry, &letterhead.name, &letterhead.telephone);
    let bytes = message::compose(Draft {
        from: Mailbox { name: letterhead.name.clone(), address: sender.from.clone() },
        to: Mailbox { name: entry.name.clone(), address: entry.email.clone() },
        subject: format!("Trial letter from {}", letterhead.name),
        html: html(&text),
        text,
        parts: vec![part],
        message_id: message_id.clone(),
        date: now.at,
        boundary_seed: message_id.clone(),
    })
    .map_err(one)?;
    let answer = Trial::answer(&message_id, &words);
    Ok(TrialDraft { bytes, message_id, answer })
}

/// The letter as its recipient is to open it.
fn seal(pdf: &[u8], entry: &Entry, review: &PublicKey) -> Result<SealedPart, Fault> {
    let unsealed =
        |why: String, cure: &str| Fault::new(format!("entry {}", entry.id), "trial.seal", why, cure);
    match entry.method {
        Some(Method::Age) if !entry.keys.is_empty() => {
            let keys: Vec<&PublicKey> = entry.keys.iter().chain([review]).collect();
            let bytes = sealing::seal(pdf, &keys)
                .map_err(|error| unsealed(error.to_string(), "run `despatch directory check`"))?;
            Ok(SealedPart { file_name: format!("{LETTER}.age"), bytes })
        }
        _ => {
            let cause = "it does not say how its recipient opens what they get".to_owned();
            Err(unsealed(cause, "give it a key or a method: `despatch directory onboard` says how"))
        }
    }
}

/// What the email around a trial letter says.
fn cover(entry: &Entry, team: &str, telephone: &str) -> String {
    let how = match entry.method {
        Some(Method::Age) | None => {
            "age --decrypt -i KEY -o 01-trial-letter.pdf 01-trial-letter.pdf.age\n\nwhere KEY is the file with your key."
        }
        Some(_) => "with the words that we tell you on the telephone.",
    };
    format!(
        "Dear {}\n\nThis is a trial. The attached letter holds nothing about anybody. Please open it:\n\n{how}\n\n\
         Then ring {team} on {telephone}, on a number that you had before this email if you can, and read out the \
         numbers that you find in it. Please do not send them by email.\n\n{team}\n",
        entry.name
    )
}

/// The same words as a page.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: Vec<String> =
        escaped.trim().split("\n\n").map(|one| format!("<p>{}</p>", one.replace('\n', "<br>"))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><title>Trial letter</title></head><body>\n{}\n</body></html>\n",
        paragraphs.join("\n")
    )
}
