//! Enters: the despatches of a case, each with its case file. Leaves: who has received which document, as a table.
//! Never: names a file that somebody chose: an enclosure is known by its place in the case file.

use chrono::NaiveDate;
use despatch_ledger::{Despatch, DespatchId, State};
use despatch_letters::catalogue::Catalogue;
use serde::Serialize;
use std::collections::BTreeMap;

/// Who has received which document of a case.
#[derive(Debug, Default, Serialize)]
pub struct Matrix {
    /// Each recipient once, in the order in which something was first made for them.
    pub recipients: Vec<MatrixRecipient>,
    pub documents: Vec<MatrixDocument>,
}

/// A recipient of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRecipient {
    pub name: String,
    pub role: &'static str,
}

/// A document, and the messages with it, one place for each recipient.
#[derive(Debug, Serialize)]
pub struct MatrixDocument {
    pub document: String,
    pub case_file: i64,
    pub to: Vec<Option<MatrixMessage>>,
}

/// The message by which a recipient gets a document.
#[derive(Debug, Clone, Serialize)]
pub struct MatrixMessage {
    pub despatch: DespatchId,
    pub state: State,
    pub sent_on: Option<NaiveDate>,
    /// Whether the recipient said that it could be opened, or could not.
    pub opened: Option<bool>,
}

impl Matrix {
    /// That of a case. What was cancelled or replaced reaches nobody and is left out.
    pub(super) fn of<'e>(
        despatches: impl Iterator<Item = (i64, &'e Despatch)>,
        catalogue: &Catalogue,
    ) -> Matrix {
        let mut matrix = Matrix::default();
        // The letters of a case file before its enclosures, each in order.
        let mut places: BTreeMap<(i64, bool, String), Vec<(usize, MatrixMessage)>> = BTreeMap::new();
        for (case_file, despatch) in despatches {
            if matches!(despatch.state, State::Cancelled | State::Superseded) {
                continue;
            }
            let recipient = recipient(despatch);
            let column = matrix.recipients.iter().position(|one| *one == recipient).unwrap_or_else(|| {
                matrix.recipients.push(recipient);
                matrix.recipients.len() - 1
            });
            let message = message(despatch);
            let kind = &despatch.planned.kind;
            let title = catalogue.kind(kind).map_or_else(|| kind.to_string(), |kind| kind.title.clone());
            let letter = (case_file, false, title);
            let enclosures = despatch
                .planned
                .attachments
                .iter()
                .map(|index| (case_file, true, format!("Enclosure {}", index.saturating_add(1))));
            for place in std::iter::once(letter).chain(enclosures) {
                places.entry(place).or_default().push((column, message.clone()));
            }
        }
        for ((case_file, _, document), messages) in places {
            let mut to = vec![None; matrix.recipients.len()];
            for (column, message) in messages {
                // Of several messages with it the one that got furthest counts.
                if let Some(place) = to.get_mut(column)
                    && place.as_ref().is_none_or(|one: &MatrixMessage| one.sent_on.is_none())
                {
                    *place = Some(message);
                }
            }
            matrix.documents.push(MatrixDocument { document, case_file, to });
        }
        matrix
    }
}

fn recipient(despatch: &Despatch) -> MatrixRecipient {
    MatrixRecipient { name: despatch.recipient.name.clone(), role: despatch.planned.role.label() }
}

fn message(despatch: &Despatch) -> MatrixMessage {
    MatrixMessage {
        despatch: despatch.id,
        state: despatch.state,
        sent_on: despatch.sent_on,
        opened: despatch.receipt.as_ref().map(|receipt| receipt.opened),
    }
}
