//! Enters: PDFs, sound, locked, broken and hostile. Leaves: the proof that their pages are counted, or that it is said
//! that they cannot be, and that the worker that looked at them does not matter.

use super::{LIMIT, PROGRAM, files, hostile, job};
use crate::support::broken;
use crate::support::tools::{command, run};
use despatch_letters::render::pool::Pool;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const THREE_PAGES: &str = "#let document(data) = [
  #set page(paper: \"a4\")
  = Report
  #data.text #pagebreak() Second #pagebreak() Third
]
";

fn pool(letter: &str) -> Pool {
    Pool::start(Path::new(PROGRAM), &files(letter), 1, LIMIT).unwrap()
}

/// A PDF of these objects, the first of which is its catalogue.
pub(super) fn pdf(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(text.len());
        writeln!(text, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let table = text.len();
    writeln!(text, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(text, "{offset:010} 00000 n ").unwrap();
    }
    write!(text, "trailer\n<< /Size {} /Root 1 0 R >>\n", objects.len() + 1).unwrap();
    writeln!(text, "startxref\n{table}\n%%EOF").unwrap();
    text.into_bytes()
}

pub(super) fn catalogue() -> String {
    "<< /Type /Catalog /Pages 2 0 R >>".to_owned()
}

pub(super) fn page(parent: usize) -> String {
    format!("<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 595 842] >>")
}

pub(super) fn tree(kids: &str, count: i64) -> String {
    format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>")
}

pub(super) fn encrypted(password: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.pdf");
    std::fs::write(&plain, broken::notice()).unwrap();
    let mut qpdf = command("qpdf");
    qpdf.args(["--encrypt", password, "owner", "256", "--"]);
    run(qpdf.arg(plain).arg("-")).unwrap()
}

#[test]
fn the_pages_of_a_rendered_letter_and_of_a_foreign_pdf_are_counted() {
    let pool = pool(THREE_PAGES);
    let letter = pool.render(&job("First")).unwrap();
    assert_eq!(pool.inspect(&letter).unwrap().pages, Some(3));
    assert_eq!(pool.inspect(&broken::notice()).unwrap().pages, Some(1));
    let nested = [catalogue(), tree("3 0 R 4 0 R", 3), page(2), tree("5 0 R 6 0 R", 2), page(4), page(4)];
    assert_eq!(pool.inspect(&pdf(&nested)).unwrap().pages, Some(3));
}

#[test]
fn a_pdf_that_opens_without_a_password_is_counted_and_one_that_does_not_is_not() {
    let pool = pool(THREE_PAGES);
    assert_eq!(pool.inspect(&encrypted("")).unwrap().pages, Some(1));
    assert_eq!(pool.inspect(&encrypted("secret")).unwrap().pages, None);
}

#[test]
fn what_is_no_whole_pdf_has_no_page_count() {
    let pool = pool(THREE_PAGES);
    let whole = pool.render(&job("First")).unwrap();
    for (what, bytes) in [
        ("empty", &b""[..]),
        ("a web page", b"<html><body>Not a PDF</body></html>"),
        ("a first line alone", b"%PDF-1.7\n%%EOF\n"),
        ("cut in the middle", &whole[..whole.len() / 2]),
        ("cut after a few bytes", &whole[..40]),
        ("without its beginning", &whole[whole.len() / 2..]),
    ] {
        assert_eq!(pool.inspect(bytes).unwrap().pages, None, "{what}");
    }
}

#[test]
fn a_pdf_that_says_of_itself_what_is_not_so_has_no_page_count() {
    let pool = pool(THREE_PAGES);
    for (what, objects) in [
        ("too many", [catalogue(), tree("3 0 R", 7), page(2)]),
        ("too few", [catalogue(), tree("3 0 R 3 0 R", 1), page(2)]),
        ("less than none", [catalogue(), tree("3 0 R", -1), page(2)]),
        ("none", [catalogue(), tree("", 0), page(2)]),
        ("no tree", ["<< /Type /Catalog >>".to_owned(), tree("3 0 R", 1), page(2)]),
    ] {
        assert_eq!(pool.inspect(&pdf(&objects)).unwrap().pages, None, "{what}");
    }
}

/// A tree of pages that is its own branch; one that doubles at every step; one of 200,000 levels; and nested lists.
pub(super) fn hostile_pdfs() -> Vec<(&'static str, Vec<u8>)> {
    let itself = [catalogue(), tree("2 0 R", 1)];
    let mut doubling = vec![catalogue()];
    for level in 3..64 {
        doubling.push(tree(&format!("{level} 0 R {level} 0 R"), 1));
    }
    doubling.push(page(2));
    let mut deep = vec![catalogue()];
    for level in 3..200_000 {
        deep.push(tree(&format!("{level} 0 R"), 1));
    }
    let arrays = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let nested = [catalogue(), format!("<< /Type /Pages /Kids {arrays} /Count 1 >>")];
    vec![
        ("its own branch", pdf(&itself)),
        ("doubling", pdf(&doubling)),
        ("deep", pdf(&deep)),
        ("lists in lists", pdf(&nested)),
    ]
}

#[test]
fn a_hostile_pdf_has_no_page_count_and_the_next_letter_is_made_as_ever() {
    let pool = pool(super::LETTER);
    let before = pool.render(&hostile("")).unwrap();
    for (what, bytes) in hostile_pdfs() {
        let started = Instant::now();
        assert_eq!(pool.inspect(&bytes).unwrap().pages, None, "{what}");
        // At most twice: a worker that had worked before is not blamed at once.
        assert!(started.elapsed() < 2 * LIMIT + Duration::from_secs(10), "{what}");
        assert!(before == pool.render(&hostile("")).unwrap(), "{what}");
        assert_eq!(pool.inspect(&before).unwrap().pages, Some(1), "{what}");
    }
}

#[test]
fn a_pdf_that_unpacks_into_more_than_a_worker_may_hold_has_no_page_count() {
    let pool = pool(super::LETTER);
    assert_eq!(pool.inspect(&packed(1)).unwrap().pages, Some(1), "one that unpacks into a little");
    let bomb = packed(1024);
    assert!(bomb.len() < 8 << 20, "{} bytes", bomb.len());
    assert_eq!(pool.inspect(&bomb).unwrap().pages, None);
    assert_eq!(pool.inspect(&broken::notice()).unwrap().pages, Some(1));
}

/// A PDF of one page, whose objects lie packed in a stream, followed by that many mebibytes of spaces.
fn packed(mebibytes: usize) -> Vec<u8> {
    let script = "import sys, zlib
packer = zlib.compressobj(1)
tree, page = b'<< /Type /Pages /Kids [4 0 R] /Count 1 >>', b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'
head = b'2 0 4 %d ' % (len(tree) + 1)
data = packer.compress(head + tree + b' ' + page)
data += b''.join(packer.compress(b' ' * (1 << 20)) for _ in range(int(sys.argv[1]))) + packer.flush()
start = b'%PDF-1.7\\n'
catalogue = b'1 0 obj\\n<< /Type /Catalog /Pages 2 0 R >>\\nendobj\\n'
stream = b'5 0 obj\\n<< /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >>\\nstream\\n' % (len(head), len(data))
stream += data + b'\\nendstream\\nendobj\\n'
first, second = len(start), len(start + catalogue)
end = second + len(stream)
rows = [(0, 0, 255), (1, first, 0), (2, 5, 0), (0, 0, 0), (2, 5, 1), (1, second, 0), (1, end, 0)]
table = b''.join(bytes([kind]) + where.to_bytes(4, 'big') + bytes([more]) for kind, where, more in rows)
xref = b'6 0 obj\\n<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>\\nstream\\n' % len(table)
xref += table + b'\\nendstream\\nendobj\\n'
sys.stdout.buffer.write(start + catalogue + stream + xref + b'startxref\\n%d\\n%%%%EOF\\n' % end)
";
    run(command("python3").args(["-c", script, &mebibytes.to_string()])).unwrap()
}

#[test]
fn without_a_worker_the_machine_is_to_blame_and_not_the_pdf() {
    let pool = Pool::start(Path::new("/bin/false"), &files(super::LETTER), 1, LIMIT).unwrap();
    assert_eq!(pool.inspect(&broken::notice()).unwrap_err().code(), "render.start");
}

#[test]
fn workers_that_were_started_ahead_are_those_that_render_and_no_more() {
    let pool = Pool::start(Path::new(PROGRAM), &files(super::LETTER), 2, LIMIT).unwrap();
    pool.start_ahead();
    pool.start_ahead();
    let made = std::thread::scope(|scope| {
        let both = [0, 1].map(|_| scope.spawn(|| pool.render(&super::job("words")).unwrap()));
        both.map(|one| one.join().unwrap())
    });
    assert_eq!(made[0], made[1]);
    assert!(pool.pids().len() <= 2, "{:?}", pool.pids());
    // Those that cannot be started are told of by whoever needs one.
    let none = Pool::start(Path::new("/bin/false"), &files(super::LETTER), 1, LIMIT).unwrap();
    none.start_ahead();
    assert_eq!(none.inspect(&broken::notice()).unwrap_err().code(), "render.start");
}
