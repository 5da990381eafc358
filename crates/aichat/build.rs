//! Has the linker lay the functions of `hot.ld` side by side in the release binary (docs/adr/0017). Refuses to know which they are.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=hot.ld");
    let is = |name, value| env::var(name).is_ok_and(|set| set == value);
    // What Rust's own linker reads, which is the default there; others may read other scripts, or none.
    let target = is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let own_linker = !flags.contains("linker") && !flags.contains("fuse-ld") && env::var_os("RUSTC_LINKER").is_none();
    if target && own_linker && is("PROFILE", "release") {
        let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bin=aichat=-Wl,--script={folder}/hot.ld");
    }
}
