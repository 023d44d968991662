//! Generates the texts.
fn main() {
    otklik_locale_build::generate();
}
