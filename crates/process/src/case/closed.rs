//! Enters: a word of a closed list. Leaves: the value that it stands for, and its words for people.
//! Never: takes a word that its list does not have.

use serde::{Deserialize, Serialize};

/// Words of a closed list, as the case file and the ledger write them, and as people read them.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value with the word that stands for it in a case file.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),*];

            /// The value in words, for people.
            pub fn words(self) -> &'static str {
                match self { $($name::$variant => $words,)* }
            }
        }
    };
}

closed! {
    /// What kind of thing happened: the names of the events.
    EventName {
        ExternalReportReceived = "external_report_received", "external medical report received";
        ReferralReceived = "referral_received", "referral received";
        NoDoctorAvailable = "no_doctor_available", "no doctor available";
        AppointmentConfirmed = "appointment_confirmed", "appointment confirmed";
        LetterServed = "letter_served", "letter served";
        ServiceFailed = "service_failed", "service failed";
        GuidanceGiven = "guidance_given", "guidance given";
        ResponseReceived = "response_received", "response received";
        NoResponse = "no_response", "no response";
        RecordsReceived = "records_received", "healthcare records received";
        AssessmentOutcome = "assessment_outcome", "assessment outcome";
        ConcernsRaised = "concerns_raised", "concerns raised";
        SecondOpinionReceived = "second_opinion_received", "second opinion received";
        Transferred = "transferred", "transferred";
        ReleaseDecided = "release_decided", "release decided";
        RemovalSet = "removal_set", "removal set";
        LeftDetention = "left_detention", "left detention";
        RemovalFailed = "removal_failed", "removal failed";
        RepresentativeChanged = "representative_changed", "representative changed";
        Died = "died", "died";
        ResponseDecided = "response_decided", "response decided";
    }
}

closed! {
    /// How an assessment was made (B11).
    Method {
        InPerson = "in_person", "in person";
        Video = "video", "by video-link";
        Telephone = "telephone", "by telephone";
        Papers = "papers", "on papers";
    }
}

closed! {
    /// How the second opinion was formed (G0, "The second opinion report").
    OpinionMethod {
        Video = "video", "by video-link";
        Papers = "papers", "on papers alone";
    }
}

closed! {
    /// How the interpreter takes part.
    InterpreterMode {
        InPerson = "in_person", "in person";
        Video = "video", "by video-link";
    }
}

closed! {
    /// The gender of interpreter that was asked for (G21).
    Gender {
        Female = "female", "female";
        Male = "male", "male";
    }
}

closed! {
    /// Who answered the invitation (row 19).
    Respondent {
        Individual = "individual", "the individual";
        Representative = "representative", "the legal representative";
    }
}

closed! {
    /// An answer to one question of the invitation.
    Answer {
        Yes = "yes", "yes";
        No = "no", "no";
        NotGiven = "not_given", "not given";
    }
}

closed! {
    /// What came of an appointment (rows 20 and 22 to 26).
    Outcome {
        Completed = "completed", "the assessment was completed";
        TooIll = "too_ill", "the person said that they were too ill to attend";
        Unfit = "unfit", "the person said that they were unfit to be interviewed";
        DidNotAttend = "did_not_attend", "the person did not attend";
        Refused = "refused", "the person refused to undergo the assessment";
        StaffUnavailable = "staff_unavailable", "nobody at the place of detention was available to facilitate the appointment";
        Technical = "technical", "technical issues prevented the appointment";
        InterpreterUnavailable = "interpreter_unavailable", "no interpreter was available";
        OtherHomeOffice = "other_home_office", "the Home Office had to cancel for another reason beyond its control";
    }
}

impl Outcome {
    /// Whether the Home Office had to cancel, so that the assessment is to be booked again (rows 23 to 26).
    pub fn is_home_office(self) -> bool {
        use Outcome::{InterpreterUnavailable, OtherHomeOffice, StaffUnavailable, Technical};
        matches!(self, StaffUnavailable | Technical | InterpreterUnavailable | OtherHomeOffice)
    }
}

closed! {
    /// Whether a cancelled assessment can be booked again in time (rows 24 to 26).
    Rebooking {
        Possible = "possible", "can be booked again";
        Impossible = "impossible", "cannot be booked again in time";
    }
}

closed! {
    /// What a question was about (rows 15 and G16).
    About {
        Service = "service", "serving the letter";
        Appointment = "appointment", "the appointment";
    }
}

closed! {
    /// How somebody left detention.
    Departure {
        Released = "released", "released";
        Removed = "removed", "removed from the United Kingdom";
    }
}

closed! {
    /// Why a removal failed (G0, "Where removal action has failed").
    RemovalFailure {
        Disruption = "disruption", "disruption";
        Representations = "representations", "representations";
    }
}

closed! {
    /// What one report says of a point of the other.
    Agreement {
        Yes = "yes", "agrees";
        No = "no", "disagrees";
        NotStated = "not_stated", "does not say";
    }
}

closed! {
    /// Whether a standard for external medical reports is met.
    Met {
        Yes = "yes", "met";
        No = "no", "not met";
        Partly = "partly", "partly met";
        NotApplicable = "not_applicable", "not applicable";
    }
}

closed! {
    /// The vulnerability evidence level (adults at risk policy; G0, "Considering the evidence").
    Level {
        One = "1", "level 1";
        Two = "2", "level 2";
        Three = "3", "level 3";
        None = "none", "no level";
    }
}

closed! {
    /// What was decided about detention.
    Decision {
        Maintain = "maintain", "detention is maintained";
        Release = "release", "the person is to be released";
    }
}
