//! Enters: examples of the kinds, rendered. Leaves: what a reader finds in each letter and cover note, and what must not
//! be there because it would be false. Never: reads a template's source.

use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use despatch_testing::pdf::flowing_text;
use serde_json::Value;
use std::collections::BTreeMap;

/// One document of one example, as `kind/example` and, where it is not the cover note, `kind/example/document`; what it
/// says; what it must not say.
pub type Said = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Renders each document once, and tells everything that is missing or false.
pub fn all_say(table: &[Said]) {
    let catalogue = Catalogue::load(None).expect("the built-in catalogue");
    let engine = Engine::new(catalogue.files());
    let mut wrong = Vec::new();
    for (name, says, never) in table {
        let mut parts = name.split('/');
        let (kind, example) = (parts.next().expect("a kind"), parts.next().expect("an example"));
        let file = format!("{}.typ", parts.next().unwrap_or("cover-note"));
        let examples: BTreeMap<&str, Value> =
            catalogue.examples(&kind.parse().expect("a kind's name")).collect();
        let path = format!("{kind}/examples/{example}.json");
        let data = examples.get(path.as_str()).unwrap_or_else(|| panic!("no {path} in {examples:#?}"));
        let job = Job {
            main: format!("/{kind}/{file}"),
            title: "A letter".to_owned(),
            author: "Detained Medical Reports Team".to_owned(),
            keywords: Vec::new(),
            date: "2026-11-23".parse().expect("a date"),
            ident: (*name).to_owned(),
            language: None,
            data: data.clone(),
        };
        let pdf = engine.pdf(&job).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let text = without_page_ends(&flowing_text(&pdf), data);
        let missing = says.iter().filter(|phrase| !text.contains(**phrase));
        wrong.extend(missing.map(|phrase| format!("{name} does not say {phrase:?}: {text}")));
        let false_ones = never.iter().filter(|phrase| text.contains(**phrase));
        wrong.extend(false_ones.map(|phrase| format!("{name} says {phrase:?}: {text}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The text without head and foot of its pages, so that a sentence may go over a page.
fn without_page_ends(text: &str, data: &Value) -> String {
    let marking = data["marking"].as_str().expect("a marking");
    let reference = data["case"]["home_office_reference"].as_str().unwrap_or_default();
    let mut text = text.replace("Made-up letter: this is a demonstration", "");
    for of in 1..10 {
        for page in 1..=of {
            text = text.replace(&format!("Home Office reference: {reference} Page {page} of {of}"), "");
        }
    }
    text.replace(marking, "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// G0, "Considering the external medical report and second opinion report" and "Responding to the external medical
/// report".
const RESPONSE: &[Said] = &[
    (
        "response/det/letter",
        &[
            // Both reports, and how each assessment was made.
            "The external medical report Author Dr Nadia Example",
            "Date of assessment 10 November 2026 How it was made in person",
            "The second opinion report A Home Office contracted doctor gave a second opinion",
            "Doctor Dr Made Up Date of assessment 1 December 2026 How it was made by video-link",
            "a physical examination was not possible by",
            "Normally more weight goes to the more direct one: an assessment in person over one by video-link",
            // Good faith, and what follows from a difference.
            "We take the clinical opinions in both reports to be given in good faith, on the basis of the evidence presented.",
            "We are not qualified to make clinical judgements about either report, and we do not make any. We dismiss neither.",
            "base the level of evidence on what both reports agree on",
            // Each standard, whether it is met, and why.
            "The author is regulated Our finding: met Dr Example is on the register of the General Medical Council.",
            "The assessment was face to face, in person Our finding: met Dr Example saw you at Brook House",
            "The report is of the current period of detention Our finding: met You have been detained since",
            // Where they agree and differ.
            "whether you have a condition: the second opinion agrees with the external medical report",
            "whether detention may harm you: the second opinion disagrees with the external medical report",
            "Where they agree Both doctors find that you have post-traumatic stress disorder.",
            "Where they differ Dr Example says that detention is likely to make these symptoms worse",
            // The individual circumstances, the level with its reasons, the outcome.
            "Your individual circumstances We considered what you told the team at Brook House about your family in Leeds",
            "We have placed the evidence of your vulnerability at level 2 of the adults at risk policy.",
            "We decided on this level for these reasons: Both reports agree that you have a mental health condition.",
            "You remain in detention.",
            "Why you remain in detention The evidence that you are at risk was weighed against these immigration factors:",
            // The enclosure, and who decided under whose authority.
            "Enclosed with this letter The second opinion report by Dr Made Up, dated 7 December 2026.",
            "The Detention and Case Progression Review, which is the review of your detention, was completed on 10 December 2026.",
            "Decided by Robin Example, higher executive officer Authorised by Lesley Specimen, senior executive officer Authorised on 10 December 2026",
            "We also send this letter to your legal representative: Sam Example, Example Solicitors.",
        ],
        &["No second opinion"],
    ),
    (
        "response/no-second-opinion/letter",
        &[
            "There is no second opinion on the external medical report. The reason is: No more reports could be referred",
            "The assessment was face to face, in person Our finding: partly met Dr Example saw you by video-link.",
            "We take the clinical opinions in the report to be given in good faith",
        ],
        &[
            "Enclosed with this letter",
            "both reports",
            "legal representative:",
            "Where the two reports agree",
        ],
    ),
    (
        "response/ost-release-papers/letter",
        &[
            "You are to be released from detention.",
            "Why you are to be released",
            "This letter does not give the day of your release.",
        ],
        &["You remain in detention"],
    ),
    (
        "response/det",
        &[
            "Serve the letter and the second opinion report on the person in person",
            "The second opinion report goes with it",
        ],
        &[],
    ),
    (
        "response/no-second-opinion-representative",
        &["There is no second opinion, so none is enclosed.", "to be served on your client in person"],
        &["with the second opinion report"],
    ),
    (
        "response-before-removal/det-no-second-opinion/letter",
        &["You remain in detention."],
        &["Your removal from the United Kingdom is set for", "Enclosed with this letter"],
    ),
];

/// G0, "Arranging an assessment", "Role of Immigration Prison teams and Detention Engagement teams" and Annex A.
const DOCTOR: &[Said] = &[
    (
        "doctor-bundle/two-documents",
        &[
            "02: External medical report (24 pages)",
            "02: aa3d4d2a194abeb8 ",
            "Why it is enclosed: Describes injuries that the report also describes.",
            "When: Tuesday 1 December 2026, 2:30pm How to join by video-link: Open the meeting link that our team sends",
            "Contact on the day: Detention Engagement Team, Brook House, 020 7946 0155",
            "Interpreter: Tigrinya, in person",
            "Healthcare records: none are enclosed. Consent: not yet answered.",
            "Deadline: Tuesday 8 December 2026 (complete the second opinion report): 5 working days after 1 December 2026.",
            "Send your report by the deadline above, also if it is on papers alone, to our secure address, dmrt@office.example.invalid, and to no other.",
            "explain its purpose to the person and confirm that they are willing to engage in it",
            "State clearly in your report: any limits that the method of assessment, by video-link or on papers alone, puts on what you can say with confidence",
        ],
        &["not given"],
    ),
    (
        "doctor-bundle/report-only",
        &[
            "How to join by video-link: not given: call us",
            "Contact on the day: not given: call us",
            "Interpreter: none booked",
        ],
        &[],
    ),
    (
        "doctor-bundle/consent-refused",
        &["Consent: refused.", "Give your opinion without them."],
        &["We send you separately"],
    ),
    ("doctor-bundle/consent-given", &["Consent: given.", "We send you separately"], &[]),
    (
        "papers-only/declined",
        &[
            "Please assess the external medical report on papers only, without seeing the person.",
            "Why:",
            "The papers to use Use the external medical report and, where relevant, other immigration records",
            "previous statements",
            "state clearly any limits that assessing on papers alone puts on what you can say with confidence",
            "Send your report by Tuesday 8 December 2026",
            "The date still counts from the date of the appointment.",
        ],
        &["as soon as you can"],
    ),
    (
        "papers-only/report-date-past",
        &["Send your report as soon as you can, by email", "The deadline was Tuesday 8 December 2026"],
        &["Send your report by", "The date still counts", "Deadline:"],
    ),
    (
        "records-to-doctor/one-file",
        &[
            "Consent to records: given",
            "Send your report by Tuesday 8 December 2026, by email",
            "Send them to nobody else.",
        ],
        &[],
    ),
    (
        "records-to-doctor/report-date-past",
        &["Send your report as soon as you can"],
        &["Send your report by"],
    ),
    (
        "conclude/released",
        &[
            "Please still complete the second opinion report.",
            "It will be retained on file.",
            "Send your report by Tuesday 8 December 2026",
        ],
        &["pass it on"],
    ),
    (
        "conclude/removal-failed",
        &[
            "Please conclude your consideration of the evidence",
            "We pass it on to the detained casework team and the healthcare team.",
        ],
        &["retained on file"],
    ),
    (
        "conclude/removed",
        &["The guidance does not say that for a removal."],
        &["retained on file", "pass it on"],
    ),
    (
        "doctor-cancellation/transferred",
        &[
            "Do not complete the second opinion report for now.",
            "Keep the documents that we sent you until then.",
        ],
        &["Delete every copy", "do not send us a part of it"],
    ),
    (
        "doctor-cancellation/released",
        &["Do not complete the second opinion report.", "Delete every copy"],
        &["for now"],
    ),
    (
        "second-opinion/healthcare-unknown-doctor",
        &["It was written by a Home Office contracted doctor."],
        &["Doctor: "],
    ),
    ("decision-needed/unknown-doctor", &["How it was made: by video-link"], &["Organisation"]),
];

/// G0, "The response to the Invitation to assessment letter"; G5 and G6.
const ANSWERS: &[Said] = &[
    (
        "opposite-responses/withdrawn",
        &[
            "your client has withdrawn their consent, as you told us",
            "will honour your client's agreement to attend the assessment if they wish",
        ],
        &["which is to release them"],
    ),
    (
        "opposite-responses/records-only",
        &["Attendance and access to medical records must be considered the choice of the individual."],
        &["withdrawn"],
    ),
    (
        "response-result/doctor-after-silence",
        &[
            "Assess the report on the papers alone, as we asked you before.",
            "Do not carry out the assessment by video-link.",
            "Place: Brook House",
        ],
        &["Keep the appointment"],
    ),
    (
        "response-result/det-after-silence",
        &["Do not bring the person to the appointment. The doctor considers the report on the papers alone."],
        &["Keep the appointment"],
    ),
    (
        "response-result/doctor-records-only",
        &["Keep the appointment, unless we tell you otherwise."],
        &["papers alone"],
    ),
    (
        "response-result/doctor-agrees-after-papers",
        &[
            "Keep the appointment.",
            "We asked you before to assess the report on the papers alone. That no longer stands.",
        ],
        &[],
    ),
    (
        "response-result/ost-agrees-after-papers",
        &["Book the room and any interpreter again for the appointment, if you have called them off."],
        &["Keep the room"],
    ),
    (
        "response-result/doctor-declines",
        &["Look for a separate message from us."],
        &["as we asked you before"],
    ),
    (
        "records-request/ordinary",
        &[
            "Please send us the NHS healthcare records of this person",
            "The signed consent is enclosed.",
            "before the doctor's assessment on Tuesday 1 December 2026",
            "with the Home Office contracted doctor who gives the second opinion, and with nobody else",
            "Do not send them to the doctor, to the caseworker or to anybody else.",
            "If the person tells you that they withdraw their consent, do not send the records.",
        ],
        &[],
    ),
    (
        "records-request/on-papers",
        &["Please send us the NHS healthcare records"],
        &["before the doctor's assessment"],
    ),
    (
        "records-withdrawn/healthcare",
        &[
            "Do not send us the records, even if we asked you for them.",
            "any signed consent that you have from us",
        ],
        &["We asked you for the healthcare records of this person."],
    ),
    (
        "records-withdrawn/doctor",
        &["Stop using the records now.", "Go on with the second opinion without the records."],
        &[],
    ),
    (
        "records-withdrawn/doctor-after-the-end",
        &["Stop using the records now."],
        &["Go on with the second opinion"],
    ),
];

/// G0, "What if the second opinion assessment is delayed or cancelled?" and "The second opinion report".
const CANCELLED: &[Said] = &[
    (
        "cancellation/left-detention",
        &["Your client has left detention, so nobody there can hand it over. Please pass it on to them."],
        &["is sent to", "in person"],
    ),
    (
        "cancellation/representative-papers",
        &[
            "The letter is sent to Colnbrook (immigration removal centre) to be given to your client in person.",
        ],
        &["pass it on"],
    ),
    (
        "cancellation/transfer",
        &["Operational Support Team: forward."],
        &["Cancel the room", "cancel the bookings"],
    ),
    ("cancellation/ost-standards", &["Cancel the room and, if one is booked, the interpreter."], &[]),
    (
        "cancellation/det-new-date/letter",
        &["A new appointment should be booked at the earliest possible opportunity"],
        &["The answers that you gave"],
    ),
    (
        "cancellation/another-room/letter",
        &["Your assessment: the arrangements have changed"],
        &["another date or time"],
    ),
    (
        "cancellation/replaced/letter",
        &["The appointment has been moved to another date or time."],
        &["arrangements"],
    ),
    (
        "cancellation/removal-det/letter",
        &["is cancelled", "If you want to know more, ask your legal representative"],
        &["removal", "removed", "Why:"],
    ),
    (
        "rebooking/cruel/letter",
        &["These answers to our invitation are on record. They still stand: Attending yes"],
        &[],
    ),
    (
        "release-or-removal/left-released",
        &["The appointment on record Assessment: Tuesday 1 December 2026 at 2:30pm"],
        &[],
    ),
    ("release-or-removal/appointment-cancelled", &["The person left detention"], &["on record Assessment:"]),
    ("concern-notice/ordinary", &["Appointment: Tuesday 1 December 2026"], &[]),
    ("concern-notice/appointment-cancelled", &["The concerns"], &["Appointment: Tuesday"]),
];

/// G0, "Arranging an assessment" and "Notifying the detained individual of the assessment".
const ARRANGED: &[Said] = &[
    (
        "referral/temporary-place",
        &[
            "Do not arrange an assessment yet. Example Holding (short-term holding facility) is a temporary place",
            "Wait for our transfer notice.",
        ],
        &["set the date with the team"],
    ),
    ("referral/requested", &["set the date with the team at the place of detention"], &["transfer notice"]),
    (
        "transfer-notice/temporary-to-prison",
        &[
            "Assessment by: Wednesday 6 January 2027",
            "Arrange an assessment at Example Prison, to take place by the date below.",
        ],
        &[],
    ),
    (
        "invitation/representative",
        &["The letter is sent to Brook House (immigration removal centre) to be served"],
        &["was served on your client"],
    ),
    (
        "invitation/new-representative-served",
        &[
            "The letter was served on your client on 25 November 2026.",
            "This copy bears the date on which it was made.",
        ],
        &["is sent to", "to be served"],
    ),
    (
        "invitation/new-representative",
        &["The letter is to be served on your client in person at Brook House"],
        &["was served on your client"],
    ),
    (
        "report-rejected/det/letter",
        &["The healthcare team at Brook House is sent the report."],
        &["still has"],
    ),
    ("report-rejected/det", &["tell them that the healthcare team is sent the report"], &["still has"]),
    (
        "service-pack/interpreter/record-of-service",
        &[
            "Record of service",
            "Served on (date) Time Where By (name and team) Language used Interpreter not needed in person by telephone or video",
            "Letter explained yes no",
            "Copies handed over one to keep one to answer on",
            "Refused The person refused to take the letter",
            "Content to attend yes no no answer yet",
            "Consents to the release of healthcare records yes no no answer yet",
            "What the person asked or said that we should know:",
            "Service recorded on CID (Case Information Database) Atlas",
            "To be served by: Thursday 26 November 2026 Answers due by: Monday 30 November 2026",
        ],
        &[],
    ),
    (
        "service-pack/interpreter",
        &["Ask us for guidance, large print or another language.", "then delete the opened files"],
        &[],
    ),
];

#[test]
fn the_response_considers_both_reports_in_detail_and_takes_neither_for_bad_faith() {
    all_say(RESPONSE);
}

#[test]
fn the_doctor_is_told_everything_that_the_opinion_needs_and_nothing_that_is_past() {
    all_say(DOCTOR);
}

#[test]
fn what_is_said_of_the_answers_is_what_counts_now() {
    all_say(ANSWERS);
}

#[test]
fn who_is_told_of_a_cancellation_reads_no_delivery_booking_or_answer_that_there_is_not() {
    all_say(CANCELLED);
}

#[test]
fn who_arranges_or_serves_reads_what_holds_at_that_place() {
    all_say(ARRANGED);
}
