//! Enters: the number of a case file that was rejected. Leaves: the email that tells its preparer so.
//! Never: has a word about anybody: there is no field for one.

use super::{Mailbox, check_wire, folded, mailbox, unfit, words};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::moment_words;
use lettre::message::header::ContentType;

/// What a member of staff is told of a case file that they prepared. Nobody approves it, so nothing that anybody typed
/// about a case can be in it.
#[derive(Debug, Clone)]
pub struct RejectNotice {
    pub from: Mailbox,
    pub to: Mailbox,
    /// The number of the submission.
    pub number: i64,
    pub rejected_at: DateTime<Utc>,
    /// Truncated to whole seconds.
    pub date: DateTime<Utc>,
    /// `<id@domain>`.
    pub message_id: String,
}

impl RejectNotice {
    /// Composes the message: plain text, one recipient.
    ///
    /// # Errors
    /// An address cannot be written in a header.
    pub fn compose(self) -> Result<Vec<u8>, Fault> {
        let Self { from, to, number, rejected_at, date, message_id } = self;
        let text = format!(
            "Case file {number} was rejected on {}. Nothing was made of it, and nothing was sent.\n\n\
             You are told because you prepared it. In the office, this command says what is wrong with it:\n\n    \
             despatch rejected {number}\n\n\
             Mend the file and drop it again with its attachments, or ask somebody who can to do it.\n\n\
             This message is sent once and holds nothing about anybody. Please write nothing about the case in a reply.\n",
            moment_words(rejected_at)
        );
        let message = lettre::Message::builder()
            .from(mailbox(&from)?)
            .to(mailbox(&to)?)
            .subject(format!("Case file {number} was rejected"))
            .date(date.into())
            .message_id(Some(message_id))
            .singlepart(words(ContentType::TEXT_PLAIN, &text)?)
            .map_err(|error| unfit("message", format!("the message can't be put together: {error}")))?;
        let bytes = folded(&message.formatted());
        check_wire(&bytes)?;
        Ok(bytes)
    }
}
