//! Enters: the number of a case file that was rejected, or how much waits for a member of staff. Leaves: the email that
//! tells them so.
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
        let subject = format!("Case file {number} was rejected");
        composed(&from, &to, (subject, &text), (date, message_id))
    }
}

/// What a member of staff is told of what waits for them. It has numbers and the address of the pages, and nothing else.
#[derive(Debug, Clone)]
pub struct WaitingNotice {
    pub from: Mailbox,
    pub to: Mailbox,
    /// How many messages there are of what kind, such as "messages to review".
    pub messages: Vec<(usize, &'static str)>,
    /// How many limits of detention there are of what kind, such as "limits of detention that are near".
    pub limits: Vec<(usize, &'static str)>,
    /// The address of the pages, if there are any.
    pub pages: Option<String>,
    /// Truncated to whole seconds.
    pub date: DateTime<Utc>,
    /// `<id@domain>`.
    pub message_id: String,
}

impl WaitingNotice {
    /// Composes the message: plain text, one recipient.
    ///
    /// # Errors
    /// An address cannot be written in a header.
    pub fn compose(self) -> Result<Vec<u8>, Fault> {
        let Self { from, to, messages, limits, pages, date, message_id } = self;
        let of_messages = (!messages.is_empty()).then_some(("/review", "despatch outbox list"));
        let of_limits = (!limits.is_empty()).then_some(("/work", "despatch deadlines"));
        let places: Vec<String> = of_messages
            .into_iter()
            .chain(of_limits)
            .map(|(page, command)| match &pages {
                Some(address) => format!("    {address}{page}"),
                None => format!("    {command}"),
            })
            .collect();
        let lead = match (&pages, places.len()) {
            (Some(_), _) => "They are at",
            (None, 1) => "In the office, this command lists them:",
            (None, _) => "In the office, these commands list them:",
        };
        let waiting = || messages.iter().chain(&limits);
        let lines: Vec<String> = waiting().map(|(number, of)| format!("    {of}: {number}")).collect();
        let place = format!("{lead}\n\n{}", places.join("\n"));
        let text = format!(
            "Since you were last told, this waits for you:\n\n{}\n\n{place}\n\n\
             This message holds nothing about anybody. Please write nothing about a case in a reply.\n",
            lines.join("\n")
        );
        let number: usize = waiting().map(|(number, _)| number).sum();
        composed(&from, &to, (format!("{number} waiting for you"), &text), (date, message_id))
    }
}

/// Puts a message together: plain text, one recipient.
fn composed(
    from: &Mailbox,
    to: &Mailbox,
    (subject, text): (String, &str),
    (date, message_id): (DateTime<Utc>, String),
) -> Result<Vec<u8>, Fault> {
    let message = lettre::Message::builder()
        .from(mailbox(from)?)
        .to(mailbox(to)?)
        .subject(subject)
        .date(date.into())
        .message_id(Some(message_id))
        .singlepart(words(ContentType::TEXT_PLAIN, text)?)
        .map_err(|error| unfit("message", format!("the message can't be put together: {error}")))?;
    let bytes = folded(&message.formatted());
    check_wire(&bytes)?;
    Ok(bytes)
}
