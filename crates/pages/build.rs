//! Enters: the folder of templates. Leaves: word to cargo that the crate holds it. Never: reads or changes a template:
//! `include_dir` puts them into the program, and does not see that a file is new.

fn main() {
    println!("cargo:rerun-if-changed=../../pages");
}
