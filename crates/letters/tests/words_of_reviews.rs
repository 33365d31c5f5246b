//! Enters: examples of the kinds of detention reviews, rendered. Leaves: what a reader finds in each, and what must not be
//! there: the internal review, rule 35 at a short-term holding facility, or health beyond the fact.

use super::words::{Said, all_say};

/// General instructions on detention, "Detention reviews and Case Progression Panels" and "Detention forms".
const REASONS: &[Said] = &[
    (
        "is-151f/det/letter",
        &[
            "We reviewed your detention on Monday 9 February 2026. It was monthly review 1. You remain in detention.",
            "You have been detained since 12 January 2026.",
            "It has the function of form IS 151F.",
            "Our reasons You remain in detention because we expect to remove you within three months.",
            "We must review your detention again by Monday 9 March 2026.",
            "After each monthly review we must tell you the outcome in writing.",
            "If you do not understand English, they must have it interpreted for you.",
        ],
        // The internal review is for the record.
        &[
            "A travel document was asked for",
            "No close relatives are known",
            "uk_ties",
            "Rowan Example",
            "level",
        ],
    ),
    (
        "is-151f/det",
        &[
            "Deadline: Monday 9 February 2026 (give the person written reasons)",
            "Serve the letter on the person in person by Monday 9 February 2026.",
            "If the person does not understand English, have it interpreted. A language barrier has been identified",
            "the time for the next written reasons counts from the service",
            "Review: monthly review 1",
        ],
        &["we expect to remove you", "No close relatives are known", "embassy"],
    ),
    (
        "is-151f/ost",
        &["Notify the Immigration Prison Team, so that it serves the letter"],
        &["language barrier"],
    ),
    (
        "is-151f/late-next-review-past/letter",
        &[
            "We had to review your detention again by Monday 6 April 2026. We have no record of that review yet.",
            "It must be done without delay.",
        ],
        &["We must review your detention again by"],
    ),
    (
        "is-151f/late-next-review-past",
        &["The deadline was Tuesday 7 April 2026", "as soon as you can"],
        &["Deadline:"],
    ),
    (
        "is-151f/no-form-named",
        &[
            "No form of written reasons is named for such a place. A person has decided that this letter is served.",
        ],
        &["IS 151F"],
    ),
    (
        "is-151f/no-form-named/letter",
        &["You remain in detention."],
        &["IS 151F", "After each monthly review"],
    ),
    (
        "is-151f-sthf/day/letter",
        &[
            "It was the review after 24 hours. You remain in detention.",
            "It has the function of form IS 151F (STHF).",
            "While you are held at Larne House, we must tell you the outcome of each review in writing.",
        ],
        &["Removal is set."],
    ),
    (
        "is-151f-sthf/day",
        &["Serve the letter on the person in person at once.", "or if they leave before it is served"],
        &["Deadline"],
    ),
    (
        "is-151f-sthf/extra/letter",
        &["an extra review, outside the timetable", "Thursday 19 March 2026, 10pm"],
        &["ad hoc"],
    ),
];

/// "continued detention must as a minimum be reviewed at the points specified in the appropriate table below".
const REVIEWS: &[Said] = &[
    (
        "review-request/began",
        &[
            "Review the person's detention by Tuesday 13 January 2026, 10:30am. A review is never put off",
            "Who may sign: an SEO or Inspector or above",
            "no other cover counts",
            "Written reasons by: Monday 9 February 2026",
        ],
        &["Overdue", "Keeping Children Safe"],
    ),
    (
        "review-request/began-from-prison",
        &["Due: Monday 6 April 2026", "Plan for: Thursday 2 April 2026", "by Monday 6 April 2026"],
        &["Overdue"],
    ),
    (
        "review-request/cruel",
        &[
            "The deadline was Friday 25 December 2026",
            "Overdue, to be done at once: the 24-hour review, due Friday 25 December 2026, 11:59am; the 7-day review, due Thursday 31 December 2026.",
            "It was due: Friday 25 December 2026, 11:59am",
        ],
        &["Deadline:"],
    ),
    (
        "review-request/changed",
        &["at once, outside the timetable. Who may sign: an SEO or Inspector", "What has changed The appeal"],
        &["Deadline"],
    ),
    (
        "review-request/from-prison-later",
        &["Decide which of the two readings below you follow", "A review is due:", "None is due:"],
        &["no other cover counts"],
    ),
    (
        "panel-answer/rejected",
        &[
            "The recommendation of the panel is rejected.",
            "Why it is rejected A removal with escorts is booked",
        ],
        &["accepted"],
    ),
    ("panel-answer/accepted", &["The recommendation of the panel is accepted."], &["rejected"]),
];

/// "Detention Centre rule 35 and Short-term Holding Facility rule 32", "The Rule 35 Team".
const REPORTS: &[Said] = &[
    (
        "r35-task/torture",
        &[
            "in hours, the target: by Sunday 8 March 2026, 4pm",
            "in working days, the last day: by the end of Tuesday 10 March 2026",
            "plan for Friday 6 March 2026",
            "Take it to be made in good faith.",
            "\"any act by which a perpetrator intentionally inflicts severe pain or suffering on a victim",
        ],
        &[],
    ),
    (
        "r35-task/short-term",
        &["rule 32 of the Short-term Holding Facility Rules 2018", "by the end of Friday 20 March 2026"],
        &["rule 35", "torture", "plan for"],
    ),
    (
        "r35-task/short-term-misnamed",
        &["have made a report about the person. It is enclosed."],
        &["rule 35", "rule 32"],
    ),
    (
        "r35-response/det/letter",
        &[
            "made a report about you under rule 35 of the Detention Centre Rules 2001.",
            "It says that you may have been a victim of torture. We take it to be made in good faith.",
            "You remain in detention. You are protected by the adults at risk policy.",
            "at level 2 of the adults at risk policy. Level 2 means",
            "meets the definition of torture that these rules have",
            "Our reasons You remain in detention because your removal is set for 20 March 2026",
        ],
        &["The risk of absconding is high"],
    ),
    (
        "r35-response/det",
        &[
            "Give the letter at once to the manager of Brook House, and to the person in person.",
            "Do not pass any of this on to escorts.",
        ],
        &["The risk of absconding is high", "torture"],
    ),
    (
        "r35-response/caseworker",
        &["The risk of absconding is high.", "Level of evidence: level 2"],
        &["IS 151F"],
    ),
    (
        "r35-response/healthcare",
        &["Torture: meets the definition of torture"],
        &["The risk of absconding is high"],
    ),
    (
        "r35-response/short-term-release/letter",
        &[
            "under rule 32 of the Short-term Holding Facility Rules 2018",
            "We recommend that you are released from detention. Your release must be authorised",
        ],
        &["rule 35", "Rule 35", "You remain in detention", "Nothing outweighs it"],
    ),
    ("r35-response/short-term-release", &["wait for the authority to release"], &["rule 35", "Rule 35"]),
    (
        "r35-response/short-term-release-caseworker",
        &["Arrange the release at once. It is authorised by an HEO or CIO or above"],
        &["rule 35", "Rule 35", "torture"],
    ),
    ("r35-response/short-term-release-healthcare", &["Release is recommended."], &["rule 35", "Rule 35"]),
    (
        "r35-response/short-term-maintained-caseworker",
        &["with the function of form IS 151F (STHF)"],
        &["rule 35", "Rule 35", "rule 32"],
    ),
    (
        "r35-response/ost/letter",
        &["does not meet the definition of torture", "not placed the evidence about you at any level"],
        &[],
    ),
    (
        "release-referral/report",
        &[
            "and recommend release.",
            "Signed review of detention (6 pages)",
            "Decide at once if you authorise the release",
        ],
        &["Agreed"],
    ),
    (
        "release-referral/report-short-term",
        &["rule 32 of the Short-term Holding Facility Rules 2018"],
        &["rule 35", "Rule 35"],
    ),
    (
        "release-referral/review-agreed",
        &[
            "Agreed by: Ash Example, SEO or Inspector, who covers Grade 7 (Temporary Cover Allowance), on 20 February 2026",
        ],
        &["not on record yet"],
    ),
    ("release-referral/review-not-agreed", &["Agreed: not on record yet"], &["Agreed by:"]),
];

/// "Detention of pregnant women", "Places of detention".
const LIMITS: &[Said] = &[
    (
        "limit-warning/hours",
        &[
            "before Wednesday 6 May 2026, 6:20pm. Do not wait for the last alarm.",
            "The detention ends on Wednesday 6 May 2026, 6:20pm.",
            "Alarms: Monday 4 May 2026, 6:20pm; Tuesday 5 May 2026, 6:20pm; Wednesday 6 May 2026, 4:20pm.",
            "Minister's authority: none on record",
        ],
        &["Take this to a manager"],
    ),
    (
        // Beyond the fact, nothing: exceptional circumstances are free text, and may hold more.
        "limit-warning/hours-minister",
        &[
            "Exceptional circumstances: given; they are kept with the case",
            "Minister's authority: Thursday 5 March 2026",
        ],
        &["cancelled by the carrier", "If a longer time may be needed"],
    ),
    (
        "limit-warning/other-purpose",
        &["Take this to a manager at once:", "we show no limit"],
        &["ends on", "before"],
    ),
    (
        "limit-warning/police",
        &[
            "Have the stay in a police cell authorised by an SEO or Inspector",
            "by Wednesday 18 March 2026, 8pm.",
            "before Saturday 21 March 2026, 8pm",
            "The authority for it: by Wednesday 18 March 2026, 8pm.",
        ],
        &["pregnan"],
    ),
    (
        // What is normal is no limit.
        "limit-warning/northern-ireland-prison",
        &[
            "The stay in Northern Ireland after release from sentence normally ends by Tuesday 17 March 2026, 2pm.",
            "Have the person moved by Tuesday 17 March 2026, 2pm, or as soon as practicable thereafter.",
            "Tell us at once of a release, a removal or a move.",
        ],
        &["After that moment nothing that maintains the detention is sent", "ends on"],
    ),
    (
        "limit-warning/cruel",
        &[
            "Wednesday 30 December 2026, midnight at the end of the day.",
            "Tuesday 29 December 2026, midnight at the start of the day",
        ],
        &["12am"],
    ),
    (
        "limit-warning/minister",
        &["The longer limit takes the place of the shorter one.", "before Saturday 21 March 2026, 9am"],
        &["If a longer time may be needed"],
    ),
];

#[test]
fn the_person_reads_outcome_and_reasons_and_nothing_of_the_internal_review() {
    all_say(REASONS);
}

#[test]
fn who_reviews_detention_reads_what_is_due_by_when_and_who_may_sign() {
    all_say(REVIEWS);
}

#[test]
fn who_answers_a_report_reads_both_times_and_nobody_reads_of_rule_35_at_a_short_term_holding_facility() {
    all_say(REPORTS);
}

#[test]
fn who_decides_reads_when_a_limit_ends_and_nothing_of_health_beyond_the_fact() {
    all_say(LIMITS);
}
