//! Who may use the pages, how an office says so, and where the review key is meanwhile.

mod accounts;
mod key;
mod notices;
mod settings;
mod two;
