//! Enters: a PDF, anybody's, and the number of one of its pages. Leaves: how many pages it has, and a picture and the text
//! of that one. Never: runs outside a worker, or draws more points than a screen can use.

use super::pdf_text::{StandIn, text_of_page};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The longer side of a picture at most, in points of a screen, whatever the page says of its size.
const SIDE_MAX: f32 = 3_200.0;
/// PDF units in an inch.
const POINTS_PER_INCH: f32 = 72.0;

/// One page of a document, as a reviewer looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePicture {
    /// How many pages the document has.
    pub pages: usize,
    pub text: String,
    /// A PNG in colour; empty where only the text was asked for.
    pub picture: Vec<u8>,
}

/// Draws a page, counted from 1, with `ppi` pixels to the inch (0: its text alone); `None` if there is none or it cannot be drawn.
pub(super) fn draw(pdf: Vec<u8>, number: usize, ppi: u16, font: &StandIn) -> Option<PagePicture> {
    let pdf = Pdf::new(pdf).ok()?;
    let pages = pdf.pages();
    let page = pages.get(number.checked_sub(1)?)?;
    let text = text_of_page(&pdf, number - 1, font);
    if ppi == 0 {
        return Some(PagePicture { pages: pages.len(), text, picture: Vec::new() });
    }
    let (width, height) = page.render_dimensions();
    let fits = SIDE_MAX / width.max(height).max(1.0);
    let scale = (f32::from(ppi) / POINTS_PER_INCH).min(fits);
    let settings =
        RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let resolved = font.0.clone();
    let interpreter = InterpreterSettings {
        font_resolver: Arc::new(move |_| Some((resolved.clone(), 0))),
        ..InterpreterSettings::default()
    };
    let picture = in_colour(&render(page, &RenderCache::new(), &interpreter, &settings))?;
    Some(PagePicture { pages: pages.len(), text, picture })
}

/// Encodes a picture in colour; what is drawn over white has no transparency left.
fn in_colour(picture: &Pixmap) -> Option<Vec<u8>> {
    let points = picture.data().iter().flat_map(|dot| [dot.r, dot.g, dot.b]).collect::<Vec<u8>>();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width().into(), picture.height().into());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&points).ok()?;
    writer.finish().ok()?;
    Some(file)
}
