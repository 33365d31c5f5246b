//! Enters: a document in clear. Leaves: its pages, each as a picture and as text.
//! Never: reads a PDF in this process, or keeps one.

use super::Failure;
use despatch_core::fault::Fault;
pub use despatch_letters::render::page_picture::PagePicture;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use std::collections::BTreeMap;
use std::path::Path;

/// How many pages are drawn at once.
const WORKERS: usize = 2;

/// Pixels to the inch of a page that fits a screen, and of one that is looked at closely.
pub const PPI: [u16; 3] = [80, 130, 220];

/// Draws pages, in processes that have nothing but the document.
pub struct Pictures(Pool);

impl Pictures {
    /// Makes ready to draw with `program`, which is this one; the processes start when they are first needed.
    ///
    /// # Errors
    /// The program is no file.
    pub fn start(program: &Path) -> Result<Self, Failure> {
        Ok(Self(Pool::start(program, &BTreeMap::new(), WORKERS, TIME_LIMIT)?))
    }

    /// Draws one page of a document, counted from 1, at one of [`PPI`].
    ///
    /// # Errors
    /// There is no such page, or it cannot be drawn; no process can be started.
    pub fn page(&self, name: &str, pdf: &[u8], page: u32, zoom: usize) -> Result<PagePicture, Failure> {
        let ppi = PPI.get(zoom).copied().unwrap_or(PPI[0]);
        self.drawn(name, pdf, page, ppi)
    }

    /// Reads one page of a document, counted from 1, without its picture.
    ///
    /// # Errors
    /// As for [`Pictures::page`].
    pub fn text(&self, name: &str, pdf: &[u8], page: u32) -> Result<PagePicture, Failure> {
        self.drawn(name, pdf, page, 0)
    }

    fn drawn(&self, name: &str, pdf: &[u8], page: u32, ppi: u16) -> Result<PagePicture, Failure> {
        let drawn = self.0.draw(pdf, page, ppi).map_err(|fault| Failure::from(fault.faults()))?;
        drawn.ok_or_else(|| {
            let cause = format!("page {page} cannot be drawn");
            let cure = "save the document and look at it in a reader of your own";
            Fault::new(name, "picture.none", cause, cure).into()
        })
    }
}
