//! The embedded typefaces, and what of a name they can show.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The family of names and texts; as wide as Arial, letter by letter.
const TEXT_FAMILY: &str = "Liberation Sans";

/// The faces that the templates use, from `fonts/`.
const FACES: [&[u8]; 3] = [
    include_bytes!("../fonts/LiberationSans-Regular.ttf"),
    include_bytes!("../fonts/LiberationSans-Bold.ttf"),
    // Its zero has a dot inside, so 0 and О differ in a link that is typed by hand. [1 §4.3]
    include_bytes!("../fonts/DejaVuSansMono.ttf"),
];

/// Stands for letters that no face has.
const MISSING: char = '□';

/// The faces, read at the first PDF and not before: until then they are untouched pages of the binary.
pub struct Faces {
    /// What Typst chooses from.
    pub book: LazyHash<FontBook>,
    /// In the order of the book.
    pub fonts: Vec<Font>,
}

/// The one set of faces of the process.
pub static FACES_READ: LazyLock<Faces> = LazyLock::new(|| {
    let fonts: Vec<Font> = FACES.into_iter().filter_map(|data| Font::new(Bytes::new(data), 0)).collect();
    Faces { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// A name as it can be printed: on one line, blanks single, without invisible characters, and with one «□»
/// for each run of letters that no embedded face has (emoji, for instance).
///
/// PDF/A forbids missing glyphs and private characters, so they are replaced here and a name never fails.
pub fn printable(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for word in name.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        let word: Vec<char> = word.chars().filter(|letter| !is_invisible(*letter)).collect();
        if word.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        for letter in word {
            match is_covered(letter) {
                true => text.push(letter),
                false if text.ends_with(MISSING) => {}
                false => text.push(MISSING),
            }
        }
    }
    text
}

/// Does every face of names have the letter?
fn is_covered(letter: char) -> bool {
    let is_private = matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let mut names = FACES_READ.fonts.iter().filter(|font| font.info().family == TEXT_FAMILY);
    !is_private && names.all(|font| font.info().coverage.contains(letter as u32))
}

/// Is it a character without a shape of its own: soft hyphen, joiner, direction mark, variation selector?
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_is_read() {
        let families: Vec<&str> = FACES_READ.fonts.iter().map(|font| font.info().family.as_str()).collect();
        assert_eq!(families, [TEXT_FAMILY, TEXT_FAMILY, "DejaVu Sans Mono"]);
    }

    #[test]
    fn faces_cover_the_letters_of_russian_and_its_neighbours() {
        let letters = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя\
                       №«»„“”’—–…%0123456789 ӘҒҚҢӨҰҮҺІәғқңөұүһіӐӖҪӲӑӗҫӳҖҗӢӣӮӯЇїЄєҐґ ABCXYZabcxyz";
        assert_eq!(printable(letters), letters);
    }

    #[test]
    fn prints_what_it_can_of_any_name() {
        let check = |name: &str, expected: &str| assert_eq!(printable(name), expected, "{name:?}");
        check("  Инспекция\t№ 1\r\n по городу \u{0}", "Инспекция № 1 по городу");
        check("Приём 👩‍👩‍👧 семей", "Приём □ семей");
        check("☺\u{FE0F} а\u{AD}б \u{202E}в", "☺ аб в");
        check("税务局 \u{E000}", "□ □");
        check("\u{200B}", "");
    }
}
