//! The QR code of an address, as an image. [1 §3.7], QR-9

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};

/// Blank modules on every side; scanners need at least four (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// 300 dots per inch, in dots per metre.
const PRINT_DOTS_PER_METRE: u32 = 11_811;

/// The side of a PNG made without a given size is about this many pixels: 8.5 cm in print.
const USUAL_PIXELS: usize = 1000;

/// A module is never drawn larger: 177 modules and the quiet zone stay within 12,000 pixels.
const LARGEST_MODULE: u32 = 64;

/// The QR code of one address.
///
/// The error correction is level Q: a quarter of the code may be scratched, dirty or in glare and it is
/// still read. Posters hang in halls for months, and at the length of our links Q costs one or two sizes
/// against M.
#[derive(Clone)]
pub struct Qr {
    url: String,
    code: QRCode,
}

/// Why there is no QR code of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// The address is empty or has a blank, a control character or a letter outside ASCII. Scanners guess the
    /// encoding of such letters: write a national domain as Punycode and the rest percent-encoded.
    #[error("the address of a QR code must be printable ASCII without blanks")]
    NotPlain,
    /// No QR code holds that much: level Q ends at 1,663 letters.
    #[error("the address is too long for a QR code")]
    TooLong,
}

impl Qr {
    /// Makes the code of an address.
    ///
    /// # Errors
    /// The address is not printable ASCII, or too long.
    pub fn new(url: &str) -> Result<Self, QrError> {
        if url.is_empty() || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(QrError::NotPlain);
        }
        let code = QRBuilder::new(url).ecl(ECL::Q).build().map_err(|_| QrError::TooLong)?;
        Ok(Self { url: url.to_owned(), code })
    }

    /// The address that the code holds.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Modules on a side, the quiet zone included.
    #[must_use]
    pub fn side(&self) -> usize {
        self.code.size + 2 * QUIET_ZONE
    }

    /// An SVG image of 50 mm (a page's styles may make it any size): black on white, one path, one unit per
    /// module, the address as its title. Without style, script and ids it may stand inside any page; both colours
    /// are given, so that a dark theme doesn't change them.
    #[must_use]
    pub fn svg(&self) -> String {
        let side = self.side();
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="50mm" "#,
                r#"viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img">"#,
                r##"<title>{title}</title><path fill="#fff" d="M0 0h{side}v{side}H0z"/>"##,
                r##"<path fill="#000" d="{path}"/></svg>"##,
            ),
            side = side,
            title = escape(&self.url),
            path = self.path(),
        )
    }

    /// A PNG image of about 1000 pixels, 8.5 cm when printed.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let module = (USUAL_PIXELS + self.side() / 2) / self.side();
        self.png_sized(u32::try_from(module).unwrap_or(1))
    }

    /// A PNG image: one bit per pixel, 300 dpi.
    ///
    /// `pixels_per_module` is kept within 1…64.
    #[must_use]
    pub fn png_sized(&self, pixels_per_module: u32) -> Vec<u8> {
        let module = pixels_per_module.clamp(1, LARGEST_MODULE) as usize;
        let side = self.side() * module;
        let mut pixels = Vec::with_capacity(side.div_ceil(8) * side);
        for y in 0..self.side() {
            let mut row = vec![0_u8; side.div_ceil(8)];
            for x in (0..side).filter(|x| !self.is_dark(x / module, y)) {
                row[x / 8] |= 0x80 >> (x % 8);
            }
            for _ in 0..module {
                pixels.extend_from_slice(&row);
            }
        }
        encode_png(side, &pixels).expect("a memory buffer takes every image of a checked size")
    }

    /// Is the module black? Counted from the corner of the quiet zone.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let code = QUIET_ZONE..QUIET_ZONE + self.code.size;
        code.contains(&x) && code.contains(&y) && self.code[y - QUIET_ZONE][x - QUIET_ZONE].value()
    }

    /// The black modules as one path: a bar for each run in a row.
    fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.side() {
            let mut x = 0;
            while x < self.side() {
                let run = (x..self.side()).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
                }
                x += run.max(1);
            }
        }
        path
    }
}

fn encode_png(side: usize, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PRINT_DOTS_PER_METRE,
        yppu: PRINT_DOTS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// An address as text of an XML element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://order.nalog.ru/qr/7701/";

    #[test]
    fn refuses_what_scanners_read_differently() {
        for url in ["", "https://order.nalog.ru/qr/77 01/", "https://налог.рф/qr/7701/", "a\u{0}", "a\nb"]
        {
            assert_eq!(Qr::new(url).err(), Some(QrError::NotPlain), "{url:?}");
        }
        assert_eq!(Qr::new(&"a".repeat(1664)).err(), Some(QrError::TooLong));
        assert!(Qr::new(&"a".repeat(1663)).is_ok());
    }

    #[test]
    fn svg_is_bare_and_escaped() {
        let svg = Qr::new("https://example.org/?a=1&b=<script>").unwrap().svg();
        assert!(svg.contains("<title>https://example.org/?a=1&amp;b=&lt;script&gt;</title>"));
        assert_eq!(
            (svg.matches("<path fill=\"#fff\"").count(), svg.matches("<path fill=\"#000\"").count()),
            (1, 1)
        );
        assert_eq!(svg.matches("<path").count(), 2);
        for word in ["<script", "style", " id=", "href"] {
            assert!(!svg.contains(word), "{word}");
        }
        let qr = Qr::new(LINK).unwrap();
        assert!(qr.svg().contains(&format!("viewBox=\"0 0 {0} {0}\"", qr.side())));
    }

    #[test]
    fn png_is_one_bit_at_300_dpi_with_a_quiet_zone() {
        let qr = Qr::new(LINK).unwrap();
        let file = qr.png();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let info = reader.info().clone();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::One));
        let dims = info.pixel_dims.unwrap();
        assert_eq!((dims.xppu, dims.yppu, dims.unit), (11_811, 11_811, png::Unit::Meter));
        assert!((950..=1050).contains(&info.width), "{}", info.width);

        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let module = info.width as usize / qr.side();
        let row_bytes = (info.width as usize).div_ceil(8);
        let is_white = |x: usize, y: usize| pixels[y * row_bytes + x / 8] & (0x80 >> (x % 8)) != 0;
        for along in 0..info.width as usize {
            assert!(is_white(along, 4 * module - 1) && is_white(4 * module - 1, along));
        }
        assert!(!is_white(4 * module, 4 * module), "the finder pattern begins right after the quiet zone");
    }

    #[test]
    fn any_size_of_module_is_kept_in_bounds() {
        let qr = Qr::new(LINK).unwrap();
        let width = |file: Vec<u8>| {
            png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap().info().width as usize
        };
        assert_eq!(width(qr.png_sized(0)), qr.side());
        assert_eq!(width(qr.png_sized(3)), qr.side() * 3);
        assert_eq!(width(qr.png_sized(u32::MAX)), qr.side() * 64);
    }
}
