//! Enters: a folder and a day. Leaves: a made-up office that has processed its sample cases, and what to try next.
//! Never: touches a folder that is not a demo office.

mod samples;

use super::args::Demo;
use super::init::{is_free, new_signing_key};
use super::{open_ledger, open_office};
use crate::context::GlobalArgs as Common;
use crate::context::this_program;
use crate::context::{CommandContext, Exit};
use crate::passphrases::unlock;
use crate::printing::{self, Print, strong, wrapped};
use crate::printing::{conclude, inbox_report, show_finding};
use chrono::TimeDelta;
use despatch_app::intake::faults_file;
use despatch_app::office::{DEMO_KEYS, Founding, Office, demo_key, found};
use despatch_app::operations::Failure;
use despatch_app::operations::OpenOffice;
use despatch_app::operations::process_inbox::{ProcessInbox, process_inbox};
use despatch_app::pipeline::Finding;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_core::words::date_words;
use despatch_directory::entry::{Change, Trial};
use despatch_directory::import;
use despatch_ledger::{Despatch, Heard, State, Terms, TrialMessage};
use despatch_seal::keys::SecretKey;
use samples::{Authorised, Samples, Verified};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Faults of one case that the demo prints; the rest stand beside the rejected file.
const FAULTS_SHOWN: usize = 3;
/// Why and for how long the demo's staff adopt a pack that was quashed.
const ADOPTED_BECAUSE: &str = "A demonstration with made-up cases: no letter of it is served on anybody";
const ADOPTED_FOR: TimeDelta = TimeDelta::days(180);
/// How long before its first case the demo's directory was entered and verified.
const SETTLED_BEFORE: TimeDelta = TimeDelta::days(20);
/// The words of the demo's trial letters.
const TRIAL_WORDS: &str = "made up";
/// A reviewer of the sample office, for the commands to try.
const REVIEWER: &str = "beatrix-lund";

pub(super) fn demo(common: &Common, demo: &Demo, print: &Print) -> Result<Exit, Failure> {
    let clock = common.today.map_or(Clock::System, Clock::Fixed);
    let samples = Samples::new(clock.now().today)?;
    let fresh = is_free(&demo.dir);
    let mut directory = None;
    if fresh {
        directory = Some(make(&demo.dir, &samples)?);
        print.line(&format!("Made a demo office in {}. Everybody in it is made up.", demo.dir.display()));
        print.line(&format!(
            "Its keys lie open in {DEMO_KEYS}/, so that you can open what each recipient would receive."
        ));
    } else if Office::says_demo(&demo.dir) != Some(true) {
        let cause = "the folder is not empty and is not a demo office";
        return Err(Fault::new(
            demo.dir.display().to_string(),
            "demo.folder",
            cause,
            "choose another with --dir",
        )
        .into());
    }
    let common = Common { office: demo.dir.clone(), json: common.json, actor: None, today: common.today };
    if let Some(directory) = directory {
        settle(&Office::open(&demo.dir)?, &directory, &samples, clock)?;
    }
    let (office, clock) = open_office(&common)?;
    samples.drop_into(&office.inbox(), &this_program()?)?;
    print.line("Dropped the sample cases into its inbox.\n");

    let findings = Mutex::new(Vec::new());
    let keep = |finding| findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    let open = || OpenOffice::open(&demo.dir, clock, this_program()?);
    let request = ProcessInbox { once: true };
    let summary = process_inbox(open()?, request, &unlock(None), &inbox_report(request, print, &keep))?;
    let mut findings = findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    findings.sort_by(|one, other| one.file().cmp(other.file()));
    tell_all(&findings, print);
    conclude(&summary, print);
    tell_next(&office, &samples, print)?;
    if demo.once {
        return Ok(Exit::Done);
    }
    print.line("\nWatching the inbox. Drop a case file there; Ctrl-C ends it.");
    let (request, tell) = (ProcessInbox { once: false }, |finding| show_finding(&finding, print));
    process_inbox(open()?, request, &unlock(None), &inbox_report(request, print, &tell))?;
    Ok(Exit::Done)
}

/// Founds the office: fresh keys for the reviewers and for each entry of its directory that has one. Gives the
/// directory's text with these keys.
fn make(dir: &Path, samples: &Samples) -> Result<String, Failure> {
    let mut keys = Vec::new();
    let directory = samples.directory(|entry| {
        let key = SecretKey::generate();
        let public = key.to_public().to_string();
        keys.push((entry.to_owned(), key));
        public
    })?;
    let founding = Founding {
        config: &samples.config()?,
        places: Some(&samples.places()?),
        review: &SecretKey::generate(),
        signing: &new_signing_key()?,
        passphrases: None,
    };
    for (entry, key) in &keys {
        demo_key(dir, &format!("{entry}.key"), key)?;
    }
    found(dir, &founding)?;
    Ok(directory)
}

/// What an office does before its first case: one of its staff imports the directory, others verify the entries, and
/// the authorities of the representatives are recorded; and since the demo's pack is no longer in force, two adopt it.
fn settle(office: &Office, directory: &str, samples: &Samples, clock: Clock) -> Result<(), Failure> {
    let now = clock.now();
    let earlier = Clock::Fixed(now.today - SETTLED_BEFORE).now();
    let mut ledger = open_ledger(office)?;
    let rules = &office.config.addresses;
    let clerk = office.config.staff.first().ok_or_else(|| unstaffed("nobody"))?;
    let entered = Change::new(clerk.id.clone(), earlier.today);
    let entries = import::read("directory.toml", directory, &entered)?;
    ledger.put_entries(entries.clone(), rules, clerk, earlier)??;
    // No letter goes to a made-up mailbox: the demo takes trial letters for opened.
    for entry in entries.iter().filter(|entry| !entry.keys.is_empty()) {
        let message_id = format!("<trial.{}@{}>", entry.id, office.config.mail_domain);
        let answer = Trial::answer(&message_id, TRIAL_WORDS);
        let message = TrialMessage { bytes: Vec::new(), message_id, answer };
        ledger.trial_sent(&entry.id, message, rules, clerk, earlier)?;
        ledger.trial_opened(&entry.id, TRIAL_WORDS, rules, clerk, earlier)?;
    }
    for Verified { entry, by, way, how } in samples.verified()? {
        let staff = office.config.staff.iter().find(|staff| staff.id == by);
        let staff = staff.ok_or_else(|| unstaffed(by.as_str()))?;
        let Some(known) = entries.iter().find(|known| known.id == entry) else { continue };
        let (email, fingerprints) = (known.email.clone(), known.fingerprints());
        ledger.verify_entry(
            &entry,
            &Heard { email, fingerprints, way, how, until: None },
            rules,
            staff,
            earlier,
        )?;
    }
    for Authorised { entry, case, dated } in samples.authorities() {
        ledger.record_authority(&entry, &case, dated, clerk, now)?;
    }
    let reviewers = office.config.staff.iter().filter(|staff| staff.reviewer).take(2);
    let terms = Terms { reason: ADOPTED_BECAUSE.to_owned(), expires: now.today + ADOPTED_FOR };
    for (staff, terms) in reviewers.zip([Some(&terms), None]) {
        ledger.adopt(&office.config.pack, staff, terms, now)?;
    }
    Ok(())
}

fn unstaffed(who: &str) -> Fault {
    Fault::new("examples/despatch.toml", "demo.sample", format!("{who} is not on its staff"), "report this")
}

/// What was queued for whom, what was held or rejected, and why.
fn tell_all(findings: &[Finding], print: &Print) {
    findings.iter().for_each(|finding| print.json(finding));
    let queued: Vec<&Despatch> = findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Queued { despatches, .. } => Some(despatches),
            _ => None,
        })
        .flatten()
        .collect();
    let head = ["id", "case", "row", "what", "to", "due", "state"];
    print.table(
        &head,
        &queued.iter().map(|despatch| row(despatch)).collect::<Vec<_>>(),
        "Nothing new was queued.",
    );
    for despatch in queued.iter().filter(|despatch| despatch.state == State::Held) {
        let words: Vec<&str> = despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
        print.line(&format!("\n{}", wrapped(&format!("held  {}", despatch.id), &words.join("; "))));
    }
    for finding in findings {
        match finding {
            Finding::Rejected { file, now_at, faults } => {
                print.line(&format!("\nrejected  {} (see inbox/rejected/)", file.display()));
                for fault in faults.iter().take(FAULTS_SHOWN) {
                    print.line(&wrapped("", &format!("{}: {}", fault.at, fault.cause)));
                    print.line(&wrapped("", &format!("to mend: {}", fault.cure)));
                }
                if faults.len() > FAULTS_SHOWN {
                    let more = faults.len() - FAULTS_SHOWN;
                    print.line(&format!(
                        "              … and {more} more in inbox/rejected/{}",
                        faults_file(now_at).display()
                    ));
                }
            }
            Finding::Duplicate { file, of } => {
                print.line(&format!(
                    "known     {}: the same file is case {of}; nothing was made",
                    file.display()
                ));
            }
            Finding::Queued { claim, not_made, .. } => {
                for one in not_made {
                    print.line(&format!("\nnot made  case {claim}, row {}: {}", one.row, one.reason));
                }
            }
        }
    }
    print.line("");
}

fn row(despatch: &Despatch) -> Vec<String> {
    vec![
        despatch.id.to_string(),
        despatch.case_id.to_string(),
        despatch.planned.row.to_string(),
        despatch.planned.kind.to_string(),
        despatch.recipient.name.clone(),
        despatch.planned.deadline.as_ref().map_or_else(String::new, |deadline| date_words(deadline.due)),
        printing::state(despatch.state),
    ]
}

/// Three commands that a newcomer can copy.
fn tell_next(office: &Office, samples: &Samples, print: &Print) -> Result<(), Failure> {
    let reviewable = |one: &&Despatch| one.planned.kind.as_str() == "invitation";
    let waiting = open_ledger(office)?.despatches(&[State::AwaitingReview])?;
    let id = waiting.iter().find(reviewable).map_or_else(|| "ID".to_owned(), |one| one.id.to_string());
    let program = std::env::args().next().unwrap_or_else(|| "despatch".to_owned());
    let command = format!("{program} --office {} --today {}", office.root().display(), samples.today());
    print.line(&format!("\n{}", strong("Try next:")));
    print.line(&format!("  {command} outbox list"));
    print.line(&format!("  {command} --as {REVIEWER} outbox open {id} --to opened-{id}"));
    print.line(&format!("  {command} --as {REVIEWER} outbox approve {id} && {command} send --once"));
    Ok(())
}

pub use super::args::Demo as Args;

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    demo(&context.global, &args, &context.print)
}
