//! Words and dates as people write them, and what they are taken for.

use chrono::NaiveDate;
use despatch_guards::dates::dates;
use despatch_guards::text::{plain_words, words_of};

#[test]
fn names_are_compared_without_case_marks_and_signs() {
    for (written, plain) in [
        ("QUARTERMAINE, Selamawit", "quartermaine selamawit"),
        ("Łukasz Þór Žižka-Ÿçelik", "lukasz thor zizka ycelik"),
        ("O’Shaughnessy-D'Souza", "oshaughnessy dsouza"),
        ("O'Brien's", "obrien"),
        ("Straße", "strasse"),
        ("ﬁona", "fiona"),
        ("Ｎｇｕｙễｎ", "nguyen"),
        ("İbrahim Iğdır", "ibrahim igdir"),
        ("Quarter-\nmaine", "quartermaine"),
        ("Quarter\u{ad}maine", "quartermaine"),
        ("Marchetti-Bell", "marchetti bell"),
        ("Ћирић", "ћирић"),
        ("राजेश कुमार", "राजेश कुमार"),
        ("  two\tlines\n here ", "two lines here"),
    ] {
        assert_eq!(plain_words(written).join(" "), plain, "{written}");
    }
}

#[test]
fn a_date_is_found_in_the_usual_english_spellings() {
    let born = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    for written in [
        "17/05/1990",
        "17/5/1990",
        "17.05.90",
        "17-05-1990",
        "17 05 1990",
        "17 May 1990",
        "17th May 1990",
        "17th of May, 1990",
        "May 17, 1990",
        "17 may 90",
        "17MAY1990",
        "1990-05-17",
        "17\nMay\n1990",
        "05/17/1990",
    ] {
        let words = words_of([format!("born on {written} in a town").as_str()]);
        assert!(dates(&words).iter().any(|dated| dated.says(born)), "{written}");
    }
    for written in
        ["18 May 1990", "17 June 1990", "17/05/1991", "17 05", "May 1990", "117/05/1990", "17 mayor 1990"]
    {
        let words = words_of([format!("born on {written} in a town").as_str()]);
        assert!(!dates(&words).iter().any(|dated| dated.may_say(born)), "{written}");
    }
    // 4 March in Britain, 3 April abroad: it may be either.
    let march = NaiveDate::from_ymd_opt(1990, 3, 4).unwrap();
    let april = NaiveDate::from_ymd_opt(1990, 4, 3).unwrap();
    let found = dates(&words_of(["04/03/1990"]));
    assert!(found[0].says(march) && !found[0].says(april) && found[0].may_say(april));
}
