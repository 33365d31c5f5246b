//! Enters: nothing. Leaves: short stories of the events that the straight path has no place for, each with what it
//! makes by the rows of the policy pack. Never: runs anything (`whole` does).

/// What happens to one person after an appointment that all were told of, day by day, and what it makes.
pub(super) struct Story {
    /// The day of each event, and the event as a case file has it.
    pub(super) steps: &'static [(&'static str, &'static str)],
    pub(super) makes: &'static [&'static str],
}

/// The events that the straight path has no place for. Each begins with the appointment on Tuesday 1 December 2026 at
/// Brook House.
pub(super) const STORIES: &[Story] = &[
    Story {
        steps: &[(
            "2026-11-27",
            r#"{ "type": "service_failed", "reported_on": "2026-11-27", "reason": "At court" }"#,
        )],
        makes: &[
            "18 no-second-opinion caseworker-marisol",
            "G10 doctor-cancellation dr-rathore-quill",
            "G10 cancellation det-brook-house",
            "G10 cancellation harbour-lane-law",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
        ],
    },
    Story {
        steps: &[(
            "2026-11-24",
            r#"{ "type": "guidance_given", "asked_on": "2026-11-24", "about": "service", "question": "May a friend sit in?", "answer": "No." }"#,
        )],
        makes: &["15 guidance-answer det-brook-house"],
    },
    Story {
        steps: &[(
            "2026-11-24",
            r#"{ "type": "concerns_raised", "raised_on": "2026-11-24", "concerns": "The person does not eat." }"#,
        )],
        makes: &["G16 concern-notice caseworker-marisol"],
    },
    Story {
        steps: &[
            (
                "2026-11-24",
                r#"{ "type": "letter_served", "served_on": "2026-11-24", "explained": true, "refused": false }"#,
            ),
            (
                "2026-12-01",
                r#"{ "type": "no_response", "place_confirmed_on": "2026-12-01", "inbox_checked_on": "2026-12-01", "no_other_records": true }"#,
            ),
        ],
        makes: &[
            "22 papers-only dr-rathore-quill",
            "G10 appointment-off det-brook-house",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
        ],
    },
    Story {
        steps: &[("2026-11-25", r#"{ "type": "transferred", "on": "2026-11-25", "from": "brook-house" }"#)],
        makes: &[
            "G10 cancellation det-yarls-wood",
            "G10 cancellation harbour-lane-law",
            "G10 appointment-off det-brook-house",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
            "G10 doctor-cancellation dr-rathore-quill",
            "G10 transfer-notice dmrt-inbox",
        ],
    },
    Story {
        steps: &[
            ("2026-11-25", r#"{ "type": "release_decided", "decided_on": "2026-11-25" }"#),
            ("2026-11-26", r#"{ "type": "left_detention", "on": "2026-11-26", "how": "released" }"#),
        ],
        makes: &[
            "G10 cancellation det-brook-house",
            "G10 cancellation harbour-lane-law",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
            "28 release-or-removal dmrt-inbox",
            "29 doctor-cancellation dr-rathore-quill",
        ],
    },
    Story {
        steps: &[("2026-11-26", r#"{ "type": "left_detention", "on": "2026-11-26", "how": "released" }"#)],
        makes: &[
            "G10 cancellation harbour-lane-law",
            "G10 appointment-off det-brook-house",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
            "28 release-or-removal dmrt-inbox",
            "29 doctor-cancellation dr-rathore-quill",
        ],
    },
    Story {
        steps: &[
            (
                "2026-11-25",
                r#"{ "type": "removal_set", "set_on": "2026-11-25", "removal_on": "2026-12-03" }"#,
            ),
            (
                "2026-12-03",
                r#"{ "type": "removal_failed", "failed_on": "2026-12-03", "cause": "representations", "detention_maintained": true }"#,
            ),
        ],
        makes: &[
            "G10 cancellation det-brook-house",
            "G10 cancellation harbour-lane-law",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
            "28 release-or-removal dmrt-inbox",
            "29 doctor-cancellation dr-rathore-quill",
            "34 re-referral dmrt-inbox",
        ],
    },
    Story {
        steps: &[(
            "2026-11-25",
            r#"{ "type": "representative_changed", "on": "2026-11-25", "previous": "harbour-lane-law" }"#,
        )],
        makes: &["G10 invitation millstone-chambers"],
    },
    Story {
        steps: &[("2026-11-25", r#"{ "type": "died", "on": "2026-11-25" }"#)],
        makes: &[
            "G10 appointment-off det-brook-house",
            "G10 booking-cancellation interpreter-bookings",
            "G10 booking-cancellation det-brook-house",
            "G10 doctor-cancellation dr-rathore-quill",
        ],
    },
];
