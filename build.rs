//! Enters: the machine that the program is for. Leaves: one word to its linker. Never: anything that another machine's
//! linker would refuse.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // The places that the loader adjusts as a bit map: 8 MB less. glibc reads it from 2.36 on, which Debian 12 has.
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
