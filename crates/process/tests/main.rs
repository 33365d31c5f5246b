//! Enters: case files and tables made for tests. Leaves: the proof of the process: what is read, refused and decided.
//! Never: an office, a database or a letter.

mod case;
