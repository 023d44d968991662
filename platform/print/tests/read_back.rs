//! Every image is read back by a scanner, every PDF is taken apart by Poppler.

use std::path::{Path, PathBuf};
use std::process::Command;

use otklik_kernel::CivilDay;
use otklik_print::{PdfError, Qr, QrSheet};
use tempfile::TempDir;

const LINK: &str = "https://order.nalog.ru/qr/7701/";
const LINK_OF_60: &str = "https://otzyvy.nalog.example.org/otsenka-raboty/qr/7701-0012";
const NAME: &str = "Инспекция ФНС России № 1 по г. Москве";
const DAY: CivilDay = CivilDay(20_261_122);

/// Runs an installed program; its standard output.
fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}. Install it: apt-get install -y {package}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn poppler(program: &str, arguments: &[&str]) -> String {
    run(program, "poppler-utils", arguments)
}

/// What a scanner reads in the picture.
fn scan(picture: &Path) -> String {
    run("zbarimg", "zbar-tools", &["-q", "--raw", picture.to_str().unwrap()]).trim_end().to_owned()
}

fn save(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Page one of a PDF as a picture.
fn picture(pdf: &Path, options: &[&str]) -> PathBuf {
    let stem = pdf.with_extension("page");
    let mut arguments = vec!["-png", "-singlefile"];
    arguments.extend(options);
    arguments.extend([pdf.to_str().unwrap(), stem.to_str().unwrap()]);
    poppler("pdftoppm", &arguments);
    PathBuf::from(format!("{}.png", stem.display()))
}

/// The text of a PDF with all blanks single.
fn text(pdf: &Path) -> String {
    let text = poppler("pdftotext", &[pdf.to_str().unwrap(), "-"]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sheet(name: &str, url: &str) -> Vec<u8> {
    QrSheet { name, qr: &Qr::new(url).unwrap(), day: DAY }.pdf().unwrap()
}

/// A text without blanks and zero-width spaces: how it is broken into lines doesn't matter.
fn unbroken(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200B}').collect()
}

#[test]
fn a_scanner_reads_the_png() {
    let folder = TempDir::new().unwrap();
    for url in [LINK, LINK_OF_60] {
        let qr = Qr::new(url).unwrap();
        assert_eq!(scan(&save(&folder, "usual.png", &qr.png())), url);
        assert_eq!(scan(&save(&folder, "small.png", &qr.png_sized(3))), url);
    }
}

#[test]
fn a_scanner_reads_the_svg() {
    let folder = TempDir::new().unwrap();
    for url in [LINK, LINK_OF_60, "https://example.org/qr/?a=1&b=%D0%9E"] {
        let svg = Qr::new(url).unwrap().svg();
        let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
        let mut pixels = resvg::tiny_skia::Pixmap::new(400, 400).unwrap();
        let scale = 400.0 / tree.size().width();
        resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
        assert_eq!(scan(&save(&folder, "svg.png", &pixels.encode_png().unwrap())), url);
    }
}

#[test]
fn a_scanner_reads_the_pdf_in_colour_and_grey() {
    let folder = TempDir::new().unwrap();
    for url in [LINK, LINK_OF_60] {
        let pdf = save(&folder, "sheet.pdf", &sheet(NAME, url));
        assert_eq!(scan(&picture(&pdf, &["-r", "100"])), url);
        assert_eq!(scan(&picture(&pdf, &["-r", "100", "-gray"])), url);
        assert_eq!(scan(&picture(&pdf, &["-r", "72", "-mono"])), url, "as a fax sends it");
    }
}

#[test]
fn the_pdf_has_name_and_link_as_text() {
    let folder = TempDir::new().unwrap();
    for url in [LINK, LINK_OF_60] {
        let pdf = save(&folder, "sheet.pdf", &sheet(NAME, url));
        assert_eq!(text(&pdf), format!("{NAME} {url}"));
        let links = poppler("pdfinfo", &["-url", pdf.to_str().unwrap()]);
        assert!(links.contains(url), "the link is live: {links}");
    }
    let long = format!("https://example.org/{}", "0O".repeat(90));
    let pdf = save(&folder, "long.pdf", &sheet(NAME, &long));
    assert_eq!(unbroken(&text(&pdf)), unbroken(&format!("{NAME}{long}")));
}

#[test]
fn the_pdf_is_one_tagged_page_of_a5_dated_by_its_parameter() {
    let folder = TempDir::new().unwrap();
    let pdf = save(&folder, "sheet.pdf", &sheet(NAME, LINK));
    let info = run("env", "coreutils", &["TZ=UTC", "pdfinfo", "-isodates", pdf.to_str().unwrap()]);
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {info}")).trim().to_owned()
    };
    assert_eq!(field("Title"), NAME);
    assert_eq!(field("Creator"), "Otklik");
    assert_eq!(field("Pages"), "1");
    assert_eq!(field("Tagged"), "yes");
    assert_eq!(field("JavaScript"), "no");
    assert_eq!(field("Encrypted"), "no");
    assert!(field("CreationDate").starts_with("2026-11-22T00:00:00"), "{info}");
    assert!(field("Page size").starts_with("419.528 x 595.276"), "A5 in points: {info}");

    let metadata = poppler("pdfinfo", &["-meta", pdf.to_str().unwrap()]);
    for claim in ["<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"] {
        assert!(metadata.contains(claim), "{claim} in {metadata}");
    }
    let structure = poppler("pdfinfo", &["-struct-text", pdf.to_str().unwrap()]);
    assert!(structure.contains("H1"), "the name is a heading: {structure}");
    assert!(structure.contains("Figure") && structure.contains("Link"), "{structure}");
}

#[test]
fn the_code_is_vector_and_fonts_are_embedded() {
    let folder = TempDir::new().unwrap();
    let pdf = save(&folder, "sheet.pdf", &sheet(NAME, LINK));
    let fonts = poppler("pdffonts", &[pdf.to_str().unwrap()]);
    let rows: Vec<Vec<&str>> = fonts.lines().skip(2).map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 2, "{fonts}");
    for row in &rows {
        let [embedded, subset, unicode] = row[row.len() - 5..row.len() - 2] else { panic!("{row:?}") };
        assert_eq!((embedded, subset, unicode), ("yes", "yes", "yes"), "{fonts}");
    }
    for family in ["LiberationSans", "DejaVuSansMono"] {
        assert!(fonts.contains(family), "{fonts}");
    }
    let images = poppler("pdfimages", &["-list", pdf.to_str().unwrap()]);
    assert_eq!(images.lines().count(), 2, "no raster image: {images}");
}

#[test]
fn names_are_data_whatever_they_hold() {
    let folder = TempDir::new().unwrap();
    let check = |name: &str, shown: &str| {
        let pdf = save(&folder, "sheet.pdf", &sheet(name, LINK));
        assert_eq!(unbroken(&text(&pdf)), unbroken(&format!("{shown}{LINK}")), "{name:?}");
        assert_eq!(scan(&picture(&pdf, &["-r", "100"])), LINK, "{name:?}");
        assert!(poppler("pdfinfo", &[pdf.to_str().unwrap()]).contains("Pages:           1\n"), "{name:?}");
    };
    for name in [
        "#import \"x\"",
        "#panic() #read(\"/etc/passwd\") @ссылка <метка>",
        "*bold* _italic_ `raw` = heading // comment /* b */ - list",
        "$",
        "$ x^2 $ \\ \\u{41} ~ -- --- ... 'a' \"b\"",
        "\"}, \"url\": \"https://example.org\"",
        "</text><script>alert(1)</script> &amp; %",
    ] {
        check(name, name);
    }
    check("Отдел 😀👩‍👩‍👧 приёма", "Отдел □ приёма");
    check("Отдел\u{0}\n\tприёма", "Отдел приёма");
    let words = "Управление по городу и области ".repeat(7).chars().take(200).collect::<String>();
    check(&words, &words);
    let solid = "Щ".repeat(200);
    check(&solid, &solid);
    let longest = "Щ".repeat(500);
    check(&longest, &longest);
}

#[test]
fn names_that_are_no_names_are_refused() {
    let qr = Qr::new(LINK).unwrap();
    let made = |name: &str| QrSheet { name, qr: &qr, day: DAY }.pdf();
    assert!(matches!(made(" \u{200B}\n"), Err(PdfError::NameEmpty)));
    assert!(matches!(made(&"я".repeat(501)), Err(PdfError::NameTooLong)));
}

#[test]
fn the_same_sheet_is_the_same_file() {
    let first = sheet(NAME, LINK);
    assert_eq!(first, sheet(NAME, LINK));
    assert_ne!(first, sheet("Другая инспекция", LINK));
    let qr = Qr::new(LINK).unwrap();
    assert_ne!(first, QrSheet { name: NAME, qr: &qr, day: CivilDay(20_261_123) }.pdf().unwrap());
    assert_eq!((qr.png(), qr.svg()), (Qr::new(LINK).unwrap().png(), Qr::new(LINK).unwrap().svg()));
}
