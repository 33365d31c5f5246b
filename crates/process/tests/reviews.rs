//! When detention is next reviewed, and who may authorise it (Detention: general instructions, Table 1).

use super::day;
use despatch_process::case::Grade;
use despatch_process::detention_reviews::next;

#[test]
fn the_reviews_of_somebody_detained_since_a_monday() {
    // A month is every 28 days, and an interval may not be exceeded, so no review moves to a working day.
    for (today, due, name, grade) in [
        ("Monday 2 March 2026", "Tuesday 3 March 2026", "24 hours", Grade::SEO),
        ("Tuesday 3 March 2026", "Tuesday 3 March 2026", "24 hours", Grade::SEO),
        ("Wednesday 4 March 2026", "Monday 9 March 2026", "7 days", Grade::HEO),
        ("Tuesday 10 March 2026", "Monday 16 March 2026", "14 days", Grade::SEO),
        ("Tuesday 17 March 2026", "Monday 30 March 2026", "month 1", Grade::SEO),
        ("Tuesday 31 March 2026", "Monday 27 April 2026", "month 2", Grade::SEO),
        ("Monday 20 July 2026", "Monday 20 July 2026", "month 5", Grade::SEO),
        ("Tuesday 21 July 2026", "Monday 17 August 2026", "month 6", Grade::G7),
        ("Tuesday 13 October 2026", "Monday 9 November 2026", "month 9", Grade::G6),
        ("Tuesday 5 January 2027", "Monday 1 February 2027", "month 12", Grade::G5),
        ("Tuesday 2 February 2027", "Monday 1 March 2027", "month 13", Grade::G5),
        ("Thursday 2 March 2028", "Monday 27 March 2028", "month 27", Grade::G5),
    ] {
        let review = next(day("Monday 2 March 2026"), day(today)).expect("a review");
        assert_eq!((review.due, review.name.as_str(), review.grade), (day(due), name, grade), "on {today}");
    }
}

#[test]
fn no_interval_is_longer_than_28_days() {
    let since = day("Saturday 31 January 2026");
    let mut last = since;
    while last < day("1 January 2030") {
        let review = next(since, last.succ_opt().expect("a day")).expect("a review");
        assert!((review.due - last).num_days() <= 28, "{} after {last}", review.due);
        last = review.due;
    }
    assert_eq!(next(since, chrono::NaiveDate::MAX), None);
}
