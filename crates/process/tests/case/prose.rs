//! Enters: free text, as a caseworker types it. Leaves: the proof that a letter gets its words, all of them and
//! nothing else, or the caseworker the line and the cure.
//! Never: asks the parser under it what is right; every expectation is written out here.

use super::{change, valid};
use despatch_process::case::{self, Block, Event, MAX_NESTING, MAX_PROSE};
use serde_json::json;

/// The blocks of a text, or its faults as `code: cause; cure`.
fn read(text: &str) -> Result<Vec<Block>, Vec<String>> {
    let mut file = valid("concerns-raised.json");
    change(&mut file, "/event/concerns", Some(json!(text)));
    match case::parse(file.to_string().as_bytes()) {
        Ok(case) => {
            let Event::ConcernsRaised(event) = case.event else { panic!("another event") };
            Ok(event.concerns.blocks().to_vec())
        }
        Err(faults) => {
            assert!(faults.iter().all(|fault| fault.at == "/event/concerns"), "{faults:?}");
            Err(faults.iter().map(|f| format!("{}: {}; {}", f.code, f.cause, f.cure)).collect())
        }
    }
}

/// Blocks on one line: `p(…)`, `ul(i(…) …)`, `ol(…)` and `q(…)`, with what is strong in `[ ]`.
fn shown(blocks: &[Block]) -> String {
    let all: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph { spans } => {
                let spans: String = spans
                    .iter()
                    .map(|span| if span.strong { format!("[{}]", span.text) } else { span.text.clone() })
                    .collect();
                format!("p({spans})")
            }
            Block::List { ordered, items } => {
                let items: Vec<String> = items.iter().map(|item| format!("i({})", shown(item))).collect();
                format!("{}({})", if *ordered { "ol" } else { "ul" }, items.join(" "))
            }
            Block::Quote { blocks } => format!("q({})", shown(blocks)),
        })
        .collect();
    all.join(" ")
}

#[test]
fn what_a_letter_can_have_comes_through_as_blocks() {
    let table = [
        ("One line", "p(One line)"),
        ("One\n\n\nTwo\n", "p(One) p(Two)"),
        ("a soft\nbreak", "p(a soft break)"),
        ("a hard  \nbreak and\\\nanother", "p(a hard break and another)"),
        ("*one* **two** _three_ __four__", "p([one] [two] [three] [four])"),
        ("***both*** **in *each* other**", "p([both] [in each other])"),
        ("with**in** a word", "p(with[in] a word)"),
        ("- a\n- b", "ul(i(p(a)) i(p(b)))"),
        ("* a\n\n* b\n\n  more", "ul(i(p(a)) i(p(b) p(more)))"),
        ("1. a\n2. b", "ol(i(p(a)) i(p(b)))"),
        ("1) a\n1) b", "ol(i(p(a)) i(p(b)))"),
        ("- a\n  1. b\n     - c\n       > d", "ul(i(p(a) ol(i(p(b) ul(i(p(c) q(p(d))))))))"),
        ("- a **b\n  c** d", "ul(i(p(a [b c] d)))"),
        ("Before:\n- a\n\nAfter", "p(Before:) ul(i(p(a))) p(After)"),
        ("> a\n> b\n>\n> - c", "q(p(a b) ul(i(p(c))))"),
        ("Ṣàngó ስም ∆ £5 – “quoted”", "p(Ṣàngó ስም ∆ £5 – “quoted”)"),
    ];
    for (text, expected) in table {
        let blocks = read(text).unwrap_or_else(|faults| panic!("{text:?}: {faults:?}"));
        assert_eq!(shown(&blocks), expected, "{text:?}");
    }
}

#[test]
fn signs_that_mean_nothing_are_plain_text() {
    let table = [
        "5 < 6 and 7 > 6, <3",
        "item #1, #urgent",
        "the file a_b_c.pdf",
        "2 * 3 * 4",
        "https://www.example.invalid/a_b?c=d&e and a@example.invalid",
        "R&D, AT&T; Smith & Co",
        "[see page 3] and (page 4)",
        "a | b, about ~5 to ~6",
        "half `a quote",
        "[ ] not ticked",
        "1986 was the year. 2) too",
        "C:\\reports",
        "<e.g. this> and < b >",
        "a ^ b = $5 {c}",
    ];
    for text in table {
        assert_eq!(read(text).map(|blocks| shown(&blocks)), Ok(format!("p({text})")));
    }
}

#[test]
fn what_a_letter_cannot_have_is_named_with_its_line_and_the_cure_works() {
    // The text, the line and the words of the fault, the text mended as the cure says, and what is read then.
    let table = [
        ("a\n\n# b", 3, "a heading (#", "a\n\n\\# b", "p(a) p(# b)"),
        ("a\n---", 2, "a heading (a line of", "a\n\\---", "p(a ---)"),
        ("a\n\n***", 3, "a rule", "a\n\n\\***", "p(a) p(***)"),
        ("a [b](c)", 1, "a link", "a \\[b](c)", "p(a [b](c))"),
        ("a\n<https://b.invalid>", 2, "a link", "a\nhttps://b.invalid", "p(a https://b.invalid)"),
        ("[1]: unclear", 1, "the address of a link", "\\[1]: unclear", "p([1]: unclear)"),
        ("![a](b)", 1, "a picture", "!\\[a](b)", "p(![a](b))"),
        ("a `b`", 1, "code (text between", "a \\`b\\`", "p(a `b`)"),
        ("a\n\n    b", 3, "code (four", "a\n\nb", "p(a) p(b)"),
        ("```\na\n```", 1, "code (a line of", "\\```\na\n\\```", "p(``` a ```)"),
        ("a\nthe <name> b", 2, "HTML", "a\nthe \\<name> b", "p(a the <name> b)"),
        ("<div>\na\n</div>", 1, "HTML", "\\<div>\na\n\\</div>", "p(<div> a </div>)"),
        ("a <!-- b -->", 1, "HTML", "a < !-- b -->", "p(a < !-- b -->)"),
        ("|a|b|\n|-|-|\n|c|d|", 1, "a table", "- a, b\n- c, d", "ul(i(p(a, b)) i(p(c, d)))"),
        ("a[^1]\n\n[^1]: b", 1, "a footnote", "a\\[^1]\n\n\\[^1]: b", "p(a[^1]) p([^1]: b)"),
        ("a ~~b~~", 1, "struck-out text", "a \\~\\~b\\~\\~", "p(a ~~b~~)"),
    ];
    for (text, line, what, mended, expected) in table {
        let faults = read(text).expect_err(text);
        let said = format!("prose.construct: line {line} holds {what}");
        assert!(faults.iter().any(|fault| fault.starts_with(&said)), "{text:?}: {faults:?}");
        assert!(faults.iter().all(|fault| fault.starts_with("prose.construct")), "{text:?}: {faults:?}");
        let blocks = read(mended).unwrap_or_else(|faults| panic!("{mended:?}: {faults:?}"));
        assert_eq!(shown(&blocks), expected, "{mended:?}");
    }
}

#[test]
fn a_construct_that_stands_there_often_is_told_once_and_every_other_one_too() {
    let faults = read("# a\n\n# b\n\n`c`\n\n# d").expect_err("headings and code");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].contains("line 1 holds a heading") && faults[0].contains("and 2 more such"),
        "{faults:?}"
    );
    assert!(faults[1].contains("line 5 holds code"), "{faults:?}");
}

#[test]
fn a_list_whose_numbers_would_change_is_refused() {
    let table = [
        ("a\n\n1986. The year.", "line 3 begins item 1"),
        ("1. a\n3. b", "line 2 begins item 2"),
        ("0. a\n1. b", "line 1 begins item 1"),
        ("1. a\n1. b\n2. c", "line 2 begins item 2"),
    ];
    for (text, said) in table {
        let faults = read(text).expect_err(text);
        assert!(faults.len() == 1 && faults[0].starts_with("prose.number: "), "{text:?}: {faults:?}");
        assert!(faults[0].contains(said), "{text:?}: {faults:?}");
    }
    // Within a paragraph a number but 1 begins no list, and so stays as it is.
    assert_eq!(read("in\n1986. There").map(|blocks| shown(&blocks)), Ok("p(in 1986. There)".to_owned()));
    assert_eq!(read("1986\\. The year.").map(|blocks| shown(&blocks)), Ok("p(1986. The year.)".to_owned()));
}

#[test]
fn text_without_words_is_refused_wherever_it_stands() {
    for text in ["", " \n\n ", "> ", "- ", "- a\n-\n- b", "> a\n\n> -", "&nbsp;", "1. "] {
        let faults = read(text).expect_err(text);
        assert!(faults.len() == 1 && faults[0].starts_with("text.empty: "), "{text:?}: {faults:?}");
    }
}

#[test]
fn what_a_reader_cannot_see_is_refused_however_it_is_written() {
    let table = [
        ("a\n\nb\u{200b}c\u{202e}", "line 3 holds U+200B, and 1 more such"),
        ("a\r\nb\r\n", "line 1 holds U+000D, and 1 more such"),
        ("a\tb", "line 1 holds U+0009"),
        ("a\0b", "line 1 holds U+0000"),
        ("a\n&zwj;", "line 2 writes U+200D as &…;"),
        ("a &#x202E; b", "line 1 writes U+202E as &…;"),
        ("&#0;", "line 1 writes U+FFFD as &…;"),
    ];
    for (text, said) in table {
        let faults = read(text).expect_err(text);
        assert!(faults.len() == 1 && faults[0].starts_with("text.character: "), "{text:?}: {faults:?}");
        assert!(faults[0].contains(said), "{text:?}: {faults:?}");
    }
    let marks = format!("a{}", "\u{301}".repeat(9));
    assert!(read(&marks).expect_err("nine marks")[0].starts_with("text.marks: 9 combining marks"));
    let marks = format!("a{}", "&#769;".repeat(9));
    assert!(read(&marks).expect_err("nine marks")[0].starts_with("text.marks: 9 combining marks"));
}

#[test]
fn length_and_depth_have_their_limits() {
    assert!(read(&"é".repeat(MAX_PROSE)).is_ok());
    assert!(read(&"é".repeat(MAX_PROSE + 1)).expect_err("too long")[0].starts_with("text.long: "));
    let quotes = |depth: usize| format!("{}a", "> ".repeat(depth));
    assert!(read(&quotes(MAX_NESTING)).is_ok());
    let lists =
        |depth: usize| (0..depth).map(|level| format!("{}- a\n", "  ".repeat(level))).collect::<String>();
    assert!(read(&lists(MAX_NESTING)).is_ok());
    for deep in [quotes(MAX_NESTING + 1), lists(MAX_NESTING + 1), ">".repeat(MAX_PROSE)] {
        let faults = read(&deep).expect_err("too deep");
        assert!(faults.len() == 1 && faults[0].starts_with("prose.deep: "), "{faults:?}");
    }
    assert!(
        read(&lists(MAX_NESTING + 1)).expect_err("too deep")[0].contains("line 5 is nested in more than 4")
    );
}

/// Every word of the blocks, in their order.
fn words(blocks: &[Block], found: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { spans } => spans.iter().for_each(|span| found.push_str(&span.text)),
            Block::List { items, .. } => items.iter().for_each(|item| words(item, found)),
            Block::Quote { blocks } => words(blocks, found),
        }
    }
}

/// What texts are made of here: words, and every sign that shapes something.
const PIECES: &[&str] = &[
    "alpha",
    "b c",
    " ",
    "    ",
    "\n",
    "\n\n",
    "- ",
    "* ",
    "> ",
    "1. ",
    "2) ",
    "*",
    "**",
    "_",
    "`",
    "```",
    "~~",
    "# ",
    "---",
    "===",
    "|",
    "|-|",
    "[",
    "]",
    "(",
    ")",
    "![",
    "[^a]",
    "[^a]: ",
    "[a]: ",
    "](b)",
    "<",
    ">",
    "<b>",
    "<!--",
    "-->",
    "<?",
    "&",
    "\\",
    "\\\n",
    "  \n",
    "ሀ",
    "http://x",
    "<http://x>",
    ":",
    "\"",
    "'",
    "[x] ",
    "$",
    "!",
];

#[test]
fn no_word_is_ever_dropped_from_a_text_that_is_accepted() {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("it is below a usize")
    };
    let mut accepted = 0;
    for _ in 0..20_000 {
        let text: String = (0..=random(24)).map(|_| PIECES[random(PIECES.len())]).collect();
        let Ok(blocks) = read(&text) else {
            continue;
        };
        let mut found = String::new();
        words(&blocks, &mut found);
        assert_eq!(letters(&found), letters(&text), "{text:?} became {}", shown(&blocks));
        accepted += 1;
    }
    assert!(accepted > 2000, "{accepted} texts were accepted: too few to show anything");
}
