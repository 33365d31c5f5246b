//! Enters: PDFs of ours and of others. Leaves: the proof that what is left out of one is what no page of it shows, and that
//! stock readers read the rest as before.

use super::locked::{OnDisk, documents_of_the_demo, everything_in_one, finds, pool};
use super::pages::hostile_pdfs;
use crate::support::pdf::qpdf_check;

fn text(pdf: &[u8]) -> Vec<u8> {
    OnDisk::new(pdf).poppler("pdftotext", &["-layout"], None).unwrap()
}

#[test]
fn a_cleaned_file_reads_as_before_and_is_always_the_same() {
    let pool = pool();
    let cleaned = |plain: &[u8]| pool.clean_pdf(plain).unwrap().expect("it can be cleaned");
    for (name, plain) in documents_of_the_demo() {
        let clean = cleaned(&plain);
        assert!(clean == cleaned(&plain), "{name}: two cleanings differ");
        assert_eq!(text(&clean), text(&plain), "{name}");
        qpdf_check(&clean).unwrap();
        assert!(clean.len() < plain.len() * 11 / 10, "{name}: {} of {}", clean.len(), plain.len());
    }
    let foreign = everything_in_one();
    let clean = cleaned(&foreign);
    for (words, stays) in
        [("in clear", true), ("annotation", true), ("stream's own", true), ("Spare part", false)]
    {
        assert!(finds(&foreign, words), "{words:?}");
        assert_eq!(finds(&clean, words), stays, "{words:?}");
    }
}

#[test]
fn what_is_no_pdf_or_a_harmful_one_is_not_cleaned_and_harms_nothing() {
    let pool = pool();
    for (name, pdf) in hostile_pdfs() {
        if let Some(clean) = pool.clean_pdf(&pdf).unwrap() {
            assert!(clean.starts_with(b"%PDF-"), "{name}");
        }
    }
    assert_eq!(pool.clean_pdf(b"anything").unwrap(), None);
}
