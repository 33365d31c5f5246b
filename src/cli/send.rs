//! Enters: an office. Leaves: what is approved sent, each message reported with the relay's answer.
//! Never: sends while another sender is at work.

use super::alarm::Told;
use super::args::{Common, Send};
use super::bar::Bar;
use super::print::{self, Print};
use super::{Exit, Failure, open_ledger, open_office};
use despatch_app::office::Office;
use despatch_app::send::{Courier, Outcome, send_due};
use despatch_core::clock::Moment;
use despatch_ledger::{Despatch, Ledger, State};
use std::thread;
use std::time::Duration;

/// How often a running sender looks for new approvals.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(super) fn send(common: &Common, args: &Send, print: &Print) -> Result<Exit, Failure> {
    let (mut office, clock) = open_office(common)?;
    let courier = Courier::of(office.root(), &office.config.courier)?;
    let mut ledger = open_ledger(&office)?;
    ledger.check_reconciled()?;
    let _lease = ledger.files().lease("sender")?;
    let mut exit = Exit::Done;
    for id in ledger.recover_sending(clock.now())? {
        print.log(&format!(
            "{id} is in doubt: an earlier sender stopped before the relay's answer was recorded"
        ));
        exit = Exit::AtFault;
    }
    let mut count = 0;
    let bar = Bar::new("messages", args.once);
    let mut alarms = Told::default();
    loop {
        bar.more(ledger.count_despatches(State::Approved)?);
        send_due(&office, &mut ledger, &courier, clock, &mut |outcome| {
            let (Outcome::Tried(despatch) | Outcome::Held(despatch)) = outcome;
            count += 1;
            bar.around(|| tell(&despatch, print));
            exit = worse(exit, despatch.state);
        })?;
        bar.above(|| alarms.tell(&mut ledger, &office.calendar, clock.now(), print))?;
        if args.once {
            bar.end();
            if count == 0 {
                print.json(&serde_json::json!({ "despatches": [] }));
                print.line("Nothing is approved and due.");
            }
            checkpoint(&office, &mut ledger, args, clock.now())?;
            return Ok(exit);
        }
        thread::sleep(LOOK_EVERY);
        // A key or an address that was withdrawn meanwhile must not be used for as long as this runs.
        office.directory = ledger.directory(&office.config.addresses)?;
    }
}

/// Signs a checkpoint where the key can be had without asking: a sender asks nobody.
fn checkpoint(office: &Office, ledger: &mut Ledger, args: &Send, now: Moment) -> Result<(), Failure> {
    if let Some(signer) = office.signing_secret_unasked(args.signing_passphrase_file.as_deref())? {
        ledger.checkpoint(&signer, now)?;
    }
    Ok(())
}

fn tell(despatch: &Despatch, print: &Print) {
    print.json(despatch);
    let holds: Vec<&str> = despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
    let why = match despatch.state {
        State::Held => holds.join("; "),
        _ => despatch.reply.clone().unwrap_or_default(),
    };
    let state = print::state(despatch.state);
    print.line(&format!("{state}  {}  to {}: {why}", despatch.id, despatch.recipient.name));
}

fn worse(exit: Exit, state: State) -> Exit {
    match (exit, state) {
        (_, State::Held | State::Refused | State::InDoubt) | (Exit::AtFault, _) => Exit::AtFault,
        (_, State::Deferred) => Exit::TryAgain,
        _ => exit,
    }
}
