//! Generates the texts and embeds the styles and scripts that `web/` builds.

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

#[expect(clippy::disallowed_methods, reason = "a build script is told its folders by the environment")]
fn main() {
    otklik_locale_build::generate();
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let dist = Path::new(&root).join("../../web/dist");
    let mut code = String::new();
    for (name, constant) in [("css", "ADMIN_CSS"), ("js", "ADMIN_JS")] {
        let file = dist.join(format!("admin.{name}"));
        println!("cargo::rerun-if-changed={}", file.display());
        let Ok(content) = std::fs::read(&file) else {
            println!(
                "cargo::error=web/dist/admin.{name} is missing; run `cargo xtask web`: it builds the front end"
            );
            continue;
        };
        let digest = Sha256::digest(&content);
        let mark = digest[..4].iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string grows");
            hex
        });
        let copy = Path::new(&out).join(format!("admin.{name}"));
        std::fs::write(&copy, content).expect("OUT_DIR can be written");
        writeln!(
            code,
            "/// The admin zone's `admin.{name}`, as built by `web/`.\npub const {constant}: &[u8] = include_bytes!({copy:?});\n\
             pub(crate) const {constant}_PATH: &str = \"/admin/assets/admin-{mark}.{name}\";"
        )
        .expect("a string grows");
    }
    std::fs::write(Path::new(&out).join("assets.rs"), code).expect("OUT_DIR can be written");
}
