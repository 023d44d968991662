//! Folding of Russian text for search and order, the same on every database (SQLite's `lower` and `LIKE`
//! don't know Cyrillic).

/// Text as it is searched: lower case, ё as е, runs of white space as one space, trimmed.
#[must_use]
pub fn search_text(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }));
    }
    folded
}

/// A key that orders names as a reader expects: case ignored, ё beside е, numbers by their value.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let folded = search_text(text);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut digits = String::new();
    for c in folded.chars().chain(std::iter::once('\u{0}')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            let number = digits.trim_start_matches('0');
            key.push_str(&format!("{:0>12}", if number.is_empty() { "0" } else { number }));
            digits.clear();
        }
        if c != '\u{0}' {
            key.push(c);
        }
    }
    key
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the folded text anywhere.
#[must_use]
pub fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in search_text(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Whether a text counts as empty: nothing but white space and invisible characters (QR-3).
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{feff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_ignores_case_and_yo() {
        assert_eq!(search_text("  Пришёл  В\nИФНС № 7 "), "пришел в ифнс № 7");
        assert_eq!(like_pattern("50 %"), "%50 \\%%");
    }

    #[test]
    fn numbers_in_names_order_by_value() {
        let mut names = ["ИФНС № 10", "ИФНС № 9", "Ёлкино", "Ель"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Ёлкино", "Ель", "ИФНС № 9", "ИФНС № 10"]);
    }

    #[test]
    fn qr3_blanks_of_every_kind_are_empty() {
        for blank in ["", " ", "\t\r\n", "\u{a0}", "\u{200b}\u{feff}", "\u{2800}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank(" . "));
    }
}
