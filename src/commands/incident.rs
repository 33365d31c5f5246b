//! Enters: a message that went to the wrong person. Leaves: the incident, the next steps, and the letter that asks for
//! deletion. Never: reports to anybody by itself.

use crate::caller::{CallerPath, Delivery, Document};
use crate::context::{CommandContext, Exit, moment};
use crate::printing::{Print, red};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::incidents::{
    self, ActOnIncident, Incidents, OpenIncident, Unfreeze, report_clock,
};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, moment_words};
use despatch_ledger::{Incident, IncidentId, Step, Unfrozen};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A message went to the wrong person: freeze, ask for deletion, run the clock, keep the record
#[derive(Debug, clap::Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    opening: Opening,
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct Opening {
    /// The despatch that went wrong, such as 17-3, or its case if nothing else of it has gone; with --entry, the case
    /// will do
    #[arg(value_name = "CASE|DESPATCH")]
    subject: Option<String>,
    /// What happened, without a name or anything else about the person; it stays on record
    #[arg(long, value_name = "TEXT")]
    what: Option<String>,
    /// The entry that is frozen, where that is not the despatch's own: a mailbox that somebody else answered from
    #[arg(long, value_name = "ENTRY")]
    entry: Option<EntryId>,
    /// When the office became aware of it, such as "23/11/2026 2.30pm" (default: now); the 72 hours run from then
    #[arg(long, value_name = "TIME", value_parser = moment)]
    aware: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Every incident, and what is frozen
    List,
    /// One incident, with everything that was done
    Show {
        /// Its number
        number: IncidentId,
    },
    /// Make the letter that asks for confirmed deletion, to be sent by hand
    Letter {
        /// Its number
        number: IncidentId,
        /// Where to put it (default: a private folder in memory)
        #[arg(long, value_name = "DIR")]
        to: Option<CallerPath>,
    },
    /// Record that it was reported to the Information Commissioner, or why it need not be
    Reported(ActArgs),
    /// Record that the recipient confirmed the deletion
    Deleted(ActArgs),
    /// Close it (for reviewers)
    Close(ActArgs),
    /// Let an entry be written to again: one person asks, a second one confirms
    Unfreeze {
        /// The entry of the directory
        entry: EntryId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args, Serialize, Deserialize)]
struct ActArgs {
    /// The incident's number
    number: IncidentId,
    /// What was done, without a name or anything else about the person; it stays on record
    #[arg(long)]
    text: String,
}

/// Runs `despatch incident`.
///
/// # Errors
/// The office cannot be opened; the arguments do not say what went wrong; the operation refuses the request; the letter
/// cannot be written.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let now = open.now();
    let mut act = |step, ActArgs { number, text }| {
        let incident = incidents::act(&mut open, &actor, ActOnIncident { number, step, text })?;
        show(&incident, now, print);
        Ok(Exit::Done)
    };
    match args.command {
        None => {
            let incident = incidents::open_incident(&mut open, &actor, opening(args.opening)?)?;
            show(&incident, now, print);
            say_what_now(&incident, print);
        }
        Some(Command::List) => list(&incidents::list(&mut open, &actor, ())?, now, print),
        Some(Command::Show { number }) => show(&incidents::show(&mut open, &actor, number)?, now, print),
        Some(Command::Letter { number, to }) => {
            let pdf = incidents::letter(&mut open, &actor, number)?;
            let file = format!("deletion-request-{number}.pdf");
            let documents = Document::all(vec![(file.clone(), pdf.into())]);
            let delivery = Delivery::Documents { to, name: format!("incident-{number}"), documents };
            let path = format!("{}/{file}", context.caller.deliver(delivery)?);
            print.json(&json!({ "letter": path }));
            print.line(&format!("Made {path}. It names nobody; send it by hand, and record the answer."));
        }
        Some(Command::Reported(done)) => return act(Step::Reported, done),
        Some(Command::Deleted(done)) => return act(Step::Deleted, done),
        Some(Command::Close(done)) => return act(Step::Closed, done),
        Some(Command::Unfreeze { entry, reason }) => {
            let came = incidents::unfreeze(&mut open, &actor, Unfreeze { entry: entry.clone(), reason })?;
            print.json(&json!({ "entry": entry, "unfreeze": came }));
            print.line(&match came {
                Unfrozen::Proposed => format!("{entry} stays frozen until a second member of staff gives the same command."),
                Unfrozen::Confirmed => format!("{entry} is no longer frozen. What was held for it is released by `despatch outbox release`."),
            });
        }
    }
    Ok(Exit::Done)
}

fn opening(args: Opening) -> Result<OpenIncident, Failure> {
    let Opening { subject: Some(subject), what: Some(what), entry, aware } = args else {
        let cause = "it is not said what went wrong";
        let cure = "name the case or the despatch, and say what happened with --what";
        return Err(Failure::Request(Fault::new("incident", "incident.what", cause, cure)));
    };
    Ok(OpenIncident { subject, what, entry, aware })
}

fn say_what_now(incident: &Incident, print: Print) {
    let number = incident.number;
    print.line("\nNow:");
    print.line("  1. telephone the recipient: nothing is opened or passed on");
    print.line(&match incident.despatch {
        Some(_) => {
            format!("  2. despatch incident letter {number}: the letter that asks for confirmed deletion")
        }
        None => {
            let case = &incident.case_id;
            format!("  2. nothing of {case} has gone to this entry: no letter asks for its deletion")
        }
    });
    print.line("  3. tell whoever looks after data protection; they report it, or say why not:");
    print.line(&format!("     despatch incident reported {number} --text …"));
    print.line(&format!(
        "  4. despatch incident deleted {number} --text …, once the recipient has confirmed it"
    ));
    if incident.entry.is_some() {
        print.line("Nothing goes to the frozen entry meanwhile, a copy for a healthcare team neither.");
    }
}

fn list(known: &Incidents, now: Moment, print: Print) {
    print.json(known);
    let row = |one: &Incident| {
        vec![
            one.number.to_string(),
            one.case_id.to_string(),
            one.despatch.map_or_else(|| "none".to_owned(), |id| id.to_string()),
            one.acts.last().map_or("open", |act| act.step.label()).to_owned(),
            report_clock(one, now),
        ]
    };
    let head = ["number", "case", "despatch", "state", "report"];
    print.table(&head, known.incidents.iter().map(row), "There is no incident.");
    for (entry, frozen) in &known.frozen {
        let asks = |by: &String| format!("; {by} asks to unfreeze it");
        let asked = frozen.unfreeze.as_ref().map_or_else(String::new, asks);
        print.labelled("frozen", &format!("{entry}, since incident {}{asked}", frozen.incident));
    }
}

fn show(incident: &Incident, now: Moment, print: Print) {
    print.json(incident);
    let which = incident.despatch.map_or_else(String::new, |id| format!(": despatch {id}"));
    print.labelled("incident", &format!("{} of {}{which}", incident.number, incident.case_id));
    print.labelled("what", &incident.text);
    print.labelled("opened", &format!("{} by {}", moment_words(incident.opened_at), incident.by));
    print.labelled("aware since", &moment_words(incident.aware_at));
    let report = report_clock(incident, now);
    print.labelled("report", &if incident.clock_runs() { red(&report) } else { report });
    if let Some(entry) = &incident.entry {
        print.labelled("frozen", entry.as_str());
    }
    for act in &incident.acts {
        print.labelled(act.step.label(), &format!("{} by {}: {}", moment_words(act.at), act.by, act.text));
    }
}
