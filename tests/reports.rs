//! What users of other systems reported, tried here: inputs that honest people, their file servers and their office
//! programs make.

mod files;
mod inbox;
mod names;
mod recipients;
