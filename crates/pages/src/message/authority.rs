//! Enters: a message, and how the authority stands that its step needs. Leaves: who may give it and by when, the button of
//! whoever may, and afterwards the one that lets the message go on to its review. Never: lets the same press approve it.

use crate::authorise::{button, facts, is_held_for_it};
use crate::components::{Button, Field, Hidden, SummaryList};
use crate::visit::Visit;
use despatch_app::operations::authority_standing::{Given, Standing};
use despatch_core::words::date_words;
use despatch_ledger::{Despatch, UserRole};
use serde::Serialize;

/// What the page says of the authority for which a message is held.
#[derive(Serialize)]
pub(super) struct Authority {
    heading: &'static str,
    words: String,
    facts: Option<SummaryList>,
    /// Where its form leads.
    action: String,
    fields: Vec<Field>,
}

impl Authority {
    /// What there is to say of it, if the message is held for it.
    pub(super) fn of(visit: &Visit<'_>, despatch: &Despatch, standing: Option<&Standing>) -> Option<Self> {
        match standing.filter(|_| is_held_for_it(despatch))? {
            Standing::Awaited(waits) => {
                let press = button(visit, waits);
                let words = match press {
                    Some(_) => {
                        "You may give it. Open the documents and read them first. The message is approved after that."
                    }
                    None => {
                        "The message goes on to its review once somebody has given it. Or the signed review is attached, and the case file corrected."
                    }
                };
                Some(Self {
                    heading: "It waits for an authority",
                    words: words.to_owned(),
                    facts: Some(facts(visit, waits)),
                    action: format!("/review/{}/authorise", despatch.id),
                    fields: press.map(|press| Field::Buttons(vec![press])).into_iter().collect(),
                })
            }
            Standing::Given(given) => Some(Self::given(visit, despatch, given)),
        }
    }

    fn given(visit: &Visit<'_>, despatch: &Despatch, given: &Given) -> Self {
        let said = said(given);
        let mut fields = Vec::new();
        let words = match visit.has_role(UserRole::Reviewer) {
            true => {
                let reason = format!("Authorised by {said}");
                fields.push(Field::Hidden(Hidden { name: "reason".to_owned(), value: reason }));
                let press = Button::new("Release it: it is made again, to be reviewed");
                fields.push(Field::Buttons(vec![press]));
                format!("By {said}. It is held until you or another reviewer releases it.")
            }
            false => format!("By {said}. It is held until a reviewer releases it."),
        };
        let action = format!("/review/{}/release", despatch.id);
        Self { heading: "It is authorised", words, facts: None, action, fields }
    }
}

/// By whom, as whom and when.
pub(super) fn said(Given { by, signed_as, on }: &Given) -> String {
    format!("{by} as {signed_as} on {}", date_words(*on))
}
