//! Enters: requests of signed-in staff, and values of the application. Leaves: HTML, and decisions passed on.
//! Never: decides anything itself, or writes a value into a page unescaped.

/// What a browser fetches beside the pages: styles, scripts, the icon.
pub mod assets;
/// The parts of GOV.UK's design system and the Ministry of Justice's, as values.
pub mod components;
/// What templates may ask beside handlebars' own helpers.
mod helpers;
/// What no template may hold.
pub mod lint;
/// Templates filled with values.
pub mod render;
