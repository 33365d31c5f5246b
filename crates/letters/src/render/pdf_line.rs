//! Enters: the glyphs of one line of a PDF, with the gap before each. Leaves: its text, with spaces where words end.
//! Never: takes letters that stand apart for words because they all do.

/// A wider gap between two glyphs is a space, in ems (a word space is about 0.25, the loosest letter spacing 0.1).
const GAP_EMS: f64 = 0.16;
/// Where letters are spaced out, a space is also a longer step from letter to letter than most, by this factor: each may
/// stand in the middle of a cell, whatever its width.
const STEP: f64 = 1.2;
/// Letters are spaced out by less than this, in ems; what stands further apart are columns.
const SPACED_MAX: f64 = 1.0;
/// From so many gaps on, one can tell that the letters of a line are spaced out.
const GAPS_MIN: usize = 6;
/// The most glyphs of one line.
const GLYPHS_MAX: usize = 4_096;

/// One line, glyph by glyph.
#[derive(Default)]
pub(super) struct Line {
    glyphs: Vec<Placed>,
}

/// Where a glyph stands after the one before it, in ems.
#[derive(Clone, Copy)]
pub(super) struct After {
    /// From where that one ended.
    pub(super) gap: f64,
    /// From where that one began.
    pub(super) step: f64,
}

/// The text of a glyph, and where it stands; unknown at the beginning of a line.
struct Placed {
    after: Option<After>,
    text: String,
}

impl Placed {
    fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}

impl Line {
    pub(super) fn push(&mut self, after: Option<After>, text: &str) {
        self.glyphs.push(Placed { after, text: text.to_owned() });
    }

    pub(super) fn is_full(&self) -> bool {
        self.glyphs.len() >= GLYPHS_MAX
    }

    /// Returns the line's text, given whether a space or a new line stands before it.
    pub(super) fn text(&self, mut after_blank: bool) -> String {
        let space = self.space();
        let mut text = String::new();
        for glyph in &self.glyphs {
            let is_apart = |after: After| after.gap > space.gap && after.step > space.step;
            if glyph.after.is_some_and(is_apart) && !after_blank {
                text.push(' ');
                after_blank = true;
            }
            if !(glyph.is_blank() && after_blank) {
                text.push_str(&glyph.text);
                after_blank = glyph.is_blank();
            }
        }
        text
    }

    /// Returns beyond which gap and step there is a space. Where most letters stand apart, they are spaced out (for
    /// emphasis, in a heading, by a program that places each by itself), and a space is wider than what is between them.
    fn space(&self) -> After {
        let pairs = self.glyphs.windows(2);
        let between = pairs.filter(|pair| pair.iter().all(|glyph| !glyph.is_blank()));
        let between: Vec<After> = between.filter_map(|pair| pair.last()?.after).collect();
        let gap = middle(between.iter().map(|after| after.gap));
        if between.len() < GAPS_MIN || !(GAP_EMS..SPACED_MAX).contains(&gap) {
            return After { gap: GAP_EMS, step: f64::NEG_INFINITY };
        }
        After { gap: gap + GAP_EMS, step: middle(between.iter().map(|after| after.step)) * STEP }
    }
}

/// Returns the middle one of some numbers, by size.
fn middle(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}
