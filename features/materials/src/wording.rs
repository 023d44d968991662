//! The text of posters as a person writes it. QR-10

use otklik_organisations::BodyKind;
use otklik_print::{FOOTER_LINES, LONGEST_FOOTER_LINE, LONGEST_HEADING, LONGEST_INVITATION, PosterText};

use crate::model::one_line;
use crate::texts::L;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no heading.
    NoHeading,
    /// The heading is too long to be read from two metres.
    HeadingLong,
    /// The invitation is too long.
    InvitationLong,
    /// There are too many lines at the foot.
    ManyLines,
    /// A line at the foot is too long.
    LineLong,
}

/// A field and what is wrong with it.
pub type Mistake = (&'static str, Wrong);

/// Our own text, used where no level has set one: the official one (appendix 1 to document 1) is not known.
#[must_use]
pub fn default_text(kind: BodyKind, l: L) -> PosterText {
    use BodyKind::{TaxCentral, TaxInspection, TaxRegion, TaxWorkplace};
    let is_tax = matches!(kind, TaxCentral | TaxRegion | TaxInspection | TaxWorkplace);
    PosterText {
        heading: if is_tax { l.poster_heading_tax() } else { l.poster_heading_other() }.to_owned(),
        invitation: l.poster_invitation_usual().to_owned(),
        footer: vec![l.poster_footer_usual().to_owned()],
    }
}

/// Reads a typed text: blanks become single, empty lines at the foot fall away.
///
/// # Errors
/// Everything that is wrong, in the order of the fields.
pub fn check(heading: &str, invitation: &str, footer: &str) -> Result<PosterText, Vec<Mistake>> {
    let text = PosterText {
        heading: one_line(heading),
        invitation: one_line(invitation),
        footer: footer.lines().map(one_line).filter(|line| !line.is_empty()).collect(),
    };
    let letters = |text: &str| text.chars().count();
    let has_letters = text.heading.chars().any(char::is_alphanumeric);
    let found = [
        ("heading", Wrong::NoHeading, !has_letters),
        ("heading", Wrong::HeadingLong, letters(&text.heading) > LONGEST_HEADING),
        ("invitation", Wrong::InvitationLong, letters(&text.invitation) > LONGEST_INVITATION),
        ("footer", Wrong::ManyLines, text.footer.len() > FOOTER_LINES),
        ("footer", Wrong::LineLong, text.footer.iter().any(|line| letters(line) > LONGEST_FOOTER_LINE)),
    ];
    let mistakes: Vec<Mistake> =
        found.into_iter().filter(|(.., is_so)| *is_so).map(|(field, wrong, _)| (field, wrong)).collect();
    if mistakes.is_empty() { Ok(text) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr10_a_text_is_kept_clean_and_every_mistake_is_named() {
        let text = check("  Оцените\tнас ", "", "первая\r\n\n вторая ").unwrap();
        assert_eq!(text.heading, "Оцените нас");
        assert_eq!((text.invitation.as_str(), text.footer), ("", vec!["первая".into(), "вторая".into()]));
        let wrong = |heading: &str, invitation: &str, footer: &str| {
            check(heading, invitation, footer)
                .unwrap_err()
                .into_iter()
                .map(|(_, wrong)| wrong)
                .collect::<Vec<_>>()
        };
        assert_eq!(wrong(" \u{200B}", "", ""), [Wrong::NoHeading]);
        assert_eq!(
            wrong(&"я".repeat(91), &"я".repeat(161), "1\n2\n3\n4"),
            [Wrong::HeadingLong, Wrong::InvitationLong, Wrong::ManyLines]
        );
        assert_eq!(wrong("Да", "", &"я".repeat(101)), [Wrong::LineLong]);
        assert!(check(&"я".repeat(90), &"я".repeat(160), &"я".repeat(100)).is_ok());
    }

    #[test]
    fn qr10_our_own_text_passes_the_check_and_names_a_tax_body_only_where_it_is_one() {
        for kind in BodyKind::ALL {
            let text = default_text(kind, L::default());
            assert_eq!(check(&text.heading, &text.invitation, &text.footer.join("\n")), Ok(text.clone()));
            assert_eq!(text.heading.contains("налоговом"), kind.code().starts_with("tax_"), "{kind:?}");
        }
    }
}
