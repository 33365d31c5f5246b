//! Enters: the calls of a day. Leaves: them on the screen: whom, on which number, about what, and what to say.
//! Never: shows a passphrase.

use crate::printing::{Print, strong};
use despatch_app::operations::calls::{Call, Calls};
use despatch_core::words::weekday_words;

/// Prints the calls of a day.
pub(super) fn show(calls: &Calls, print: Print) {
    print.json(calls);
    let day = weekday_words(calls.on);
    if calls.calls.is_empty() {
        return print.line(&format!("Nobody is to be telephoned about messages of {day}."));
    }
    print.line(&strong(&format!("{} of {day}", calls.summary())));
    calls.calls.iter().for_each(|call| show_call(call, print));
    print.line("\n`despatch outbox words ID` shows the words of a message, to be read out.");
    print.line("`despatch outbox received ID` records that it was opened; the call is done then.");
}

fn show_call(call: &Call, print: Print) {
    let entry = call.entry.as_ref().map_or_else(|| "ENTRY".to_owned(), ToString::to_string);
    print.line(&format!("\n{}", strong(&format!("{}, {}", call.recipient, call.organisation))));
    let none = format!(
        "the directory has no number: find one that the recipient did not send by email, and add it (`despatch directory \
         change {entry} --telephone`)"
    );
    print.labelled("ring", call.telephone.as_deref().unwrap_or(&none));
    for message in &call.messages {
        let sent = if message.sent { "sent" } else { "approved, not sent yet" };
        print.labelled(&message.despatch.to_string(), &format!("{}: {sent}", message.case_id));
    }
    print.labelled("say", &call.say);
}
