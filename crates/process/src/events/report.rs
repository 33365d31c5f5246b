//! Enters: what a case file says of an external medical report. Leaves: the report as a type, for the events that
//! bring and answer it.
//! Never: knows an event.

use crate::fields::closed::closed;
use crate::fields::{
    Field, MAX_LABEL, MAX_LINE, MAX_NAME, MAX_REGISTRATION, Need, Order, When, ask, codes, fields, need,
};
use chrono::NaiveDate;

fields! {
    /// What the external medical report states about itself.
    Report {
        author: String = ask("Who wrote the external medical report?").most(MAX_NAME);
        profession: String = ask("The author's profession").most(MAX_LABEL);
        /// Whether the author is regulated, which is the baseline standard (B2).
        author_regulated: bool = ask("Does a professional body regulate the author?");
        regulator: Option<String> = of_regulated("That body").most(MAX_LABEL);
        registration: Option<String> = of_regulated("The author's number in its register").most(MAX_REGISTRATION);
        /// The register in which an unregulated author was looked up (G14).
        register_checked: Option<String> = ask("The register in which the author was looked for and not found")
            .most(MAX_LINE)
            .asked(UNREGULATED)
            .needed(need(
                UNREGULATED,
                codes::FACT_AUTHOR,
                "the author is said not to be regulated, and this does not say which register was checked",
                "add the register in which the author was looked for, or correct author_regulated",
            ));
        report_date: NaiveDate = ask("The date of the report").order(&[
            Order::NotAfter("/event/received_on", "the report is dated after the day on which it was received"),
            Order::NotAfter(
                "/event/dcpr_completed_on",
                "the report is dated after the day on which the review was completed",
            ),
        ]);
        assessed_on: NaiveDate = ask("The day of the assessment")
            .order(&[Order::NotAfter("report_date", "the assessment was made after the date of the report")]);
        method: Method = ask("How was the person assessed?");
        limitations_stated: Option<bool> = ask("Does the report set out the limits of its method?");
    }
}

const UNREGULATED: When = When::Is("author_regulated", &["false"]);
const REGULATED: When = When::Is("author_regulated", &["true"]);

/// Defines a field that only a regulated author's report has.
const fn of_regulated(question: &'static str) -> Field {
    const NEEDED: Need = need(
        REGULATED,
        codes::FACT_AUTHOR,
        "the author is said to be regulated, and this does not say by whom or how registered",
        "add it, or set author_regulated to false",
    );
    ask(question).asked(REGULATED).needed(NEEDED)
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
