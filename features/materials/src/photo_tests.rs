use image::{ImageBuffer, Luma, Rgba, RgbaImage};

use super::*;

/// Left half black, right half white: which way up it is can be seen.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([0; 3]) } else { Rgb([255; 3]) })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn read(photo: &Photo) -> RgbImage {
    image::load_from_memory_with_format(&photo.jpeg, ImageFormat::Jpeg).unwrap().to_rgb8()
}

/// A JPEG with EXIF: orientation 6 (turn right to see it upright), and where it was taken, 55°45′20.7″ N.
fn jpeg_with_gps(picture: &RgbImage) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = Vec::new();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, 38));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(entry(0x0002, 5, 3, 68));
    tiff.extend(0_u32.to_le_bytes());
    for (above, below) in [(55_u32, 1_u32), (45, 1), (207, 10)] {
        tiff.extend(above.to_le_bytes());
        tiff.extend(below.to_le_bytes());
    }
    tiff.extend(b"CAMERA-SECRET");
    let plain = encoded(picture.clone(), ImageFormat::Jpeg);
    let mut file = plain[..2].to_vec();
    file.extend([0xFF, 0xE1]);
    file.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
    file.extend(b"Exif\0\0");
    file.extend(tiff);
    file.extend(&plain[2..]);
    file
}

/// A PNG that says it is so large and has nothing in it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_chunk(png::chunk::IDAT, &[]).unwrap();
    file
}

#[test]
fn qr11_three_kinds_are_taken_by_their_content() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let photo = make(&encoded(picture(300, 200), format)).unwrap();
        assert_eq!((photo.width, photo.height), (300, 200), "{format:?}");
        assert_eq!(image::guess_format(&photo.jpeg).unwrap(), ImageFormat::Jpeg);
        let pixels = read(&photo);
        assert!(pixels.get_pixel(20, 100).0[0] < 40 && pixels.get_pixel(280, 100).0[0] > 215);
    }
}

#[test]
fn qr11_what_a_camera_writes_beside_the_picture_is_gone_and_the_photo_stands_upright() {
    let file = jpeg_with_gps(&picture(300, 200));
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(has(&file, b"Exif") && has(&file, b"CAMERA-SECRET"));
    let photo = make(&file).unwrap();
    assert_eq!((photo.width, photo.height), (200, 300), "turned");
    let pixels = read(&photo);
    // Turned to the right, what was left is up.
    assert!(pixels.get_pixel(100, 20).0[0] < 40 && pixels.get_pixel(100, 280).0[0] > 215);
    assert!(!has(&photo.jpeg, b"Exif") && !has(&photo.jpeg, b"CAMERA-SECRET"));
    assert!(!has(&photo.jpeg, &[0xFF, 0xE1]), "no segment for metadata at all");

    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 1, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.add_text_chunk("Location".into(), "CAMERA-SECRET".into()).unwrap();
    encoder.write_header().unwrap().write_image_data(&[9]).unwrap();
    assert!(has(&png, b"CAMERA-SECRET") && !has(&make(&png).unwrap().jpeg, b"CAMERA-SECRET"));
}

#[test]
fn qr11_a_large_photo_is_made_smaller_and_a_small_one_is_left() {
    let size = |width, height| {
        let photo = make(&encoded(picture(width, height), ImageFormat::Jpeg)).unwrap();
        (photo.width, photo.height)
    };
    assert_eq!(size(2000, 1500), (1600, 1200));
    assert_eq!(size(500, 3200), (250, 1600));
    assert_eq!(size(1600, 900), (1600, 900));
    assert_eq!(size(1, 1), (1, 1));
}

#[test]
fn qr11_an_image_bomb_is_refused_before_it_is_unpacked() {
    // None of these has a pixel in it: had unpacking begun, they would be called damaged.
    for (width, height) in [(60_000, 60_000), (u32::MAX >> 1, 1), (15_000, 15_000), (16_000, 3_126)] {
        let file = bomb(width, height);
        assert!(file.len() < 100);
        assert_eq!(make(&file), Err(BadPhoto::TooLarge), "{width} × {height}");
    }
    assert_eq!(make(&bomb(100, 100)), Err(BadPhoto::Broken));
    // Sixteen bits in four channels take twice the memory of eight: fewer pixels are allowed.
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 6000, 6000);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.write_header().unwrap().write_chunk(png::chunk::IDAT, &[]).unwrap();
    assert_eq!(make(&file), Err(BadPhoto::TooLarge));
}

#[test]
fn qr11_other_files_are_refused_whatever_they_are_called() {
    for file in [
        &b""[..],
        b"just a text that was named photo.jpg",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"%PDF-1.7",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"BM\x3a\0\0\0\0\0\0\0",
        b"\0\0\0\x18ftypheic\0\0\0\0",
    ] {
        assert_eq!(make(file), Err(BadPhoto::Kind), "{file:?}");
    }
    assert_eq!(make(&vec![0; MOST_BYTES + 1]), Err(BadPhoto::TooLong));
}

#[test]
fn qr11_damaged_photos_are_refused_and_break_nothing() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(picture(64, 64), format);
        for length in (12..whole.len()).step_by(whole.len() / 40 + 1) {
            let _ = make(&whole[..length]);
            let mut changed = whole.clone();
            changed[length] ^= 0xFF;
            let _ = make(&changed);
        }
        assert!(matches!(make(&whole[..whole.len() / 3]), Err(BadPhoto::Broken)), "{format:?}");
    }
}

#[test]
fn qr11_transparency_becomes_white_and_grey_stays_grey() {
    let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    let photo = make(&encoded(clear, ImageFormat::Png)).unwrap();
    assert!(read(&photo).pixels().all(|pixel| pixel.0.iter().all(|&part| part > 250)));
    let grey: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(8, 8, Luma([0x8000]));
    let photo = make(&encoded(DynamicImage::ImageLuma16(grey), ImageFormat::Png)).unwrap();
    assert!(read(&photo).pixels().all(|pixel| pixel.0.iter().all(|&part| part.abs_diff(128) < 4)));
}
