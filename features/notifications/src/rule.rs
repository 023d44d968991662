//! The rule of alerts: whether officials get a letter about a response (QR-5, [1 §4.9–4.11]).

use otklik_kernel::text::is_blank;
use otklik_questionnaires::Marks;

/// Whether a response is mailed to the recipients of its office.
///
/// It is when at least one criterion is rated badly, with a text or without; and when a text is written and
/// nothing is rated. It is not when there are only good marks, whatever the text [1 §4.10, §4.11]. A text of
/// blanks counts as none.
#[must_use]
pub fn must_mail(marks: &Marks, comment: &str) -> bool {
    marks.is_negative() || marks.is_empty() && !is_blank(comment)
}

#[cfg(test)]
mod tests {
    use otklik_questionnaires::Mark;

    use super::*;

    /// QR-5: every combination of five criteria (not rated, sad, happy) × text empty, blank, filled, against
    /// the three sentences of [1 §4.10–4.11] written down one by one.
    #[test]
    fn qr5_every_pattern_of_marks_and_text() {
        const FACES: [Option<Mark>; 3] = [None, Some(Mark::Sad), Some(Mark::Happy)];
        let mut mailed = 0;
        for pattern in 0..3_usize.pow(5) {
            let faces: Vec<Option<Mark>> = (0..5).map(|at| FACES[pattern / 3_usize.pow(at) % 3]).collect();
            let marks =
                Marks::new("abcde".chars().zip(&faces).filter_map(|(key, face)| Some((key, (*face)?))));
            for (comment, is_filled) in [("", false), (" \t\r\n\u{a0}\u{200b}", false), ("Ждал час.", true)]
            {
                let has_sad = faces.contains(&Some(Mark::Sad));
                let has_happy = faces.contains(&Some(Mark::Happy));
                let expected = match (has_sad, has_happy, is_filled) {
                    (true, _, true | false) => true,
                    (false, false, true) => true,
                    (false, false, false) => false,
                    (false, true, true | false) => false,
                };
                assert_eq!(must_mail(&marks, comment), expected, "{faces:?} {comment:?}");
                mailed += usize::from(expected);
            }
        }
        // 3⁵ − 2⁵ patterns have a sad face, each with three texts; one has none at all and a filled text.
        assert_eq!(mailed, 211 * 3 + 1);
    }
}
