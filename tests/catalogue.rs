//! The kinds that the program brings, through the whole of it: what their examples show, how they look, what they write.

mod emails;
mod examples;
mod looks;
mod pages;
mod tags;
