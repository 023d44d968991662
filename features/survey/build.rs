//! Makes the texts from `locales/` and the one style sheet of the public pages from `templates/survey/page.css`.

use std::path::Path;

const SOURCE: &str = "templates/survey/page.css";

#[expect(clippy::disallowed_methods, reason = "a build script is told its folders by the environment")]
fn main() {
    otklik_locale_build::generate();
    println!("cargo::rerun-if-changed={SOURCE}");
    let source = std::fs::read_to_string(SOURCE).unwrap_or_else(|e| panic!("{SOURCE}: {e}"));
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("page.css"), squeeze(&source)).expect("OUT_DIR can be written");
}

/// Takes out comments and the white space that means nothing.
///
/// Deliberately knows little: a space before `:` or around `+ > ~ ( )` is kept, for it may tell
/// `a :checked` from `a:checked`; quoted strings may hold neither white space nor comments.
fn squeeze(source: &str) -> String {
    assert!(!source.contains('<'), "{SOURCE}: < would end the style element");
    for quoted in source.split('"').skip(1).step_by(2) {
        assert!(
            !quoted.contains([' ', '\n', ';', '*']),
            "{SOURCE}: a string that could be spoilt: {quoted:?}"
        );
    }
    let mut bare = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").unwrap_or_else(|| panic!("{SOURCE}: a comment without end")).1;
    }
    bare.push_str(rest);

    let mut text = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        let glued = text.is_empty()
            || text.ends_with(['{', '}', ';', ',', ':'])
            || word.starts_with(['{', '}', ';', ',']);
        if !glued {
            text.push(' ');
        }
        text.push_str(word);
    }
    // A word may hold several marks (`a{b:c;}`); only the last semicolon of a block is left to drop.
    text.replace(";}", "}")
}
