//! Enters: nothing. Leaves: every event, in groups and in plain words, for whoever records what happened.
//! Never: knows what an event asks for.

use despatch_process::case::EventName;
use despatch_process::events::Family;

/// A group of events: its heading, and each event with what it is in plain words.
pub type Group = (&'static str, &'static [(EventName, &'static str)]);

/// The family of the events of a group.
pub fn family((_, events): &Group) -> Option<Family> {
    events.first().map(|(event, _)| event.family())
}

/// Every event, once.
pub const GROUPS: &[Group] = &[
    (
        "A report came in",
        &[
            (
                EventName::ExternalReportReceived,
                "An external medical report came in from the person or their representative",
            ),
            (EventName::CopiedToHealthcare, "Somebody gave the healthcare team a copy at once"),
            (EventName::ReferralReceived, "The team that arranges second opinions took a referral"),
        ],
    ),
    (
        "The assessment",
        &[
            (EventName::NoDoctorAvailable, "No doctor can make the assessment"),
            (EventName::AppointmentConfirmed, "An appointment was confirmed, or has a new date"),
            (EventName::AssessmentOutcome, "The day came: the person was assessed, or was not"),
            (EventName::ConcernsRaised, "Staff who oversee the appointment have a concern"),
            (EventName::SecondOpinionReceived, "The doctor’s second opinion came in"),
        ],
    ),
    (
        "Letters, service and answers",
        &[
            (EventName::LetterServed, "A letter was handed over in person"),
            (EventName::ServiceFailed, "A letter could not be handed over, or the person refused it"),
            (
                EventName::ResponseReceived,
                "The person or their representative answered: yes, no or a refusal",
            ),
            (EventName::NoResponse, "The time to answer is over, and nothing came"),
            (EventName::RecordsReceived, "The healthcare records came in"),
            (EventName::GuidanceGiven, "A question of those who serve or oversee was answered"),
            (EventName::AnswerServed, "The response to the report was handed over"),
        ],
    ),
    ("The decision", &[(EventName::ResponseDecided, "The response to the report was decided")]),
    (
        "Where the person is",
        &[
            (EventName::Transferred, "The person was moved to another place"),
            (EventName::ReleaseDecided, "It was decided to release the person"),
            (EventName::ReleaseWithdrawn, "That decision was withdrawn"),
            (EventName::LeftDetention, "The person was released or removed"),
            (EventName::RemovalSet, "A removal has a day"),
            (EventName::RemovalFailed, "A removal did not take place"),
            (EventName::DetainedAgain, "The person was detained again"),
            (EventName::Died, "The person died"),
        ],
    ),
    (
        "The representative",
        &[(EventName::RepresentativeChanged, "The person has another representative, or none any more")],
    ),
    (
        "Reviews of detention",
        &[
            (EventName::DetentionBegan, "A detention began"),
            (EventName::ReviewCompleted, "Detention was reviewed"),
            (EventName::MaterialChange, "Something changed that bears on detention"),
            (EventName::VulnerabilityEvidence, "Evidence came in that detention may harm the person"),
            (EventName::WrittenReasonsServed, "The person was given written reasons for detention"),
            (EventName::PanelRecommended, "A Case Progression Panel made a recommendation"),
        ],
    ),
    (
        "Reports of healthcare staff",
        &[
            (EventName::Rule35Received, "A report of healthcare staff came in (rule 35 or rule 32)"),
            (EventName::Rule35Decided, "A report of healthcare staff was answered"),
        ],
    ),
    (
        "Limits, moves and the end",
        &[
            (EventName::PregnancyEstablished, "The Home Office was satisfied that the person is pregnant"),
            (EventName::Arrived, "The person arrived at another place, in the same detention"),
            (EventName::MinisterAuthorised, "A minister authorised a longer time"),
            (EventName::DetentionEnded, "The detention ended"),
        ],
    ),
];

/// Returns what an event is in plain words.
pub fn plain(event: EventName) -> &'static str {
    let all = GROUPS.iter().flat_map(|(_, events)| events.iter());
    all.into_iter().find(|(of, _)| *of == event).map_or_else(|| event.label(), |(_, words)| words)
}
