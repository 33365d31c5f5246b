//! Enters: the bytes of an opened PDF. Leaves: what the file holds behind what its pages show (earlier states, layers that
//! are off, pages that are not listed, drawings that nothing shows), with the words in it, for the guards that look for
//! other people (F32). Never: runs outside a worker, or reads more than a fixed number of states and characters.

use super::pdf_text;
use super::pdf_text::StandIn;
use despatch_documents::inspect::{Active, Behind, Inspection};
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::Resources;
use memchr::memmem;
use std::collections::BTreeSet;

/// The last line of each state of a file (ISO 32000-1, 7.5.6).
const END: &[u8] = b"%%EOF";
/// A file that is laid out for the web says so in its first object, and has two such lines (annex F).
const LINEARIZED: &[u8] = b"/Linearized";
const LINEARIZED_WITHIN: usize = 2048;
/// The most earlier states of a file that are read.
const STATES_MAX: usize = 16;
/// The most drawings that are read of one file, and the most characters of what no page shows.
const DRAWINGS_MAX: usize = 5_000;
const CHARACTERS_MAX: usize = 1_000_000;
/// The key under which layers are declared, and one of its length that no reader knows.
const LAYERS: &[u8] = b"/OCProperties";
const NO_LAYERS: &[u8] = b"/XCProperties";

/// Looks behind the pages of a file.
pub(super) fn look(bytes: &[u8], pdf: &Pdf, font: &StandIn, found: &mut Inspection) {
    let mut reading = Reading { font, left: CHARACTERS_MAX, found };
    reading.states(bytes);
    reading.objects(bytes, pdf);
    reading.layers(bytes, pdf);
    reading.drawings(pdf);
    reading.found.cut_short |= reading.left == 0;
}

struct Reading<'a> {
    font: &'a StandIn,
    /// The number of characters that may still be read.
    left: usize,
    found: &'a mut Inspection,
}

impl Reading<'_> {
    fn push(&mut self, text: &str) {
        let taken: String = text.chars().take(self.left).collect();
        self.left = self.left.saturating_sub(taken.chars().count());
        self.found.unseen.push_str(&taken);
        self.found.unseen.push('\n');
    }

    /// Reads the pages of each earlier state of the file.
    fn states(&mut self, bytes: &[u8]) {
        let mut ends = ends(bytes);
        // What stands behind the last is looked at with the rest of the file.
        ends.pop();
        let begins = bytes.get(..LINEARIZED_WITHIN).unwrap_or(bytes);
        if memmem::find(begins, LINEARIZED).is_some() && !ends.is_empty() {
            ends.remove(0);
        }
        if ends.is_empty() {
            return;
        }
        self.found.behind.insert(Behind::Revision);
        self.found.cut_short |= ends.len() > STATES_MAX;
        for end in ends.into_iter().take(STATES_MAX) {
            let state = bytes.get(..end).unwrap_or_default().to_vec();
            let Ok(pdf) = Pdf::new(state) else { continue };
            for page in pdf_text::texts(&pdf, self.font).0 {
                self.push(&page.text);
            }
        }
    }

    /// An object that stands in the file twice, or is in none of its lists, was taken out of use, and whoever looks into
    /// the file still finds it. One that is listed and cannot be read is a stream whose data lies in another file, or on
    /// the web (F31): a reader that fetches it shows what nobody has seen.
    fn objects(&mut self, bytes: &[u8], pdf: &Pdf) {
        let mut seen = BTreeSet::new();
        for (number, generation) in objects(bytes) {
            let id = ObjectIdentifier::new(number, generation);
            if pdf.xref().get::<Object<'_>>(id).is_some() {
                if !seen.insert(number) {
                    self.found.behind.insert(Behind::Revision);
                }
                continue;
            }
            match pdf.xref().get::<Dict<'_>>(id) {
                Some(dict) if dict.contains_key("F") => self.found.active.insert(Active::Elsewhere),
                _ => self.found.behind.insert(Behind::Revision),
            };
        }
    }

    /// Reads the pages as they are when no layer is off.
    fn layers(&mut self, bytes: &[u8], pdf: &Pdf) {
        if !may_hide(pdf) {
            return;
        }
        self.found.behind.insert(Behind::Layer);
        let mut open = bytes.to_vec();
        let mut from = 0;
        while let Some(at) = find(&open, LAYERS, from) {
            if let Some(key) = open.get_mut(at..at + LAYERS.len()) {
                key.copy_from_slice(NO_LAYERS);
            }
            from = at + LAYERS.len();
        }
        let Ok(pdf) = Pdf::new(open) else { return };
        for page in pdf_text::texts(&pdf, self.font).0 {
            self.push(&page.text);
        }
    }

    /// Reads each drawing by itself, whether or not a page shows it: forms, appearances of notes and fields, pages that
    /// no list names.
    fn drawings(&mut self, pdf: &Pdf) {
        let Some(base) = pdf.pages().first().map(|page| page.resources().clone()) else { return };
        let listed: BTreeSet<ObjectIdentifier> =
            pdf.pages().iter().filter_map(|page| page.raw().obj_id()).collect();
        let mut drawings = 0;
        for object in pdf.objects() {
            if drawings == DRAWINGS_MAX || self.left == 0 {
                self.found.cut_short = true;
                return;
            }
            match object {
                Object::Stream(stream) if is(stream.dict(), b"Subtype", b"Form") => {
                    drawings += 1;
                    self.drawing(pdf, &base, stream.dict(), std::slice::from_ref(&stream));
                }
                Object::Dict(page) if is(&page, b"Type", b"Page") => {
                    let is_listed = page.obj_id().is_none_or(|id| listed.contains(&id));
                    if !is_listed {
                        drawings += 1;
                        self.found.behind.insert(Behind::Page);
                        self.drawing(pdf, &base, &page, &contents(&page));
                    }
                }
                Object::Dict(page) if is(&page, b"Type", b"Template") => {
                    self.found.behind.insert(Behind::Page);
                    self.drawing(pdf, &base, &page, &contents(&page));
                }
                _ => {}
            }
        }
    }

    fn drawing<'p>(&mut self, pdf: &'p Pdf, base: &Resources<'p>, of: &Dict<'p>, streams: &[Stream<'p>]) {
        let own = of.get::<Dict<'_>>(b"Resources".as_slice()).unwrap_or_default();
        let resources = Resources::from_parent(own, base.clone());
        let decoded = streams.iter().filter_map(|stream| stream.decoded().ok());
        let content: Vec<u8> = decoded.flat_map(|content| [&*content, b"\n"].concat()).collect();
        let text = pdf_text::text_of(pdf, self.font, &content, &resources, self.left);
        if !text.trim().is_empty() {
            self.push(&text);
        }
    }
}

/// Returns where each state of a file ends, behind its last line.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut from = 0;
    while let Some(at) = find(bytes, END, from) {
        from = at + END.len();
        ends.push(from);
    }
    ends
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    memmem::find(bytes.get(from..)?, what).map(|at| from + at)
}

/// Returns the number and generation of each object that the bytes of the file hold: `12 0 obj`.
fn objects(bytes: &[u8]) -> Vec<(i32, i32)> {
    const WORD: &[u8] = b"obj";
    const BEFORE: usize = 30;
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find(bytes, WORD, from) {
        from = at + WORD.len();
        let before = bytes.get(at.saturating_sub(BEFORE)..at).unwrap_or_default();
        if !before.last().is_some_and(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            continue;
        }
        let words =
            before.rsplit(|byte| byte.is_ascii_whitespace() || *byte == 0).filter(|word| !word.is_empty());
        let mut numbers = words.take(2).map(|word| std::str::from_utf8(word).ok()?.parse::<i32>().ok());
        if let (Some(Some(generation)), Some(Some(number))) = (numbers.next(), numbers.next()) {
            found.push((number, generation));
        }
    }
    found
}

/// Returns whether a layer is off, or may be: in the file's own list, by a rule, or when it is printed.
fn may_hide(pdf: &Pdf) -> bool {
    if !pdf.xref().has_optional_content_groups() {
        return false;
    }
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let layers = root.and_then(|root| root.get::<Dict<'_>>(b"OCProperties".as_slice()));
    let Some(layers) = layers else { return true };
    let off = |config: &Dict<'_>| {
        let listed =
            config.get::<Array<'_>>(b"OFF".as_slice()).is_some_and(|off| off.raw_iter().next().is_some());
        listed || config.contains_key("BaseState") && !is(config, b"BaseState", b"ON")
    };
    let own = layers.get::<Dict<'_>>(b"D".as_slice());
    let others = layers.get::<Array<'_>>(b"Configs".as_slice());
    let others = others.is_some_and(|configs| configs.iter::<Dict<'_>>().any(|config| off(&config)));
    own.is_none_or(|own| off(&own)) || others || pdf.objects().into_iter().any(|object| hides(&object))
}

/// Returns whether an object says when a layer is hidden: a rule of membership, a state by use, an action.
fn hides(object: &Object<'_>) -> bool {
    let Object::Dict(dict) = object else { return false };
    let by_rule = is(dict, b"Type", b"OCMD") && (dict.contains_key("VE") || dict.contains_key("P"));
    let by_use = dict.get::<Dict<'_>>(b"Usage".as_slice()).is_some_and(|usage| {
        let state = |of: &[u8], key: &[u8]| usage.get::<Dict<'_>>(of).is_some_and(|of| is(&of, key, b"OFF"));
        state(b"View", b"ViewState") || state(b"Print", b"PrintState") || state(b"Export", b"ExportState")
    });
    by_rule || by_use || is(dict, b"S", b"SetOCGState")
}

/// The streams that draw a page.
fn contents<'p>(page: &Dict<'p>) -> Vec<Stream<'p>> {
    match page.get::<Object<'_>>(b"Contents".as_slice()) {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Array(streams)) => streams.iter::<Stream<'_>>().collect(),
        _ => Vec::new(),
    }
}

/// Returns whether an entry of a dictionary is this name.
fn is(dict: &Dict<'_>, key: &[u8], name: &[u8]) -> bool {
    dict.get::<Name<'_>>(key).is_some_and(|found| &*found == name)
}
