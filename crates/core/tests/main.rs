//! What every part shares, each by a table of what is taken and what is refused.

mod address;
mod style;
mod text;
mod timings;
mod typed;
