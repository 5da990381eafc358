//! Has the linker lay the functions of `hot.ld` side by side in the release binary (docs/adr/0017). Refuses to know which they are.

use std::env;
use std::path::Path;

/// Set, it leaves the functions where the compiler put them: for a linker that cannot read the list.
const UNORDERED: &str = "AICHAT_UNORDERED";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=hot.ld");
    println!("cargo::rerun-if-env-changed={UNORDERED}");
    let is = |name, value| env::var(name).is_ok_and(|set| set == value);
    // What Rust's own linker reads, which is the default there; others may read other scripts, or none.
    let target = is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let own_linker = !flags.contains("linker") && !flags.contains("fuse-ld") && env::var_os("RUSTC_LINKER").is_none();
    let wanted = target && own_linker && is("PROFILE", "release") && env::var_os(UNORDERED).is_none();
    if let Some(out) = env::var_os("OUT_DIR").filter(|_| wanted) {
        // The folder of what is built may outlive this checkout.
        let list = Path::new(&out).join("hot.ld");
        std::fs::copy("hot.ld", &list)?;
        println!("cargo::rustc-link-arg-bin=aichat=-Xlinker");
        println!("cargo::rustc-link-arg-bin=aichat=--script={}", list.display());
    }
    Ok(())
}
