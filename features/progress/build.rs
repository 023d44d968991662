//! Makes a method of every text in `locales/`.

fn main() {
    otklik_locale_build::generate();
}
