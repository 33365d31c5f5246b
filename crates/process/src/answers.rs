//! Enters: replies to the invitation, one after the other. Leaves: which of them count (B6, G5).
//! Never: lets a representative's reply override the individual's own, or takes consent from anybody else.

use crate::facts::{Answer, Respondent};
use serde::{Deserialize, Serialize};

/// The answers to the invitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    pub individual: Option<Replies>,
    pub representative: Option<Replies>,
    /// A former representative's answers: they count while nobody else answers, and do not bind a successor.
    pub former: Option<Replies>,
    /// What the individual last said about their records, themselves or by an instruction in writing (G5). Outlasts
    /// the invitation: a withdrawal must stop the use of records that an earlier yes released.
    pub consent: Option<bool>,
}

/// What one of the two has answered so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    pub attend: Answer,
    pub records: Answer,
    /// A representative's answer on attending is the individual's own instruction, as they state in writing.
    #[serde(default)]
    pub instructed: bool,
}

impl Answers {
    /// Records one more reply: an answer that is given replaces the previous one (G5). `instructed`: the
    /// representative states the individual's own instruction in writing.
    pub fn take(&mut self, from: Respondent, attend: Answer, records: Answer, instructed: bool) {
        let place = match from {
            Respondent::Individual => &mut self.individual,
            Respondent::Representative => &mut self.representative,
        };
        let nothing = Replies { attend: Answer::NotGiven, records: Answer::NotGiven, instructed: false };
        let before = place.unwrap_or(nothing);
        let newer = |new: Answer, old: Answer| if new == Answer::NotGiven { old } else { new };
        *place = Some(Replies {
            attend: newer(attend, before.attend),
            records: newer(records, before.records),
            instructed: if attend == Answer::NotGiven { before.instructed } else { instructed },
        });
        // A no counts either way. A yes by instruction does not count if the individual has said no: they are asked.
        let refused = self.individual.is_some_and(|replies| replies.records == Answer::No);
        let own = from == Respondent::Individual || instructed && !(records == Answer::Yes && refused);
        if let Some(records) = yes(records).filter(|_| own) {
            self.consent = Some(records);
        }
    }

    /// Discards the replies, as a new invitation asks again; consent to the release of records is unaffected.
    pub fn ask_again(&mut self) {
        (self.individual, self.representative, self.former) = (None, None, None);
    }

    /// Records that somebody else represents the person from this point.
    pub fn change_representative(&mut self) {
        self.former = self.representative.take().or(self.former);
    }

    /// Returns whether the person attends: their own answer wins; if they gave none, the representative's counts (B6). A
    /// representative's bare decline does not: attending is the individual's choice, so they are asked (G5).
    pub fn attend(&self) -> Option<bool> {
        let own = self.individual.and_then(|replies| yes(replies.attend));
        let for_them = |replies: Option<Replies>| replies.and_then(Replies::attend_for_another);
        own.or_else(|| for_them(self.representative)).or_else(|| for_them(self.former))
    }

    /// Returns whether nothing but a representative's bare decline answers the question of attending.
    pub fn declined_for_another(&self) -> bool {
        let bare = |replies: Option<Replies>| {
            replies.is_some_and(|replies| replies.attend == Answer::No && !replies.instructed)
        };
        self.attend().is_none() && (bare(self.representative) || bare(self.former))
    }

    /// Returns whether the records may be released: only the individual can consent (G5).
    pub fn records(&self) -> Option<bool> {
        self.consent
    }

    /// For each of the two questions, attendance and the records, returns the individual's answer if the
    /// representative's is the opposite (row 21). A representative who withdraws consent on instruction agrees with
    /// the individual.
    pub fn opposite(&self) -> [Option<bool>; 2] {
        let (Some(own), Some(other)) = (self.individual, self.representative) else {
            return [None; 2];
        };
        let differs = |own: Answer, other: Answer| {
            let (own, other) = (yes(own)?, yes(other)?);
            (own != other).then_some(own)
        };
        let records = differs(own.records, other.records).filter(|own| self.consent == Some(*own));
        [differs(own.attend, other.attend), records]
    }
}

impl Replies {
    /// Returns what a representative's answer on attending counts for, while the individual says nothing.
    fn attend_for_another(self) -> Option<bool> {
        yes(self.attend).filter(|attends| *attends || self.instructed)
    }
}

fn yes(answer: Answer) -> Option<bool> {
    match answer {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::NotGiven => None,
    }
}
