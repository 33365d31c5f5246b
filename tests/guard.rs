//! The guards through the real program. Every person is made up.

mod authority;
mod office;
mod pages_read;
mod pdfs;
mod urgent;
