//! Enters: a folder and a day. Leaves: a made-up office that has processed its sample cases, and what to try next.
//! Never: makes anything itself.

use crate::caller::unlock;
use crate::context::{CommandContext, Exit, this_program};
use crate::printing::{
    Print, conclude, inbox_report, show_despatches, show_finding, strong, which_rejected, wrapped,
};
use crate::service::Door;
use crate::serving::serve_pages;
use despatch_app::intake::Finding;
use despatch_app::office::{DEMO_KEYS, OpenKeys};
use despatch_app::operations::outbox::held_for;
use despatch_app::operations::process_inbox::{ProcessInbox, process_inbox, take_inbox};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_app::operations::{Failure, OpenOffice, demo};
use despatch_core::clock::Clock;
use despatch_core::shown::shown_path;
use despatch_core::timings::Timings;
use despatch_ledger::{Despatch, State};
use despatch_settings::{Listen, PageSettings};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Faults of one case that the demo prints; the rest are listed beside the rejected file.
const FAULTS_SHOWN: usize = 3;
/// A reviewer of the sample office, for the commands to try.
const REVIEWER: &str = "beatrix-lund";

/// Make a made-up office, process its sample cases, and go on watching
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to make it
    #[arg(long, value_name = "DIR", default_value = "demo-office")]
    dir: PathBuf,
    /// End when the inbox is empty
    #[arg(long)]
    once: bool,
}

/// Runs `despatch demo`.
///
/// # Errors
/// The demo office cannot be made or opened, or its inbox cannot be processed.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (print, dir) = (context.print(), &args.dir);
    let clock = context.global.today.map_or(Clock::System, Clock::Fixed);
    if demo::prepare(dir, clock)? {
        print.line(&format!("Made a demo office in {}. Everybody in it is made up.", dir.display()));
        print.line(&format!(
            "Its keys are unlocked in {DEMO_KEYS}/, so that you can open what each recipient would receive."
        ));
    }
    let open = || OpenOffice::open(dir, clock, this_program()?);
    let office = open()?;
    demo::drop_samples(&office)?;
    print.line("Dropped the sample cases into its inbox.\n");

    let findings = Mutex::new(Vec::new());
    let keep = |finding| findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    let request = ProcessInbox { once: true };
    let (lease, signing_key) = (take_inbox(&office)?, office.office.signing_secret(&unlock(None))?);
    let summary = process_inbox(
        office,
        &lease,
        (request, Timings::default()),
        signing_key.clone(),
        &inbox_report(request, (print, clock), &keep),
    )?;
    let mut findings = findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    findings.sort_by(|one, other| one.file().cmp(other.file()));
    show_all(&findings, print);
    conclude(&summary, clock.now().at, print);
    show_next(&mut open()?, print)?;
    if args.once {
        return Ok(Exit::Done);
    }
    let request = ProcessInbox { once: false };
    let tell = |finding| show_finding(&finding, print);
    let (office, keys) = (open()?, OpenKeys::default());
    let pages = serve_pages(&office, Some(free_port()), &signing_key, &keys)?;
    print.line(&format!("\n{} {}", strong("In a browser:"), pages.unwrap_or_default()));
    print.line(&format!("  Sign in as {REVIEWER}, with the passphrase: {DEMO_PASSPHRASE}"));
    print.line("\nWatching the inbox. Drop a case file there; Ctrl-C ends it.");
    Door::open(&office.office, signing_key.clone(), keys, context.answers)?.serve();
    let report = inbox_report(request, (print, clock), &tell);
    process_inbox(office, &lease, (request, Timings::default()), signing_key, &report)?;
    Ok(Exit::Done)
}

/// The pages' own port; another one if it is taken.
fn free_port() -> SocketAddr {
    let own = PageSettings::default().listen;
    match own {
        Listen::Tcp(own) if TcpListener::bind(own).is_ok() => own,
        _ => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    }
}

/// Returns the despatches made from one case file.
fn queued(finding: &Finding) -> &[Despatch] {
    match finding {
        Finding::Queued { despatches, .. } => despatches,
        _ => &[],
    }
}

/// Prints what was queued for whom, what was held or rejected, and why.
fn show_all(findings: &[Finding], print: Print) {
    findings.iter().for_each(|finding| print.json(finding));
    let queued = || findings.iter().flat_map(queued);
    show_despatches(queued(), |despatch| despatch.recipient.name.clone(), "Nothing new was queued.", print);
    for despatch in queued().filter(|despatch| despatch.state == State::Held) {
        print.line(&format!("\n{}", wrapped(&format!("held  {}", despatch.id), &held_for(despatch))));
    }
    for finding in findings {
        match finding {
            Finding::Rejected { file, submission, now_at, faults } => {
                print.line(&format!("\nrejected  {}", shown_path(file)));
                for fault in faults.iter().take(FAULTS_SHOWN) {
                    print.labelled("", &format!("{}: {}", fault.at, fault.cause));
                    print.labelled("", &format!("to mend: {}", fault.cure));
                }
                if faults.len() > FAULTS_SHOWN {
                    let (more, which) = (faults.len() - FAULTS_SHOWN, which_rejected(*submission, now_at));
                    print.line(&format!("              … and {more} more: `despatch rejected {which}`"));
                }
            }
            Finding::Duplicate { file, of } => {
                let file = shown_path(file);
                print.line(&format!("known     {file}: the same file is case {of}; nothing was made"));
            }
            Finding::Queued { submission, not_made, .. } => {
                for one in not_made {
                    print.line(&format!("\nnot made  case {submission}, row {}: {}", one.row, one.reason));
                }
            }
        }
    }
    print.line("");
}

/// Prints three commands for a newcomer to try.
fn show_next(open: &mut OpenOffice, print: Print) -> Result<(), Failure> {
    let reviewable = |one: &&Despatch| one.planned.kind.as_str() == "invitation";
    let waiting = open.ledger.despatches(&[State::AwaitingReview])?;
    let id = waiting.iter().find(reviewable).map_or_else(|| "ID".to_owned(), |one| one.id.to_string());
    let program = std::env::args().next().unwrap_or_else(|| "despatch".to_owned());
    let (root, today) = (open.office.root().display(), open.now().today);
    let command = format!("{program} --office {root} --today {today}");
    print.line(&format!("\n{}", strong("Try next:")));
    print.line(&format!("  {command} outbox list"));
    print.line(&format!("  {command} --as {REVIEWER} outbox open {id} --to opened-{id}"));
    print.line(&format!("  {command} --as {REVIEWER} outbox approve {id} && {command} send --once"));
    Ok(())
}
