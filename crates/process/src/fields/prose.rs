//! Enters: free text in a subset of CommonMark: paragraphs, lists, emphasis, quotes. Leaves: its blocks.
//! Never: accepts a heading, link, picture, code or other markup, or silently drops a word.

use super::codes::{self, Code};
use super::text::{self, Wrong};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde::Serialize;
use std::ops::Range;
use std::vec::IntoIter;

/// Maximum characters of one free text: about eight pages, more than a decision letter says on one point, and little
/// enough that a case of nothing else stays within the file size limit.
pub const MAX_PROSE: usize = 20_000;
/// Maximum nesting of lists and quotes; deeper ones leave no room for words on a page.
pub const MAX_NESTING: usize = 4;

/// An official's free text, as blocks that a template typesets.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Prose(Vec<Block>);

impl Prose {
    /// Returns the words alone, one line per paragraph.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.0.iter().for_each(|block| block.push_text(&mut text));
        text
    }

    /// Returns the blocks in order; there is at least one.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }
}

/// One block of free text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Paragraph { spans: Vec<Span> },
    List { ordered: bool, items: Vec<Vec<Block>> },
    Quote { blocks: Vec<Block> },
}

impl Block {
    fn push_text(&self, text: &mut String) {
        match self {
            Block::Paragraph { spans } => {
                spans.iter().for_each(|span| text.push_str(&span.text));
                text.push('\n');
            }
            Block::List { items, .. } => items.iter().flatten().for_each(|block| block.push_text(text)),
            Block::Quote { blocks } => blocks.iter().for_each(|block| block.push_text(text)),
        }
    }
}

/// Text within a paragraph; emphasis of either kind is strong, because letters have no italics (GOV.UK style).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    pub text: String,
    pub strong: bool,
}

/// Parses free text.
///
/// # Errors
/// The text breaks a rule; every fault is returned, at least one, and repetitions are reported once.
pub(crate) fn parse(text: &str) -> Result<Prose, Vec<Wrong>> {
    if text.trim().is_empty() {
        let cure = "write the text; where there is nothing to say, say so in words";
        return Err(vec![(codes::TEXT_EMPTY, "there is no text here".to_owned(), cure.to_owned())]);
    }
    let length = text.chars().count();
    if length > MAX_PROSE {
        let cause = format!("the text has {length} characters, and {MAX_PROSE} is the most");
        return Err(vec![(codes::TEXT_LONG, cause, format!("shorten it to {MAX_PROSE} characters"))]);
    }
    // Constructs that are not enabled would pass as plain text, so those to be refused are enabled.
    let refused = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let parser = Parser::new_ext(text, refused);
    let targets: Vec<usize> =
        parser.reference_definitions().iter().map(|(_, link)| link.span.start).collect();
    let events = parser.into_offset_iter().collect::<Vec<_>>();
    let mut reading = Reading {
        text,
        events: events.into_iter(),
        strong: 0,
        found: Vec::new(),
        wrong: Vec::new(),
        empty: None,
    };
    reading.characters();
    // A link definition is not an event, so it would vanish silently.
    targets.into_iter().for_each(|at| reading.found(&LINK_TARGET, at));
    let blocks = reading.blocks(0);
    reading.finish(blocks)
}

/// A CommonMark construct that letters do not have.
#[derive(Debug, PartialEq)]
struct Construct {
    what: &'static str,
    cure: &'static str,
}

const fn construct(what: &'static str, cure: &'static str) -> Construct {
    Construct { what, cure }
}

const HEADING: Construct =
    construct("a heading (# at the start of a line)", "remove the #, or put a backslash before it");
const UNDERLINED: Construct = construct(
    "a heading (a line of = or - right under text)",
    "remove that line, or put a backslash before it",
);
const LINK: Construct = construct(
    "a link ([ ] with an address behind it, or an address in < >)",
    "write the words and the address plainly, or put a backslash before the [ or the <",
);
const LINK_TARGET: Construct = construct(
    "the address of a link ([ ]: at the start of a line)",
    "write the address plainly, or put a backslash before the [",
);
const PICTURE: Construct = construct("a picture (![ ])", "remove it, or put a backslash before the [");
const CODE: Construct =
    construct("code (text between back quotes)", "remove the back quotes, or put a backslash before each");
const INDENTED: Construct =
    construct("code (four or more spaces before a line)", "remove the spaces before that line");
const FENCED: Construct =
    construct("code (a line of ``` or ~~~)", "remove that line, or put a backslash before it");
const MARKUP: Construct = construct(
    "HTML (a < right before a letter, / ! or ?)",
    "put a backslash before the <, or a space behind it",
);
const TABLE: Construct =
    construct("a table (a line of - and |)", "write it as a list, or put a backslash before each |");
const RULE: Construct =
    construct("a rule (a line of ***, --- or ___)", "remove that line, or put a backslash before it");
const FOOTNOTE: Construct =
    construct("a footnote ([^ ])", "write the note in the text, or put a backslash before the [");
const STRUCK_OUT: Construct =
    construct("struck-out text (between ~ or ~~)", "remove it, or put a backslash before each ~");
const OTHER: Construct = construct("something that a letter does not have", "write it as a paragraph");

/// The state of parsing a text: the remaining events, and the faults so far.
struct Reading<'t> {
    text: &'t str,
    /// Each with its byte range.
    events: IntoIter<(Event<'t>, Range<usize>)>,
    /// The nesting depth of open emphasis.
    strong: usize,
    /// Constructs, each with the byte offset of the first and their number.
    found: Vec<(&'static Construct, usize, usize)>,
    /// At most one for each code.
    wrong: Vec<Wrong>,
    /// The first empty item, quote or paragraph.
    empty: Option<usize>,
}

impl Reading<'_> {
    /// Reads the blocks up to the end of the enclosing item or quote, or of the text. `depth`, the number of
    /// enclosing lists and quotes, is at most [`MAX_NESTING`], which bounds the recursion.
    fn blocks(&mut self, depth: usize) -> Vec<Block> {
        let (mut blocks, mut spans) = (Vec::new(), Vec::new());
        while let Some((event, range)) = self.events.next() {
            let at = range.start;
            match event {
                Event::Text(text) => self.text(&mut spans, &text, at),
                Event::SoftBreak | Event::HardBreak => self.text(&mut spans, " ", at),
                Event::Start(Tag::Emphasis | Tag::Strong) => self.strong += 1,
                Event::End(TagEnd::Emphasis | TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {
                    self.paragraph(&mut blocks, &mut spans, at);
                }
                Event::Start(tag @ (Tag::List(_) | Tag::BlockQuote(_))) => {
                    self.paragraph(&mut blocks, &mut spans, at);
                    if depth == MAX_NESTING {
                        self.too_deep(at);
                    } else if let Tag::List(first) = tag {
                        blocks.push(self.list(first.is_some(), depth + 1));
                    } else {
                        let inner = self.blocks(depth + 1);
                        self.filled(&inner, at);
                        blocks.push(Block::Quote { blocks: inner });
                    }
                }
                Event::End(TagEnd::Item | TagEnd::BlockQuote(_)) => break,
                event => self.refused(&event, &range),
            }
        }
        self.paragraph(&mut blocks, &mut spans, self.text.len());
        blocks
    }

    /// Reads the items up to the end of the list.
    fn list(&mut self, ordered: bool, depth: usize) -> Block {
        let (mut items, mut numbers) = (Vec::new(), Vec::new());
        while let Some((Event::Start(_), Range { start: at, .. })) = self.events.next() {
            numbers.push((at, self.number(at)));
            let inner = self.blocks(depth);
            self.filled(&inner, at);
            items.push(inner);
        }
        let stray = numbers.iter().zip(1_u64..).find(|((_, number), due)| *number != Some(*due));
        if ordered
            && let Some(((at, _), due)) = stray
            && numbers.iter().any(|(_, number)| *number != Some(1))
        {
            let cause = format!("line {} begins item {due} of a list with another number", self.line(*at));
            let cure = "number a list 1, 2, 3; where the number is no item's, put a backslash before its dot";
            self.once(codes::PROSE_NUMBER, cause, cure);
        }
        Block::List { ordered, items }
    }

    /// Returns the number written at this offset.
    fn number(&self, at: usize) -> Option<u64> {
        let written = self.text.get(at..)?.trim_start();
        let end = written.find(|c: char| !c.is_ascii_digit())?;
        written.get(..end)?.parse().ok()
    }

    /// Skips a list or quote that is nested too deep.
    fn too_deep(&mut self, at: usize) {
        let cause = format!("line {} is nested in more than {MAX_NESTING} lists or quotes", self.line(at));
        self.once(codes::PROSE_DEEP, cause, "write it in fewer levels");
        let mut open = 1_usize;
        while let Some((event, range)) = self.events.next() {
            self.refused(&event, &range);
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    /// Records whatever is not part of the subset.
    fn refused(&mut self, event: &Event, range: &Range<usize>) {
        let mut at = range.start;
        let construct = match event {
            Event::Start(Tag::Heading { .. }) => match self.underline(range) {
                None => &HEADING,
                Some(underline) => {
                    at = underline;
                    &UNDERLINED
                }
            },
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => &FENCED,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => &INDENTED,
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => &MARKUP,
            Event::Start(Tag::Link { .. }) => &LINK,
            Event::Start(Tag::Image { .. }) => &PICTURE,
            Event::Start(Tag::Table(_)) => &TABLE,
            Event::Start(Tag::FootnoteDefinition(_)) | Event::FootnoteReference(_) => &FOOTNOTE,
            Event::Start(Tag::Strikethrough) => &STRUCK_OUT,
            Event::Code(_) => &CODE,
            Event::Rule => &RULE,
            // Parts of what is already refused, or of the subset.
            Event::End(_)
            | Event::Html(_)
            | Event::Text(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Start(
                Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::Paragraph
                | Tag::List(_)
                | Tag::Item
                | Tag::BlockQuote(_)
                | Tag::Emphasis
                | Tag::Strong,
            ) => return,
            Event::Start(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::TaskListMarker(_) => {
                &OTHER
            }
        };
        self.found(construct, at);
    }

    /// Returns the offset of a heading's last line, if that line makes it a heading.
    fn underline(&self, range: &Range<usize>) -> Option<usize> {
        let heading = self.text.get(range.clone())?.trim_end();
        heading.ends_with(['=', '-']).then(|| heading.rfind('\n').map(|at| range.start + at + 1)).flatten()
    }

    /// Adds text to a paragraph. `&zwj;` and the like stand for characters that the file itself does not contain.
    fn text(&mut self, spans: &mut Vec<Span>, words: &str, at: usize) {
        if let Some((_, c)) = text::hidden(words).into_iter().find(|(_, c)| *c != '\n') {
            let (line, code) = (self.line(at), u32::from(c));
            let cause =
                format!("line {line} writes U+{code:04X} as &…;, and a reader cannot see that character");
            self.once(codes::TEXT_CHARACTER, cause, "delete it, or put a backslash before the &");
        }
        let strong = self.strong > 0;
        match spans.last_mut() {
            Some(span) if span.strong == strong => span.text += words,
            _ => spans.push(Span { text: words.to_owned(), strong }),
        }
    }

    /// Closes the open paragraph, if any, before the byte `end`.
    fn paragraph(&mut self, blocks: &mut Vec<Block>, spans: &mut Vec<Span>, end: usize) {
        let spans = std::mem::take(spans);
        let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
        self.add(text::marks_fault(&whole, " in a paragraph"));
        if spans.is_empty() {
            return;
        }
        if whole.trim().is_empty() {
            self.empty.get_or_insert(end);
        }
        let composed = |span: Span| Span { text: text::composed(&span.text), ..span };
        blocks.push(Block::Paragraph { spans: spans.into_iter().map(composed).collect() });
    }

    /// Records an empty item or quote.
    fn filled(&mut self, blocks: &[Block], at: usize) {
        if blocks.is_empty() {
            self.empty.get_or_insert(at);
        }
    }

    /// Checks the characters of the file itself.
    fn characters(&mut self) {
        self.add(text::scripts_fault(self.text));
        let mut hidden = text::hidden(self.text);
        hidden.retain(|(_, c)| *c != '\n');
        let line = |index| self.text.chars().take(index).filter(|c| *c == '\n').count() + 1;
        let fault = text::hidden_fault(&hidden, |index| format!("line {} holds", line(index)));
        self.add(fault.map(|(code, cause, cure)| match hidden.first() {
            Some((_, '\r')) => (code, cause, "end each line with \\n alone".to_owned()),
            Some((_, '\t')) => (code, cause, "write spaces in place of the tab".to_owned()),
            _ => (code, cause, cure),
        }));
    }

    /// Returns the line of a byte, counted from 1.
    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
    }

    fn found(&mut self, construct: &'static Construct, at: usize) {
        match self.found.iter_mut().find(|(known, ..)| *known == construct) {
            Some((_, first, times)) => (*first, *times) = (at.min(*first), *times + 1),
            None => self.found.push((construct, at, 1)),
        }
    }

    /// Adds a fault, unless there is already one with its code.
    fn once(&mut self, code: Code, cause: String, cure: &str) {
        self.add(Some((code, cause, cure.to_owned())));
    }

    fn add(&mut self, wrong: Option<Wrong>) {
        let is_new = |(code, ..): &Wrong| self.wrong.iter().all(|(known, ..)| known != code);
        self.wrong.extend(wrong.filter(is_new));
    }

    /// Returns the text, or all its faults, constructs in line order.
    fn finish(mut self, blocks: Vec<Block>) -> Result<Prose, Vec<Wrong>> {
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|(_, first, _)| *first);
        for (construct, first, times) in found {
            let more = if times > 1 { format!(", and {} more such", times - 1) } else { String::new() };
            let cause = format!(
                "line {} holds {}{more}, which a letter cannot have",
                self.line(first),
                construct.what
            );
            self.wrong.push((codes::PROSE_CONSTRUCT, cause, construct.cure.to_owned()));
        }
        let empty = self.empty.or(blocks.is_empty().then_some(0)).filter(|_| self.wrong.is_empty());
        if let Some(at) = empty {
            let cause =
                format!("line {} is an item, a quote or a paragraph with no text in it", self.line(at));
            self.once(codes::TEXT_EMPTY, cause, "write its text, or remove it");
        }
        if self.wrong.is_empty() { Ok(Prose(blocks)) } else { Err(self.wrong) }
    }
}
