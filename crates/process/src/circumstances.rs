//! Enters: nothing by itself. Leaves: the circumstances that the rules find in an event and that rows require.
//! Never: says what follows from one (the pack's rows do).

use serde::{Deserialize, Serialize};

/// A circumstance. The pack writes the variant's name in snake_case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// The report's author is not regulated (B2, G14).
    BelowBaseline,
    /// The healthcare team of the place has no copy of the document yet (rows 2 and 31).
    CopyLacking,
    /// The healthcare team's copy of the report goes ahead of its file.
    CopyOfReport,
    /// The healthcare team's copy of the second opinion goes ahead of its file.
    CopyOfOpinion,
    /// The report pre-dates the current detention, or was received before it (B1).
    PreDates,
    /// A second opinion is requested, one of the week's places is free (B3), and the assessment is to be arranged.
    Granted,
    /// The week's places are taken (B3).
    NoCapacity,
    /// The person came from a temporary place (row 11).
    FromTemporary,
    /// The person did not come from a temporary place.
    NotFromTemporary,
    /// The appointment requires a new invitation.
    Invited,
    /// The appointment replaces a cancelled one, and the answers still hold.
    Rebooked,
    /// The room and any interpreter were called off for an answer that counts no longer, and are booked again.
    BookedAgain,
    /// An interpreter takes part (B15).
    Interpreter,
    /// The report proceeds without a second opinion (rows 18 and 25).
    WithoutOpinion,
    /// The two answers to the invitation contradict each other (row 21).
    Opposite,
    /// The representative declined and does not say that it is the individual's instruction, and the individual has said
    /// nothing: they are asked (G5).
    AskPerson,
    /// The answer that counts is new or has changed (G6).
    Answered,
    /// The doctor assesses on papers alone (rows 22 and 26).
    PapersOnly,
    /// The person could not or would not take part (row 22).
    PersonsCause,
    /// As above, because they said that they were too ill, or unfit to be interviewed.
    TooIll,
    /// As above, because they did not attend, or refused.
    FailedOrRefused,
    /// The Home Office could not hold the assessment (rows 24 to 26).
    HomeOfficeCause,
    /// Consent to the release of records is new (G6).
    RecordsAgreed,
    /// Consent to the release of records was given and has been withdrawn (G5).
    RecordsWithdrawn,
    /// The records may go to the doctor (G6).
    RecordsUsable,
    /// The appointment that was booked does not take place.
    Cancelled,
    /// The person is to be told of the cancellation; not after a death.
    PersonTold,
    /// The second opinion is not concluded, and what ends it is news to the DMRT (row 28).
    Unconcluded,
    /// The doctor completes the report that was begun (B9, B10).
    Conclude,
    /// The doctor has the documents (row 8 was sent).
    DoctorTold,
    /// The booking of the interpreter was sent (row 9) and the day is ahead.
    InterpreterTold,
    /// The booking of the room was sent (row 10) and the day is ahead.
    RoomTold,
    /// The place has the letter (row 12 or 24 was sent).
    PlaceTold,
    /// The representative has the letter (row 14 or 24 was sent).
    RepresentativeTold,
    /// The DMRT must be told that a failed removal, or a release that was withdrawn, leaves a report to be assessed
    /// (rows 34 and 35).
    Referred,
    /// A second opinion that was kept on file comes back, and is to be forwarded and decided on (B9).
    OpinionBack,
    /// A new representative has yet to receive the invitation (G10).
    RepresentativeNew,
    /// The response is due before a removal (row 33).
    BeforeRemoval,
    /// The response follows the review in the ordinary way (row 36).
    AfterReview,
    /// The review of detention is complete (row 37).
    Reviewed,
    /// A review that maintains detention calls for an IS 151F.
    ReasonsLong,
    /// A review that maintains detention calls for an IS 151F (STHF).
    ReasonsShort,
    /// No form is named for the place: a person decides.
    ReasonsUnstated,
    /// A release is for the Strategic Director to authorise.
    ReleaseEscalates,
    /// The panel's recommendation was accepted or rejected.
    PanelAnswered,
    /// Whether the fourteenth day calls for a review is left open: a person decides.
    FortnightOpen,
    /// A limit of stay runs.
    Limited,
    /// The answer to a report of healthcare staff may go.
    ReportAnswered,
}
