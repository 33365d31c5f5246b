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
/// Why a request failed, as a page.
mod fault;
/// What stands around the content of each page.
pub mod frame;
/// Where a person's work begins.
mod home;
/// The review key, open or closed.
mod key;
/// One message: what it is, its documents, what is decided about it.
mod message;
/// Somebody's passphrase.
mod passphrase;
/// What waits for a reviewer.
mod review;
/// The table of pages.
pub mod routes;
mod service;
/// Who is signed in, and until when.
pub mod session;
mod sign_in;
/// One request, and what answers it.
pub mod visit;

pub use assets::asset;
pub use routes::{ROUTES, Who};
pub use service::Pages;
