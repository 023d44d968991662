//! A photo that a person sends, made into one that may be kept: looked at by its content, of bounded size, upright,
//! small, and without anything that a camera writes beside the picture. QR-11

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

/// The longest file taken, in bytes.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// The most pixels of a picture taken: more than telephones make.
pub const MOST_PIXELS: u64 = 50_000_000;
/// The longest side taken, in pixels.
const LONGEST_SIDE: u32 = 16_000;
/// The most memory that a picture may take when it is unpacked, in bytes: four for each pixel.
const MOST_MEMORY: u64 = 4 * MOST_PIXELS;
/// The longest side kept, in pixels.
pub const KEPT_SIDE: u32 = 1600;
/// Quality of the JPEG kept: small letters of a poster stay readable.
const QUALITY: u8 = 82;

/// A photo as it is kept: JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why a file is no photo that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPhoto {
    /// More than 10 MB.
    #[error("the file is too long")]
    TooLong,
    /// By its content, no JPEG, PNG or WebP.
    #[error("the file is of another kind")]
    Kind,
    /// Too many pixels.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// The file is damaged.
    #[error("the file is damaged")]
    Broken,
}

/// Makes the photo that is kept of a file that was sent.
///
/// Takes a processor for some tenths of a second and at most some 200 MB: call it from a blocking thread, one at
/// a time. Size and number of pixels are looked at before anything is unpacked.
///
/// # Errors
/// See [`BadPhoto`].
pub fn make(file: &[u8]) -> Result<Photo, BadPhoto> {
    if file.len() > MOST_BYTES {
        return Err(BadPhoto::TooLong);
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| BadPhoto::Kind)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(BadPhoto::Kind);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(2 * MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| bad(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(BadPhoto::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| bad(&error))?;
    if picture.width().max(picture.height()) > KEPT_SIDE {
        picture = picture.resize(KEPT_SIDE, KEPT_SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let pixels = on_white(&picture);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&pixels).map_err(|_| BadPhoto::Broken)?;
    Ok(Photo { jpeg, width: pixels.width(), height: pixels.height() })
}

fn bad(error: &ImageError) -> BadPhoto {
    match error {
        ImageError::Limits(_) => BadPhoto::TooLarge,
        _ => BadPhoto::Broken,
    }
}

/// The picture without transparency: JPEG has none.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [red, green, blue, alpha] = source.get_pixel(x, y).0.map(u32::from);
        let over = |part: u32| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
#[path = "photo_tests.rs"]
mod tests;
