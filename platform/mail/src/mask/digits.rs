//! Runs of digits in groups, and which of them are personal.

/// Digits without anything between.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The place of the first digit.
    pub start: usize,
    /// The place after the last digit.
    pub end: usize,
}

impl Group {
    const fn len(self) -> usize {
        self.end - self.start
    }
}

/// Groups of digits with nothing between them but what stands within one number.
#[derive(Debug)]
pub struct Run {
    /// The groups, at least one.
    pub groups: Vec<Group>,
}

/// The longest gap within a number: « номер ».
const LONGEST_GAP: usize = 8;
/// Ten digits of a phone as they are grouped when written, without the leading 7 or 8.
const PHONE: [&[usize]; 15] = [
    &[10],
    &[3, 7],
    &[3, 3, 4],
    &[3, 4, 3],
    &[3, 3, 2, 2],
    &[3, 2, 2, 3],
    &[3, 2, 3, 2],
    &[3, 1, 2, 2, 2],
    &[4, 6],
    &[4, 2, 2, 2],
    &[4, 3, 3],
    &[5, 5],
    &[5, 1, 2, 2],
    &[5, 3, 2],
    &[6, 2, 2],
];
/// The same with the 8 written together with the code.
const PHONE_TOGETHER: [&[usize]; 5] = [&[4, 7], &[4, 3, 4], &[4, 3, 2, 2], &[5, 6], &[5, 2, 2, 2]];
const SNILS: [&[usize]; 2] = [&[3, 3, 3, 2], &[9, 2]];
const PASSPORT: [&[usize]; 2] = [&[4, 6], &[2, 2, 6]];
const CARD: [&[usize]; 5] = [&[4, 4, 4, 4], &[4, 4, 4, 4, 3], &[4, 6, 5], &[4, 4, 5, 6], &[8, 8]];
/// Words right before a number that make it personal whatever its grouping; in lower case.
const WORDS: [&str; 9] =
    ["тел", "телефон", "телефона", "телефону", "моб", "паспорт", "паспорта", "снилс", "инн"];

impl Run {
    /// The next run that begins at a place or after it.
    pub fn find(chars: &[char], from: usize) -> Option<Self> {
        let first = next_group(chars, from)?;
        let mut groups = vec![first];
        let mut end = first.end;
        while let Some(group) = after_gap(chars, end) {
            end = group.end;
            groups.push(group);
        }
        Some(Self { groups })
    }

    /// The place after the run.
    pub fn end(&self) -> usize {
        self.groups.last().map_or(0, |group| group.end)
    }
}

fn next_group(chars: &[char], from: usize) -> Option<Group> {
    let start = from + chars.get(from..)?.iter().position(char::is_ascii_digit)?;
    let length = chars[start..].iter().take_while(|c| c.is_ascii_digit()).count();
    Some(Group { start, end: start + length })
}

/// The group that goes on with the number ended at a place.
fn after_gap(chars: &[char], end: usize) -> Option<Group> {
    let rest = &chars[end..];
    let length = rest.iter().take(LONGEST_GAP + 1).position(char::is_ascii_digit)?;
    let gap = &rest[..length];
    (is_plain(gap) || is_number_word(gap)).then(|| next_group(chars, end + length)).flatten()
}

/// At most three spaces, hyphens, brackets and dots.
fn is_plain(gap: &[char]) -> bool {
    gap.len() <= 3 && gap.iter().all(|&c| is_space(c) || is_hyphen(c) || matches!(c, '(' | ')' | '.'))
}

/// «№», «N» or «номер» between the two parts of a passport.
fn is_number_word(gap: &[char]) -> bool {
    let word: String = gap.iter().filter(|&&c| !is_space(c)).flat_map(|c| c.to_lowercase()).collect();
    matches!(word.as_str(), "№" | "n" | "номер")
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// How many groups from the given one on are one personal number; 0 when none.
pub fn personal(run: &Run, first: usize, chars: &[char]) -> usize {
    let groups = &run.groups[first..];
    let gap = |index: usize| &chars[groups[index].end..groups[index + 1].start];
    let gaps = |count: usize| (0..count - 1).map(gap);
    let plain = |count: usize| gaps(count).all(is_plain);
    let shaped = |shapes: &[&[usize]], from: usize| {
        let found = shapes.iter().filter(|shape| has_shape(&groups[from.min(groups.len())..], shape));
        found.map(|shape| from + shape.len()).find(|&count| plain(count))
    };
    let digit = chars[groups[0].start];
    let before = groups[0].start.checked_sub(1).map(|place| chars[place]);

    if before == Some('+')
        && let Some(count) = foreign(groups, digit == '7').filter(|&count| plain(count))
    {
        return count;
    }
    if groups[0].len() >= 10 {
        return 1;
    }
    if let Some(count) = shaped(&CARD, 0).filter(|&count| passes_luhn(&groups[..count], chars)) {
        return count;
    }
    if let Some(count) = shaped(&SNILS, 0) {
        return count;
    }
    if matches!(digit, '7' | '8') {
        let apart = if groups[0].len() == 1 { shaped(&PHONE, 1) } else { None };
        if let Some(count) = apart.or_else(|| shaped(&PHONE_TOGETHER, 0)) {
            return count;
        }
    }
    // Codes of cities and mobile networks begin so; years and most counts don't.
    if (matches!(digit, '3' | '4' | '7'..='9') || before == Some('('))
        && let Some(count) = shaped(&PHONE, 0)
    {
        return count;
    }
    let document = PASSPORT.iter().find(|shape| has_shape(groups, shape));
    if let Some(shape) = document.filter(|shape| gaps(shape.len()).all(|gap| !gap.contains(&'.'))) {
        return shape.len();
    }
    // A city number of seven digits: hyphens in both places, or it may be anything.
    if has_shape(groups, &[3, 2, 2]) && gaps(3).all(|gap| gap.len() == 1 && is_hyphen(gap[0])) {
        return 3;
    }
    if first == 0 { named(run, chars) } else { 0 }
}

fn has_shape(groups: &[Group], shape: &[usize]) -> bool {
    groups.len() >= shape.len() && groups.iter().zip(shape).all(|(group, &length)| group.len() == length)
}

/// A number with a plus: eleven digits of Russia and Kazakhstan, ten to thirteen of another country.
fn foreign(groups: &[Group], seven: bool) -> Option<usize> {
    let most = if seven { 11 } else { 13 };
    let least = if seven { 11 } else { 10 };
    let (mut digits, mut found) = (0, None);
    for (index, group) in groups.iter().enumerate() {
        digits += group.len();
        if digits > most {
            break;
        }
        if digits >= least {
            found = Some(index + 1);
        }
    }
    found
}

/// The check digit of bank cards (ISO/IEC 7812-1, annex B).
fn passes_luhn(groups: &[Group], chars: &[char]) -> bool {
    let digits = groups.iter().flat_map(|group| &chars[group.start..group.end]);
    let digits: Vec<u32> = digits.filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, &digit)| if index % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|&digit| digit != 0)
}

/// A number of six to twelve digits right after a word that names it; a date after the word is a date.
fn named(run: &Run, chars: &[char]) -> usize {
    let start = run.groups[0].start;
    let near = &chars[start.saturating_sub(24)..start];
    let between =
        |c: &&char| is_space(**c) || is_hyphen(**c) || matches!(**c, '.' | ':' | '№' | '(' | ',' | '+');
    let skipped = near.iter().rev().take_while(between).count();
    let word: Vec<char> =
        near[..near.len() - skipped].iter().rev().take_while(|c| c.is_alphabetic()).copied().collect();
    let word: String = word.iter().rev().flat_map(|c| c.to_lowercase()).collect();
    if !WORDS.contains(&word.as_str()) {
        return 0;
    }
    let date = [&[2, 2, 4][..], &[4, 2, 2], &[1, 2, 4]].iter().any(|shape| has_shape(&run.groups, shape));
    if date && chars[run.groups[0].end..run.groups[1].start].iter().all(|&c| c == '.' || is_hyphen(c)) {
        return 0;
    }
    let (mut digits, mut found) = (0, 0);
    for (index, group) in run.groups.iter().enumerate() {
        digits += group.len();
        if digits > 12 {
            break;
        }
        if digits >= 6 {
            found = index + 1;
        }
    }
    found
}
