//! Sheets as PDF, through Typst.

use otklik_kernel::CivilDay;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::font::printable;
use crate::link::shown_link;
use crate::qr::Qr;
use crate::texts::L;
use crate::world::SheetWorld;

/// Letters of the longest name a sheet takes: more than any office's has, and they still fit the page.
pub const LONGEST_NAME: usize = 500;

/// A sheet of A5 to print: the office's name, its QR code and the link in type that can be copied by hand.
/// QR-9, [1 §3.7, §4.3]
pub struct QrSheet<'a> {
    /// The office's name. Any text: it is data, never markup; letters that no face has are shown as «□».
    pub name: &'a str,
    /// The code, and so the link under it.
    pub qr: &'a Qr,
    /// The document's date. The same sheet of the same day is the same file, byte for byte.
    pub day: CivilDay,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The name has nothing that can be printed.
    #[error("the name on the sheet is empty")]
    NameEmpty,
    /// The name is longer than 500 letters.
    #[error("the name on the sheet is longer than {LONGEST_NAME} letters")]
    NameTooLong,
    /// The poster's heading has nothing that can be printed.
    #[error("the heading of the poster is empty")]
    HeadingEmpty,
    /// The template has a mistake, or can't be made accessible and archivable: a fault of ours.
    #[error("the sheet's template failed: {0}")]
    Template(String),
}

impl QrSheet<'_> {
    /// The sheet as a PDF of one page, accessible (PDF/UA-1) and for archives (PDF/A-2a) at once.
    ///
    /// It takes a processor for some tens of milliseconds, the first one longer: call it from a blocking
    /// thread. Typst's cache is emptied afterwards, so that a server that makes sheets doesn't grow.
    ///
    /// # Errors
    /// The name is blank or too long, or the template is broken.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfError> {
        let name = printable_name(self.name)?;
        let data = serde_json::json!({ "name": name, "url": self.qr.url(), "link": printable(&shown_link(self.qr.url())), "alt": L::default().sheet_qr_alt(self.qr.url().to_owned()) });
        let world = SheetWorld::new(
            include_str!("../templates/qr-sheet.typ"),
            [("data.json", data.to_string().into_bytes()), ("qr.svg", self.qr.svg().into_bytes())],
        )
        .map_err(|error| PdfError::Template(error.to_string()))?;
        let made = lay_out(&world).and_then(|document| export(&document, self.qr.url(), self.day));
        typst::comemo::evict(0);
        made
    }
}

/// An office's name as it can be printed.
pub(crate) fn printable_name(name: &str) -> Result<String, PdfError> {
    let name = printable(name);
    match name.chars().count() {
        0 => Err(PdfError::NameEmpty),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(PdfError::NameTooLong),
    }
}

/// The sheet's pages.
pub(crate) fn lay_out(world: &SheetWorld) -> Result<PagedDocument, PdfError> {
    typst::compile::<PagedDocument>(world).output.map_err(|errors| broken(&errors))
}

/// The pages as a PDF, accessible and for archives.
pub(crate) fn export(document: &PagedDocument, ident: &str, day: CivilDay) -> Result<Vec<u8>, PdfError> {
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a])
        .map_err(|error| PdfError::Template(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Otklik".to_owned())),
        timestamp: midnight(day).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|errors| broken(&errors))
}

/// The day's beginning, as Typst has it.
fn midnight(day: CivilDay) -> Option<Datetime> {
    let (month, date) = (u8::try_from(day.0 / 100 % 100).ok()?, u8::try_from(day.0 % 100).ok()?);
    Datetime::from_ymd_hms(day.0 / 10_000, month, date, 0, 0, 0)
}

fn broken(errors: &[SourceDiagnostic]) -> PdfError {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    PdfError::Template(messages.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every letter that `printable` lets through passes the exporter's checks (no missing glyph, no private or
    /// reserved character), whatever stands beside it.
    #[test]
    fn every_printable_letter_makes_a_valid_pdf() {
        let qr = Qr::new("https://order.nalog.ru/qr/7701/").unwrap();
        let letters: Vec<char> = ('\u{21}'..=char::MAX)
            .filter(|letter| printable(&letter.to_string()) == letter.to_string())
            .collect();
        assert!(letters.len() > 1500, "{}", letters.len());
        for chunk in letters.chunks(LONGEST_NAME) {
            let name: String = chunk.iter().collect();
            if let Err(error) = (QrSheet { name: &name, qr: &qr, day: CivilDay(20_261_122) }).pdf() {
                panic!("U+{:04X}…U+{:04X}: {error}", u32::from(chunk[0]), u32::from(chunk[chunk.len() - 1]));
            }
        }
    }
}
