//! Papers as doctors, surgeries, solicitors and scanners make them: what the pages say, and what is drawn beside it.

use super::people::Who;

/// One page.
#[derive(Debug, Clone)]
pub enum Page {
    /// Letters that can be read.
    Text(String),
    /// A picture of a page, with this typed over it: a stamp, a letterhead, a footer.
    Scan(String),
    /// A picture of a page, with the letters that a scanner recognised behind it.
    Ocr(String),
    /// Letters, and this many drawn as outlines, from which no letter can be read.
    Outlined(String, usize),
    /// Letters, and this many glyphs in words that have no letters.
    Codes(String, usize),
    /// Letters, and pictures that cover so many hundredths of the page.
    Pictured(String, usize),
    /// Letters between this many ruled lines, as in a table.
    #[expect(dead_code, reason = "a line is no letter")]
    Ruled(String, usize),
    /// Letters, and a coat of arms or a logo of this many shapes in a corner.
    Crest(String, usize),
    /// Letters, and this many bullets without letters, each alone.
    Bullets(String, usize),
}

/// What a file carries behind its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    Nothing,
    /// An earlier state of the file, whose words are among the unseen.
    Revision,
    /// A layer that is off.
    Layer,
    /// A page that no page tree lists.
    Page,
}

pub fn text(lines: &[&str]) -> Page {
    Page::Text(lines.join("\n"))
}

/// The body of a report: a page of it, which names nobody.
pub const BODY: &str = "I was asked to assess the physical and psychological state of my patient. I had two hours and an \
interpreter. There are two linear scars on the left forearm, each of four centimetres, and a round one on the calf.\n\
Sleep is poor, with nightmares on most nights; concentration is impaired and appetite is reduced. On the scale that I \
used the score was 41, which is above the usual threshold.\nIn my opinion the scars are highly consistent with the \
account given, and the symptoms meet the criteria of post-traumatic stress disorder. Detention has a bad effect on \
the patient's condition. I understand that my duty is to the court and I have complied with that duty.";

/// A surgery's record: so many pages, each headed with whose it is, as most systems print them.
pub fn record(of: &Who, pages: usize) -> Vec<Page> {
    (1..=pages).map(|page| Page::Text(record_page(of, page, pages, VISITS[page % VISITS.len()]))).collect()
}

/// One page of a surgery's record.
pub fn record_page(of: &Who, page: usize, pages: usize, visits: &str) -> String {
    format!(
        "Elm Road Surgery, 14 Elm Road, Leeds LS1 1AA\nPatient: {}    DOB: {}    NHS No: 943 476 5919\n\
         Registered GP: Dr Harriet Poole\n{visits}\nPrinted on 12 November 2026 by R. Stone    Page {page} of {pages}",
        of.turned(),
        of.slashed()
    )
}

/// What pages of a record say, of the patient and of the patient's family.
const VISITS: [&str; 4] = [
    "03/03/2026 Surgery consultation: headache for two weeks, paracetamol. 17/04/2026 Telephone: result of the blood \
     test, normal. 02/06/2026 Did not attend. Medication: sertraline 50 mg, one a day. Allergies: none known.",
    "Family history: mother (DOB 04/07/1960) has diabetes; father died in 2011. Brother Yusuf, born on 4 July 1992, \
     lives in Leeds. Next of kin: Mariam Osei (sister), tel. 01632 960001. Problems: insomnia, chronic pain.",
    "Household: wife Hodan Warsame, date of birth 09/08/1991; son Idris, DOB 01/02/2015; daughter Leila, born 3 March \
     2018. Immunisations are complete. Seen by the practice nurse on 11/05/2026, blood pressure 128/82.",
    "Letter received from Dr Bell of the Riverside Clinic, 9 May 2026. Referred by Dr Poole. Interpreter: Mr Daniel \
     Osei, number 40917. Appointment on 16/09/2026 at 10:20, attended with a friend. Review in six months.",
];

/// A report with all three marks at its head.
pub fn report(of: &Who) -> Page {
    Page::Text(format!(
        "Medico-legal report\nName: {}\nDate of birth: {}\nHome Office reference: {}\n{BODY}\nDr Ottilie \
         Marchetti-Bell, psychiatrist, 16 November 2026",
        of.name,
        of.worded(),
        of.reference
    ))
}

/// A cover sheet, as a solicitor puts it in front of a bundle.
pub fn cover(of: &Who) -> Page {
    Page::Text(format!(
        "Harbour Lane Law, 3 Harbour Lane, Bristol BS1 1AA\nOur ref: HLL/2026/77\n18 November 2026\nDear Sir or \
         Madam\nRe: {}, born on {}, Home Office reference {}\nWe act for the above named and enclose the medical \
         evidence. Please confirm receipt by return. Yours faithfully, Harbour Lane Law",
        of.name,
        of.worded(),
        of.reference
    ))
}

/// As a scanner misreads: letters that look like figures, and the other way round.
pub fn misread(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| match (at % 3, c) {
            (0, 'S') => '5',
            (1, 'l') => '1',
            (2, 'i') => 'l',
            (0, 'o') => '0',
            _ => c,
        })
        .collect()
}
