//! Enters: requests of signed-in staff, and values of the application. Leaves: HTML, and decisions passed on.
//! Never: decides anything itself, or writes a value into a page unescaped.

/// Files packed into one.
mod archive;
mod authorise;
/// What a browser fetches beside the pages: styles, scripts, the icon.
pub mod assets;
/// Many cases from one sheet.
mod batches;
/// What a page shows, part by part.
mod blocks;
/// One case.
mod case;
/// Numbers as a small picture.
mod chart;
/// The parts of GOV.UK's design system and the Ministry of Justice's, as values.
pub mod components;
/// The office's own files of rules and templates.
mod config;
/// Who is away, and who approves out of hours.
mod cover;
/// The office's recipients.
mod directory;
/// What templates may ask beside handlebars' own helpers.
mod helpers;
/// What no template may hold.
pub mod lint;
/// Templates filled with values.
pub mod render;
/// Whom to telephone, and a note of each call.
mod calls;
/// What a person has begun to prepare.
mod drafts;
/// Finding a case.
mod find;
/// What forms send, and what is wrong with it.
mod forms;
/// Why a request failed, as a page.
mod fault;
/// The numbers of the navigation.
mod counts;
/// What is said of decisions.
mod decided;
/// What a letter is called.
mod naming;
/// What stands around the content of each page.
pub mod frame;
/// How an office does right now.
mod health;
/// What went to the wrong person.
mod incidents;
/// How an office stands.
mod overview;
/// The policy packs.
mod packs;
/// The record.
mod record;
/// Holds, periods and erasures.
mod retention;
/// What runs in a case.
mod runs;
/// The kinds of letters.
mod templates;
/// What there is to do.
mod work;
/// Where a person's work begins.
mod home;
/// The review key, open or closed.
mod key;
/// Case files that were rejected or came back.
mod mend;
/// One message: what it is, its documents, what is decided about it.
mod message;
/// Somebody's passphrase.
mod passphrase;
/// How the pieces of a page are filled.
mod pieces;
/// Letters that are served in person.
mod print;
/// What waits for a reviewer.
mod review;
/// The table of pages.
pub mod routes;
mod service;
/// What all requests share.
mod shared;
/// Who is signed in, and until when.
pub mod session;
mod sign_in;
/// Recording what happened.
pub mod start;
/// Taking back an event that did not happen.
mod withdraw;
/// Who may use the pages.
mod users;
/// One request, and what answers it.
pub mod visit;

pub use assets::asset;
pub use routes::{ROUTES, Who};
pub use service::answering;
pub use shared::Pages;
