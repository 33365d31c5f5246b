//! The guards through the real program. Every person is made up.

mod authority;
mod office;
mod pdfs;
mod urgent;
