//! Enters: replies to the invitation, one after the other. Leaves: which of them counts (B6, G5).
//! Never: lets a representative's reply stand against the individual's own, or takes consent from anybody else.

use crate::case::{Answer, Respondent};
use serde::{Deserialize, Serialize};

/// The answers to the invitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    pub individual: Option<Replies>,
    pub representative: Option<Replies>,
    /// What a former representative has answered: it counts while nobody else answers, and a new one is not held to it.
    pub former: Option<Replies>,
    /// What the individual has said of their records last, themselves or by an instruction in writing (G5). It
    /// outlasts the invitation: a withdrawal must stop the use of records that an earlier yes released.
    pub consent: Option<bool>,
}

/// What one of the two has answered so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    pub attend: Answer,
    pub records: Answer,
}

impl Answers {
    /// Takes one more reply: an answer that is given replaces the one before (G5). `instructed`: the representative
    /// states the individual's own instruction in writing.
    pub fn take(&mut self, from: Respondent, attend: Answer, records: Answer, instructed: bool) {
        let place = match from {
            Respondent::Individual => &mut self.individual,
            Respondent::Representative => &mut self.representative,
        };
        let before = place.unwrap_or(Replies { attend: Answer::NotGiven, records: Answer::NotGiven });
        let newer = |new: Answer, old: Answer| if new == Answer::NotGiven { old } else { new };
        *place =
            Some(Replies { attend: newer(attend, before.attend), records: newer(records, before.records) });
        // A no counts by either way. A yes by instruction does not where the individual has said no: they are asked.
        let refused = self.individual.is_some_and(|replies| replies.records == Answer::No);
        let own = from == Respondent::Individual || instructed && !(records == Answer::Yes && refused);
        if let Some(records) = yes(records).filter(|_| own) {
            self.consent = Some(records);
        }
    }

    /// Forgets the replies, for a new invitation asks anew; consent to the release of records stays what it is.
    pub fn ask_anew(&mut self) {
        (self.individual, self.representative, self.former) = (None, None, None);
    }

    /// Somebody else represents the person from now on.
    pub fn change_representative(&mut self) {
        self.former = self.representative.take().or(self.former);
    }

    /// Whether the person attends: their own answer wins; where they are silent, the representative's counts (B6).
    pub fn attend(&self) -> Option<bool> {
        let given = |replies: Option<Replies>| replies.and_then(|replies| yes(replies.attend));
        given(self.individual).or_else(|| given(self.representative)).or_else(|| given(self.former))
    }

    /// Whether the records may be released: the individual alone consents (G5).
    pub fn records(&self) -> Option<bool> {
        self.consent
    }

    /// On which of the two questions, attending and the records, the two answer in opposite ways (row 21), each with
    /// the individual's answer. A representative who withdraws consent on instruction says what the individual says.
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

fn yes(answer: Answer) -> Option<bool> {
    match answer {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::NotGiven => None,
    }
}
