//! The tests of the pages' own parts, without an office.

mod assets;
mod fixtures;
mod html;
mod templates;
