//! The process that speaks HTTP, as far as it is pure functions: what it lets in and what it adds.

mod body;
mod gate;
mod headers;
