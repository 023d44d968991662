//! The poster that hangs in an office. QR-10, [1 §3.8–3.10]

use otklik_kernel::CivilDay;
use typst_layout::PagedDocument;
use typst_svg::SvgOptions;

use crate::font::printable;
use crate::link::shown_link;
use crate::pdf::{PdfError, export, lay_out, printable_name};
use crate::qr::Qr;
use crate::texts::L;
use crate::world::SheetWorld;

/// The edition of the poster's look, which is also the document's date: the same text and office make the same
/// file, byte for byte, until the look changes.
pub const POSTER_EDITION: CivilDay = CivilDay(20_261_122);

/// Letters of the longest heading: it is read from two metres.
pub const LONGEST_HEADING: usize = 90;
/// Letters of the longest invitation.
pub const LONGEST_INVITATION: usize = 160;
/// Lines of the longest footer.
pub const FOOTER_LINES: usize = 3;
/// Letters of the longest line of a footer.
pub const LONGEST_FOOTER_LINE: usize = 100;

/// What a poster says besides the office's name, code and link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PosterText {
    /// The largest words.
    pub heading: String,
    /// What to do.
    pub invitation: String,
    /// Lines of small type at the foot.
    pub footer: Vec<String>,
}

/// A sheet of A4 to hang up: the invitation to rate, the code in its place, the link to type under it.
#[derive(Clone)]
pub struct Poster<'a> {
    /// The office's name. Any text: it is data, never markup.
    pub name: &'a str,
    /// What the poster says. Beyond the lengths above it may run over the sheet's end.
    pub text: &'a PosterText,
    /// The code, and so the link under it.
    pub qr: &'a Qr,
}

impl Poster<'_> {
    /// The poster as a PDF of one page, accessible (PDF/UA-1) and for archives (PDF/A-2a) at once, dated by
    /// [`POSTER_EDITION`].
    ///
    /// Takes a processor for some tens of milliseconds: call it from a blocking thread.
    ///
    /// # Errors
    /// The name is blank or too long, the heading is blank, or the template is broken.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfError> {
        self.laid_out(|document| export(document, self.qr.url(), POSTER_EDITION))
    }

    /// The poster as an SVG image, to look at before it is printed. Costs as much as the PDF.
    ///
    /// # Errors
    /// As for the PDF.
    pub fn svg(&self) -> Result<String, PdfError> {
        self.laid_out(|document| {
            let page = document.pages().first();
            let page = page.ok_or_else(|| PdfError::Template("the poster has no page".to_owned()))?;
            Ok(typst_svg::svg(page, &SvgOptions::default()))
        })
    }

    fn laid_out<T>(&self, make: impl FnOnce(&PagedDocument) -> Result<T, PdfError>) -> Result<T, PdfError> {
        let heading = printable(&self.text.heading);
        if heading.is_empty() {
            return Err(PdfError::HeadingEmpty);
        }
        let footer = self.text.footer.iter().map(|line| printable(line)).filter(|line| !line.is_empty());
        let url = self.qr.url();
        let data = serde_json::json!({
            "heading": heading,
            "invitation": printable(&self.text.invitation),
            "footer": footer.collect::<Vec<_>>(),
            "name": printable_name(self.name)?,
            "link": printable(&shown_link(url)),
            "url": url,
            "alt": L::default().sheet_qr_alt(url.to_owned()),
        });
        let world = SheetWorld::new(
            include_str!("../templates/poster.typ"),
            [
                ("data.json", data.to_string().into_bytes()),
                ("qr.svg", self.qr.svg().into_bytes()),
                ("faces.svg", include_bytes!("../templates/faces.svg").to_vec()),
            ],
        )
        .map_err(|error| PdfError::Template(error.to_string()))?;
        let made = lay_out(&world).and_then(|document| make(&document));
        typst::comemo::evict(0);
        made
    }
}
