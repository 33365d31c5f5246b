//! Enters: a message that went to the wrong person. Leaves: its entry frozen, the letter that asks for deletion, the
//! clock of UK GDPR, article 33, and the record of what was done. Never: reports to anybody by itself.

use super::args::{Common, Incident as Args, IncidentCommand, Opening};
use super::open::{make_folder, write_new};
use super::outbox::{memory_folder, reason};
use super::print::{Print, count, red, wrapped};
use super::record::{Paper, Section};
use super::{Exit, Failure, open_ledger, open_office};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use despatch_app::office::Office;
use despatch_core::clock::{Clock, Moment};
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::{CaseId, EntryId, date_words, time_words};
use despatch_ledger::{Despatch, Incident, IncidentId, Ledger, State, Step, Unfrozen, subject as subject_of};
use despatch_settings::Staff;
use serde_json::json;
use std::path::PathBuf;

pub(super) fn incident(common: &Common, args: &Args, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let actor = || office.actor(common.actor.as_ref());
    let done = |ledger: &mut Ledger, number: IncidentId, step: Step, text: &str| {
        let text = reason(text)?;
        let incident = ledger.act_on_incident(number, step, &text, actor()?, clock.now())?;
        show(&incident, clock.now(), print);
        Ok(Exit::Done)
    };
    match &args.command {
        None => open(&office, &mut ledger, &args.opening, actor()?, clock, print),
        Some(IncidentCommand::List) => list(&mut ledger, clock.now(), print),
        Some(IncidentCommand::Show { number }) => {
            show(&ledger.incident(*number)?, clock.now(), print);
            Ok(Exit::Done)
        }
        Some(IncidentCommand::Letter { number, to }) => {
            letter(&office, &mut ledger, *number, to.clone(), actor()?, clock.now(), print)
        }
        Some(IncidentCommand::Reported(act)) => done(&mut ledger, act.number, Step::Reported, &act.text),
        Some(IncidentCommand::Deleted(act)) => done(&mut ledger, act.number, Step::Deleted, &act.text),
        Some(IncidentCommand::Close(act)) => done(&mut ledger, act.number, Step::Closed, &act.text),
        Some(IncidentCommand::Unfreeze { entry, reason: text }) => {
            let came = ledger.unfreeze(entry, &reason(text)?, actor()?, clock.now())?;
            print.json(&json!({ "entry": entry, "unfreeze": came }));
            print.line(&match came {
                Unfrozen::Proposed => format!("{entry} stays frozen until a second member of staff gives the same command."),
                Unfrozen::Confirmed => format!("{entry} is no longer frozen. What was held for it is released by `despatch outbox release`."),
            });
            Ok(Exit::Done)
        }
    }
}

fn open(
    office: &Office,
    ledger: &mut Ledger,
    args: &Opening,
    actor: &Staff,
    clock: Clock,
    print: &Print,
) -> Result<Exit, Failure> {
    let (Some(what), Some(subject)) = (&args.what, &args.subject) else {
        let cause = "it is not said what went wrong";
        let cure = "name the case or the despatch, and say what happened with --what";
        return Err(Failure::Usage(Fault::new("incident", "incident.what", cause, cure)));
    };
    let text = reason(what)?;
    let now = clock.now();
    let aware = args.aware.unwrap_or(now.at);
    if aware > now.at {
        let (cause, cure) = ("it is still to come", "give the time at which the office became aware of it");
        return Err(Failure::Usage(Fault::new("--aware", "incident.aware", cause, cure)));
    }
    if let Some(entry) = &args.entry {
        office.directory.get(entry).ok_or_else(|| {
            let cure = "look it up with `despatch directory list`";
            Fault::new(subject_of(entry), "entry.unknown", "the directory has no such entry", cure)
        })?;
    }
    let (case_id, despatch) = meant(ledger, subject, args.entry.as_ref())?;
    let theirs = despatch.as_ref().and_then(|one| one.recipient.entry.clone());
    let entry = args.entry.clone().or(theirs);
    let about = (&case_id, despatch.as_ref().map(|one| one.id), entry.as_ref());
    let incident = ledger.open_incident(about, &text, aware, actor, now)?;
    show(&incident, now, print);
    let number = incident.number;
    print.line("\nNow:");
    print.line("  1. telephone the recipient: nothing is opened or passed on");
    print.line(&match incident.despatch {
        Some(_) => {
            format!("  2. despatch incident letter {number}: the letter that asks for confirmed deletion")
        }
        None => format!("  2. nothing of {case_id} has gone to this entry: no letter asks for its deletion"),
    });
    print.line("  3. tell whoever looks after data protection; they report it, or say why not:");
    print.line(&format!("     despatch incident reported {number} --text …"));
    print.line(&format!(
        "  4. despatch incident deleted {number} --text …, once the recipient has confirmed it"
    ));
    if incident.entry.is_some() {
        print.line("Nothing goes to the frozen entry meanwhile, a copy for a healthcare team neither.");
    }
    Ok(Exit::Done)
}

/// The despatch that went wrong: named, or the only one of its case that has gone. Where the entry is named, it is the
/// last one that went to that entry; none has to.
fn meant(
    ledger: &mut Ledger,
    subject: &str,
    entry: Option<&EntryId>,
) -> Result<(CaseId, Option<Despatch>), Failure> {
    if let Ok(id) = subject.parse() {
        let named = ledger.despatch(id)?;
        return Ok((named.case_id.clone(), Some(named)));
    }
    let gone = |one: &Despatch| matches!(one.state, State::Sent | State::InDoubt | State::DotPending);
    let of_case = match subject.parse() {
        Ok(case_id) => ledger.despatches_of_case(&case_id)?,
        Err(_) => Vec::new(),
    };
    if let (Some(entry), Some(case_id)) = (entry, of_case.first().map(|one| one.case_id.clone())) {
        let theirs =
            of_case.into_iter().filter(gone).filter(|one| one.recipient.entry.as_ref() == Some(entry));
        return Ok((case_id, theirs.max_by_key(|one| (one.sent_on, one.id))));
    }
    let mut gone = of_case.into_iter().filter(gone);
    match (gone.next(), gone.next()) {
        (Some(only), None) => Ok((only.case_id.clone(), Some(only))),
        (None, _) => {
            let cure = "check it with `despatch outbox list`, or name the despatch, such as 17-3";
            Err(Fault::new(
                subject,
                "incident.nothing_sent",
                "nothing of this case has gone to anybody",
                cure,
            )
            .into())
        }
        (Some(one), Some(two)) => {
            let rest: Vec<String> = [one, two]
                .into_iter()
                .chain(gone)
                .map(|one| format!("{} to {}", one.id, one.recipient.name))
                .collect();
            let cause = format!("several of this case have gone: {}", rest.join("; "));
            Err(Fault::new(subject, "incident.which", cause, "name the one that went wrong").into())
        }
    }
}

/// How much of the 72 hours is left, or what came of them.
pub(super) fn clock_words(incident: &Incident, now: Moment) -> String {
    if let Some(act) = incident.act(Step::Reported) {
        return format!("{} by {}", at_words(act.at), act.by);
    }
    if let Some(act) = incident.act(Step::Closed) {
        return format!("not reported; closed on {} by {}", at_words(act.at), act.by);
    }
    let left = incident.report_by - now.at;
    let hours = count(usize::try_from(left.num_hours().abs()).unwrap_or(0), "hour");
    let by = at_words(incident.report_by);
    if left < chrono::TimeDelta::zero() {
        format!("by {by}: {hours} ago")
    } else {
        format!("by {by}: {hours} left")
    }
}

fn at_words(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&London);
    format!("{}, {}", date_words(at.date_naive()), time_words(at.time()))
}

/// One incident that must be reported, loudly.
pub(super) fn alarm_words(incident: &Incident, now: Moment) -> String {
    format!(
        "ALARM  incident {} of {}: tell the Information Commissioner, or record why not, {}",
        incident.number,
        incident.case_id,
        clock_words(incident, now)
    )
}

/// The incidents whose 72 hours run.
pub(super) fn running(ledger: &mut Ledger) -> Result<Vec<Incident>, Failure> {
    let mut incidents = ledger.incidents()?;
    incidents.retain(Incident::clock_runs);
    incidents.sort_by_key(|incident| incident.report_by);
    Ok(incidents)
}

fn list(ledger: &mut Ledger, now: Moment, print: &Print) -> Result<Exit, Failure> {
    let (incidents, frozen) = (ledger.incidents()?, ledger.frozen()?);
    print.json(&json!({ "incidents": incidents, "frozen": frozen }));
    let row = |one: &Incident| {
        let state = one.acts.last().map_or("open", |act| act.step.words());
        vec![
            one.number.to_string(),
            one.case_id.to_string(),
            one.despatch.map_or_else(|| "none".to_owned(), |id| id.to_string()),
            state.to_owned(),
            clock_words(one, now),
        ]
    };
    let rows: Vec<Vec<String>> = incidents.iter().map(row).collect();
    print.table(&["number", "case", "despatch", "state", "report"], &rows, "There is no incident.");
    for (entry, known) in &frozen {
        let asked =
            known.unfreeze.as_ref().map_or_else(String::new, |by| format!("; {by} asks to unfreeze it"));
        print.line(&wrapped("frozen", &format!("{entry}, since incident {}{asked}", known.incident)));
    }
    Ok(Exit::Done)
}

fn show(incident: &Incident, now: Moment, print: &Print) {
    print.json(incident);
    let line = |label: &str, text: &str| print.line(&wrapped(label, text));
    let which = incident.despatch.map_or_else(String::new, |id| format!(": despatch {id}"));
    line("incident", &format!("{} of {}{which}", incident.number, incident.case_id));
    line("what", &incident.text);
    line("opened", &format!("{} by {}", at_words(incident.opened_at), incident.by));
    line("aware since", &at_words(incident.aware_at));
    let report = clock_words(incident, now);
    line("report", &if incident.clock_runs() { red(&report) } else { report });
    if let Some(entry) = &incident.entry {
        line("frozen", entry.as_str());
    }
    for act in &incident.acts {
        line(act.step.words(), &format!("{} by {}: {}", at_words(act.at), act.by, act.text));
    }
}

/// The letter that asks for deletion: staff send it by hand, for no case event stands behind it.
fn letter(
    office: &Office,
    ledger: &mut Ledger,
    number: IncidentId,
    to: Option<PathBuf>,
    actor: &Staff,
    now: Moment,
    print: &Print,
) -> Result<Exit, Failure> {
    let incident = ledger.incident(number)?;
    let (despatch, sent) = what_went(ledger, &incident)?;
    let pdf = deletion_request(office, &despatch, sent)?.pdf(office, now.today)?;
    let folder = match to {
        Some(folder) => folder,
        None => memory_folder()?.join(format!("despatch-incident-{number}-{}", random_hex(4)?)),
    };
    make_folder(&folder)?;
    let path = folder.join(format!("deletion-request-{number}.pdf"));
    write_new(&path, &pdf)?;
    ledger.act_on_incident(number, Step::LetterMade, "asks for confirmed deletion", actor, now)?;
    print.json(&json!({ "letter": path }));
    print.line(&format!("Made {}. It names nobody; send it by hand, and record the answer.", path.display()));
    Ok(Exit::Done)
}

/// The email that the letter is about, and when it went as far as the record tells.
///
/// Errors: nothing has gone, so nobody is to delete anything.
fn what_went(ledger: &mut Ledger, incident: &Incident) -> Result<(Despatch, Option<DateTime<Utc>>), Failure> {
    let refuse = |cause: String| {
        let cure =
            "open an incident that names the despatch that went wrong: `despatch incident 17-3 --what …`";
        Err(Fault::new(format!("incident {}", incident.number), "incident.not_gone", cause, cure).into())
    };
    let Some(id) = incident.despatch else {
        return refuse("it names no despatch, so there is no email to ask about".to_owned());
    };
    let despatch = ledger.despatch(id)?;
    let events = ledger.events(Some(&id.to_string()))?;
    let last = |what: &str| events.iter().rev().find(|event| event.what == what);
    // What was in doubt and has arrived is cancelled, so that it does not go again.
    let gone = match despatch.state {
        State::Sent | State::InDoubt | State::DotPending => true,
        State::Cancelled => last("in_doubt").is_some(),
        _ => false,
    };
    if !gone {
        return refuse(format!("{id} is {} and has not gone to anybody", despatch.state.words()));
    }
    let left = last("sent").or_else(|| last("dot_pending"));
    Ok((despatch, left.and_then(|event| event.at.parse().ok())))
}

fn deletion_request(
    office: &Office,
    despatch: &Despatch,
    sent: Option<DateTime<Utc>>,
) -> Result<Paper, Fault> {
    let sender = office.config.teams.get(&despatch.planned.team).ok_or_else(|| {
        Fault::new("the settings", "team.unknown", "the team is missing", "run `despatch check`")
    })?;
    let message_id = despatch.message.as_ref().map(|bound| bound.message_id.clone()).unwrap_or_default();
    let mut which = Section::new("Which email");
    which.facts =
        vec![("To".to_owned(), format!("{} ({})", despatch.recipient.name, despatch.recipient.address))];
    which.facts.extend(sent.map(|sent| ("Sent".to_owned(), at_words(sent))));
    which.facts.push(("Message-ID".to_owned(), message_id.trim_matches(['<', '>']).to_owned()));
    which.facts.push(("Our reference".to_owned(), despatch.case_id.to_string()));
    let mut ask = Section::new("What we ask you to do");
    ask.list = [
        "Do not open or forward the email or its attachments. If you have opened any, read no further.",
        "Delete the email, its attachments and every copy that you made or printed, also from the deleted items.",
        "Ask whoever keeps your backups to let their copies expire and not to restore them.",
        "Tell us the name of everybody who has had it.",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut confirm = Section::new("What we ask you to confirm, in writing");
    confirm.list = [
        "whether any attachment was opened, and by whom",
        "whether it was copied, printed or passed on, and to whom",
        "that all of it is deleted, and on which day",
    ]
    .map(str::to_owned)
    .to_vec();
    let call = format!(
        "Reply to {} or telephone {}. Do not quote the contents of the email.",
        sender.letterhead.email, sender.letterhead.telephone
    );
    let mut reply = Section::new("How to answer");
    reply.paragraphs.push(call);
    Ok(Paper {
        title: "Request to delete an email that was not meant for you".to_owned(),
        sender: Some(sender.letterhead.clone()),
        reference: despatch.case_id.to_string(),
        introduction: vec![
            "We sent you an email that was not meant for you. It holds personal information in sealed attachments. We are sorry, and we ask for your help to put it right.".to_owned(),
        ],
        sections: vec![which, ask, confirm, reply],
    })
}
