//! Enters: the valid notice in `notice.pdf`. Leaves: one copy for each class of fault that outloud knows and a letter
//! could have, broken in that way only.
//! Never: uses the program under test.

use super::tools::{command, run_with};

const NOTICE: &[u8] = include_bytes!("notice.pdf");

/// How severe outloud considers a class of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}
use Severity::{Error, Warning};

/// The fault of a sample, outloud's rule and severity for it, and the edits that cause it: each replaces every
/// occurrence.
pub type Sample = (&'static str, &'static str, Severity, &'static [(&'static str, &'static str)]);

/// Returns the unchanged notice.
pub fn notice() -> Vec<u8> {
    edited(&[])
}

/// Returns the notice after these edits, with its lengths and offsets corrected, so that nothing else is wrong.
///
/// # Panics
/// If an edit changes nothing.
pub fn edited(edits: &[(&str, &str)]) -> Vec<u8> {
    let mut pdf = NOTICE.to_vec();
    for (find, put) in edits {
        let parts = split(&pdf, find.as_bytes());
        assert!(parts.len() > 1, "the notice does not hold {find:?}");
        pdf = parts.join(put.as_bytes());
    }
    run_with(&mut command("fix-qdf"), &pdf).unwrap_or_else(|reason| panic!("{reason}"))
}

fn split<'a>(mut bytes: &'a [u8], find: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(find.len()).position(|window| window == find) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + find.len()..];
    }
    parts.push(bytes);
    parts
}

#[rustfmt::skip]
pub const SAMPLES: &[Sample] = &[
    ("it is not marked as tagged", "DOC-001", Error, &[("/Marked true", "/Marked false")]),
    ("it has no structure tree", "DOC-002", Error, &[("  /StructTreeRoot 8 0 R\n", "")]),
    ("its tags are marked as suspect", "DOC-003", Error, &[("/Suspects false", "/Suspects true")]),
    ("it has no title", "DOC-010", Error, &[("<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">A made-up notice</rdf:li></rdf:Alt></dc:title>", ""), ("  /Title (A made-up notice)\n>>\nendobj\n\n3 0", ">>\nendobj\n\n3 0")]),
    ("its title is not shown", "DOC-011", Error, &[("/DisplayDocTitle true", "/DisplayDocTitle false")]),
    ("its metadata does not say PDF/UA", "DOC-012", Error, &[("<pdfuaid:part>1</pdfuaid:part>", "")]),
    ("it names no language", "DOC-013", Error, &[("  /Lang (en-GB)\n", "")]),
    ("its language is no language tag", "DOC-014", Warning, &[("(en-GB)", "(English!)")]),
    ("its two titles differ", "DOC-015", Warning, &[("  /Title (A made-up notice)\n>>\nendobj\n\n3 0", "  /Title (Another)\n>>\nendobj\n\n3 0")]),
    ("its title is a file name", "DOC-040", Warning, &[("A made-up notice", "notice.pdf")]),
    ("it holds an XFA form", "DOC-021", Error, &[("  /Pages 7 0 R", "  /AcroForm << /Fields [ ] /XFA (x) >>\n  /Pages 7 0 R")]),
    ("a hidden layer", "DOC-030", Error, &[("  /Pages 7 0 R", "  /OCProperties << /OCGs [ << /Type /OCG /Name (layer) >> ] /D << /OFF [ << /Type /OCG /Name (layer) >> ] >> >>\n  /Pages 7 0 R")]),
    ("a file inside without a description", "DOC-031", Warning, &[("  /Pages 7 0 R", "  /Names << /EmbeddedFiles << /Names [ (a) << /Type /Filespec /F (a.txt) /EF << /F 3 0 R >> >> ] >> >>\n  /Pages 7 0 R")]),
    ("text outside the tags", "TAG-001", Error, &[("/Span<</MCID 1>>BDC", "/Span<</X 1>>BDC")]),
    ("text marked as decoration", "TAG-002", Error, &[("/Span<</MCID 1>>BDC", "/Artifact BMC")]),
    ("text inside decoration", "TAG-004", Error, &[("/Span<</MCID 1>>BDC", "/Artifact BMC /Span<</MCID 1>>BDC EMC /Span<</X 1>>BDC")]),
    ("a tag that nobody knows", "TAG-010", Error, &[("/S /H2", "/S /Chapter")]),
    ("tags mapped in a circle", "TAG-011", Error, &[("/Em /Span", "/Em /Em2 /Em2 /Em"), ("/S /H2", "/S /Em")]),
    ("a standard tag mapped to another", "TAG-012", Error, &[("/Em /Span", "/P /Span")]),
    ("an empty tag", "TAG-020", Warning, &[("/K [\n    15 0 R\n  ]", "/K [\n    15 0 R\n  << /Type /StructElem /S /P /P 8 0 R /K [] >> ]")]),
    ("a tag that points at no page", "TAG-021", Error, &[("/Pg 11 0 R", "/Pg 10 0 R")]),
    ("text that two tags claim", "TAG-022", Error, &[("  /K [\n    3\n  ]", "  /K [\n    1\n  ]")]),
    ("a tag without a parent", "TAG-023", Error, &[("  /P 15 0 R\n  /Pg 11 0 R\n  /S /H2", "  /Pg 11 0 R\n  /S /H2")]),
    ("a figure over the whole page", "TAG-030", Warning, &[("269.29135\n        683.09283\n        325.98425\n        711.4393", "0 0 595 842"), ("/Alt (A blue oblong)", "/Alt (A blue oblong)\n  /Pg 11 0 R")]),
    ("alternative text over a whole document", "TAG-031", Error, &[("/S /Document", "/Alt (A notice)\n  /S /Document")]),
    ("replacement text that says something else", "TAG-032", Error, &[("/S /H1", "/ActualText (Other words 99)\n  /S /H1")]),
    ("a page drawn from another file", "TAG-040", Error, &[("\nxref\n", "\n80 0 obj\n<<\n  /BBox [ 0 0 9 9 ] /Subtype /Form /Type /XObject /Ref << >>\n  /Resources << /Font << /f0 58 0 R >> >>\n  /Length 81 0 R\n>>\nstream\nq Q\nendstream\nendobj\n\n81 0 obj\n9\nendobj\n\nxref\n"), ("  /ProcSet", "  /XObject << /x0 80 0 R >>\n  /ProcSet"), ("/Artifact BMC\n", "/Artifact BMC /x0 Do\n")]),
    ("a font that is not embedded", "TXT-001", Error, &[("/FontFile2 ", "/FontFileX ")]),
    ("glyphs without a Unicode map", "TXT-002", Error, &[("  /ToUnicode", "  /ToUnicodX")]),
    ("a glyph that maps to nothing", "TXT-003", Warning, &[("<000A> <006E>\n", ""), ("36 beginbfchar", "35 beginbfchar")]),
    ("a glyph that maps to a private character", "TXT-004", Warning, &[("<000A> <006E>", "<000A> <E000>")]),
    ("missing glyphs", "TXT-005", Error, &[("[<001c00040015>]TJ", "[<00000000>]TJ")]),
    ("a glyph that maps to no character", "TXT-006", Error, &[("<000A> <006E>", "<000A> <FFFE>")]),
    ("a font without a glyph map", "TXT-007", Error, &[("  /CIDToGIDMap /Identity\n", "")]),
    ("invisible text", "TXT-010", Error, &[("0 Tr", "3 Tr")]),
    ("untagged text in a form object", "TXT-011", Error, &[("\nxref\n", "\n80 0 obj\n<<\n  /BBox [ 0 0 9 9 ] /Subtype /Form /Type /XObject \n  /Resources << /Font << /f0 58 0 R >> >>\n  /Length 81 0 R\n>>\nstream\nBT /f0 9 Tf <000A000A> Tj ET\nendstream\nendobj\n\n81 0 obj\n9\nendobj\n\nxref\n"), ("  /ProcSet", "  /XObject << /x0 80 0 R >>\n  /ProcSet"), ("/Span<</MCID 0>>BDC", "/x0 Do /Span<</MCID 0>>BDC")]),
    ("a heading level left out", "HDG-001", Error, &[("/S /H2", "/S /H3")]),
    ("a first heading of level 2", "HDG-002", Error, &[("/S /H1", "/S /H2")]),
    ("numbered and unnumbered headings", "HDG-003", Error, &[("/S /H2", "/S /H")]),
    ("two unnumbered headings side by side", "HDG-005", Error, &[("/S /H2", "/S /H"), ("/S /H1", "/S /H")]),
    ("a salutation as a heading", "HDG-010", Warning, &[("Tm[<000f0010000600020013000b000b0003>]", "Tm[<001c0006000400130002000f0010000600020013000b000b0003>]")]),
    ("a table without header cells", "TBL-001", Error, &[("/S /TH\n", "/S /TD\n"), ("/Headers [", "/Xeaders [")]),
    ("header cells without a scope", "TBL-002", Error, &[("      /Scope /Column\n", ""), ("/Headers [\n        (U1x0y0)\n      ]\n", ""), ("/Headers [\n        (U1x1y0)\n      ]\n", "")]),
    ("cells outside a row", "TBL-003", Error, &[("/S /TR\n", "/S /Div\n")]),
    ("a row that is a cell short", "TBL-004", Error, &[("    45 0 R\n    46 0 R\n  ]", "    45 0 R\n ]")]),
    ("a part of a list in a table", "TBL-005", Error, &[("/S /THead", "/S /LBody")]),
    ("more header cells than data", "TBL-010", Error, &[("/P 66 0 R\n  /Pg 11 0 R\n  /S /TD", "/P 66 0 R\n  /Pg 11 0 R\n  /S /TH")]),
    ("an empty header cell", "TBL-011", Warning, &[("  /K [\n    5\n  ]", "  /K [ ]")]),
    ("a table of empty cells", "TBL-012", Warning, &[("  /K [\n    7\n  ]", "  /K [ ]"), ("  /K [\n    8\n  ]", "  /K [ ]"), ("  /K [\n    9\n  ]", "  /K [ ]"), ("  /K [\n    10\n  ]", "  /K [ ]")]),
    ("list items outside a list", "LST-001", Error, &[("/S /L\n", "/S /Div\n")]),
    ("list items without a body", "LST-002", Warning, &[("/S /LBody", "/S /Span")]),
    ("a list of paragraphs", "LST-003", Error, &[("/S /LI\n", "/S /P\n")]),
    ("an inner list beside its item", "LST-004", Warning, &[("    49 0 R\n    68 0 R\n", "    49 0 R\n    68 0 R\n    65 0 R\n"), ("    64 0 R\n    65 0 R\n", "    64 0 R\n")]),
    ("a figure without alternative text", "FIG-001", Error, &[("  /Alt (A blue oblong)\n", "")]),
    ("a figure with blank alternative text", "FIG-002", Error, &[("(A blue oblong)", "( )")]),
    ("a placeholder as alternative text", "FIG-010", Warning, &[("(A blue oblong)", "(image)")]),
    ("alternative text that says nothing", "FIG-012", Warning, &[("(A blue oblong)", "(blue blue blue)")]),
    ("links that are not tagged as links", "LNK-001", Error, &[("/S /Link", "/S /Span")]),
    ("a link without a description", "LNK-002", Error, &[("  /Contents (https://example.invalid/help)\n", "")]),
    ("a link without text", "LNK-003", Error, &[("  /K [\n    18\n", "  /K [\n")]),
    ("links that are not printed", "LNK-004", Warning, &[("  /F 4\n", "  /F 0\n")]),
    ("a page without a tab order", "LNK-005", Error, &[("  /Tabs /S\n", "")]),
    ("a note on the page outside the tags", "LNK-006", Error, &[("  /Annots [\n", "  /Annots [\n << /Type /Annot /Subtype /Text /Rect [ 0 0 9 9 ] /F 4 /Contents (hi) >>\n")]),
    ("an address that is not a link", "LNK-010", Warning, &[("[<001e000b000a000500040015>]", "[<0016001600160017000300040005000600170012000b001200170013000d000c>]")]),
    ("a field without a name", "FRM-001", Error, &[("  /Annots [\n", "  /Annots [\n << /Type /Annot /Subtype /Widget /FT /Tx /T (f1) /Rect [ 0 0 9 9 ] /F 4 >>\n"), ("  /Pages 7 0 R", "  /AcroForm << /Fields [ << /FT /Tx /T (f1) >> ] >>\n  /Pages 7 0 R")]),
    ("a field outside the tags", "FRM-003", Error, &[("  /Annots [\n", "  /Annots [\n << /Type /Annot /Subtype /Widget /FT /Tx /T (f1) /TU (f1) /Rect [ 0 0 9 9 ] /F 4 >>\n"), ("  /Pages 7 0 R", "  /AcroForm << /Fields [ << /FT /Tx /T (f1) >> ] >>\n  /Pages 7 0 R")]),
    ("a footnote without an id", "NOTE-001", Error, &[("  /ID (Note 1)\n", "")]),
    ("a reference to no footnote", "NOTE-002", Warning, &[("  /K [\n    15 0 R\n", "  /K [\n    15 0 R\n << /Type /StructElem /S /Reference /P 8 0 R /K [ ] >>")]),
    ("two footnotes of one id", "NOTE-004", Error, &[("/S /H2", "/ID (Note 1)\n  /S /Note")]),
    ("a formula without an alternative", "MATH-001", Error, &[("  /Alt (A blue oblong)\n", ""), ("/S /Figure", "/S /Formula")]),
    ("a formula read out as source", "MATH-010", Warning, &[("(A blue oblong)", "(\\\\frac{a}{b})"), ("/S /Figure", "/S /Formula")]),
    ("prose tagged as a formula", "MATH-011", Error, &[("/S /Document", "/Alt (x)\n  /S /Formula")]),
    ("paragraphs read backwards", "ORD-001", Warning, &[("    33 0 R\n    31 0 R\n    34 0 R\n    35 0 R\n    36 0 R\n    37 0 R\n    38 0 R", "    38 0 R\n    37 0 R\n    36 0 R\n    35 0 R\n    34 0 R\n    31 0 R\n    33 0 R")]),
];
