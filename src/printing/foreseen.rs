//! Enters: what a case file would produce. Leaves: each message on the screen, with its recipient, deadline and reason.
//! Never: decides anything.

use super::{Print, strong};
use despatch_app::operations::foreseen::ForeseenWords;
use despatch_app::operations::foresight::Foreseeable;

/// Prints what a case file would produce.
pub fn show_foreseen(foreseen: &Foreseeable, print: Print) {
    let Foreseeable { case_id, event_id, event, made, .. } = foreseen;
    let words = ForeseenWords::of(foreseen);
    print.line(&strong(&format!("{case_id}  {}, event {event_id}", event.label())));
    words.file.iter().for_each(|(label, text)| print.labelled(label, text));
    for (made, (title, said)) in made.iter().zip(&words.messages) {
        print.line("");
        print.line(&strong(&format!("{}  {title}", made.position)));
        said.iter().for_each(|(label, text)| print.labelled(label, text));
    }
    print.line("");
    if words.messages.is_empty() {
        print.line("No message would be made.");
    }
    words.rest.iter().for_each(|(label, text)| print.labelled(label, text));
}
