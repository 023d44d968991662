//! Checking what was sent against the version that was shown: a pure function.

use otklik_kernel::text::is_blank;

use crate::model::{Mark, Marks, Questionnaire};

/// Why an answer can't be accepted as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Neither a mark nor a text (QR-3).
    Empty,
    /// The text is longer than the limit; both in characters.
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A question that this version doesn't have, or a value that it doesn't offer.
    WrongQuestion,
}

/// An answer that can be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The marks.
    pub marks: Marks,
    /// The text as typed, without white space around it; empty when there was none.
    pub comment: String,
}

/// Checks the marks and the text of an answer.
///
/// `fields` are the form's fields other than the text and the service ones. A rated criterion has `0` or
/// `1`, one that is not rated an empty value or no field at all [1 §4.5–4.7].
///
/// # Errors
/// Every problem found, not only the first.
pub fn check<'a>(
    questionnaire: &Questionnaire,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    comment: &str,
) -> Result<Checked, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut marks = Vec::new();
    let mut is_wrong = false;
    for (name, value) in fields {
        let criterion = questionnaire.criteria.iter().find(|c| name.chars().eq([c.key]));
        match (criterion, value) {
            (Some(_), "") => {}
            (Some(c), _) if marks.iter().any(|(key, _)| *key == c.key) => is_wrong = true,
            (Some(c), "0") => marks.push((c.key, Mark::Sad)),
            (Some(c), "1") => marks.push((c.key, Mark::Happy)),
            _ => is_wrong = true,
        }
    }
    if is_wrong {
        problems.push(Problem::WrongQuestion);
    }
    // Browsers send line ends as CR LF; the person typed one.
    let comment = if is_blank(comment) { String::new() } else { comment.trim().replace("\r\n", "\n") };
    let length = comment.chars().count();
    if length > questionnaire.comment.limit {
        problems.push(Problem::TooLong { length, limit: questionnaire.comment.limit });
    }
    if marks.is_empty() && comment.is_empty() && !is_wrong {
        problems.push(Problem::Empty);
    }
    if problems.is_empty() { Ok(Checked { marks: Marks::new(marks), comment }) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// QR-2, QR-3: every combination of five criteria × text empty, blank, filled.
    #[test]
    fn qr3_only_an_entirely_empty_form_is_refused() {
        let questionnaire = Questionnaire::built_in();
        for pattern in 0..3_usize.pow(5) {
            let values: Vec<(String, &str)> = questionnaire
                .criteria
                .iter()
                .enumerate()
                .map(|(at, c)| {
                    (c.key.to_string(), ["", "0", "1"][pattern / 3_usize.pow(u32::try_from(at).unwrap()) % 3])
                })
                .collect();
            let rated = values.iter().filter(|(_, value)| !value.is_empty()).count();
            for (comment, is_filled) in [("", false), (" \u{a0}\r\n\u{200b}", false), (" Долго. ", true)]
            {
                let result = check(&questionnaire, values.iter().map(|(k, v)| (k.as_str(), *v)), comment);
                if rated == 0 && !is_filled {
                    assert_eq!(result, Err(vec![Problem::Empty]));
                } else {
                    let checked = result.unwrap();
                    assert_eq!(checked.marks.count(Mark::Sad) + checked.marks.count(Mark::Happy), rated);
                    assert_eq!(checked.comment, if is_filled { "Долго." } else { "" });
                }
            }
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        let questionnaire = Questionnaire::built_in();
        assert!(check(&questionnaire, [], &"ё".repeat(4000)).is_ok());
        let problems = check(&questionnaire, [], &"ё".repeat(4001)).unwrap_err();
        assert_eq!(problems, [Problem::TooLong { length: 4001, limit: 4000 }]);
    }

    #[test]
    fn questions_of_another_questionnaire_and_values_not_offered_are_refused() {
        let questionnaire = Questionnaire::built_in();
        for forged in [("f", "1"), ("a", "2"), ("a", "on"), ("aa", "1"), ("", "1")] {
            assert_eq!(
                check(&questionnaire, [forged], "текст"),
                Err(vec![Problem::WrongQuestion]),
                "{forged:?}"
            );
        }
        assert_eq!(check(&questionnaire, [("a", "1"), ("a", "0")], ""), Err(vec![Problem::WrongQuestion]));
    }
}
