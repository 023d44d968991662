//! Posters are read back as a scanner and a reader do. QR-10

use std::path::{Path, PathBuf};
use std::process::Command;

use otklik_print::{
    FOOTER_LINES, LONGEST_FOOTER_LINE, LONGEST_HEADING, LONGEST_INVITATION, LONGEST_NAME, PdfError, Poster,
    PosterText, Qr,
};
use tempfile::TempDir;

const LINK: &str = "https://order.nalog.ru/qr/7701/";
/// «https://отклик.рф/qr/7701/» as scanners read it everywhere.
const CYRILLIC: &str = "https://xn--h1adbcny.xn--p1ai/qr/7701/";
const NAME: &str = "Инспекция ФНС России № 1 по г. Москве";

fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}. Install it: apt-get install -y {package}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn usual() -> PosterText {
    PosterText {
        heading: "Оцените качество обслуживания в налоговом органе".into(),
        invitation: "Наведите камеру телефона на код или введите ссылку в адресную строку браузера".into(),
        footer: vec!["Имя и телефон не спрашиваются".into()],
    }
}

/// As long a text as one may type, of these words.
fn longest(words: &str) -> PosterText {
    let of = |letters| words.chars().cycle().take(letters).collect::<String>();
    PosterText {
        heading: of(LONGEST_HEADING),
        invitation: of(LONGEST_INVITATION),
        footer: vec![of(LONGEST_FOOTER_LINE); FOOTER_LINES],
    }
}

fn pdf(name: &str, text: &PosterText, url: &str) -> Vec<u8> {
    Poster { name, text, qr: &Qr::new(url).unwrap() }.pdf().unwrap()
}

fn save(folder: &TempDir, content: &[u8]) -> PathBuf {
    let path = folder.path().join("poster.pdf");
    std::fs::write(&path, content).unwrap();
    path
}

fn picture(pdf: &Path, options: &[&str]) -> PathBuf {
    let stem = pdf.with_extension("page");
    let mut arguments = vec!["-png", "-singlefile", "-r", "100"];
    arguments.extend(options);
    arguments.extend([pdf.to_str().unwrap(), stem.to_str().unwrap()]);
    run("pdftoppm", "poppler-utils", &arguments);
    PathBuf::from(format!("{}.png", stem.display()))
}

fn scan(picture: &Path) -> String {
    run("zbarimg", "zbar-tools", &["-q", "--raw", picture.to_str().unwrap()]).trim_end().to_owned()
}

fn unbroken(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200B}').collect()
}

fn read(pdf: &Path) -> String {
    unbroken(&run("pdftotext", "poppler-utils", &[pdf.to_str().unwrap(), "-"]))
}

#[test]
fn qr10_a_scanner_reads_every_poster_at_100_dpi_and_in_grey() {
    let folder = TempDir::new().unwrap();
    let words: String = "Управление по городу и области ".chars().cycle().take(LONGEST_NAME).collect();
    let solid = "Щ".repeat(LONGEST_NAME);
    let cases = [(NAME, usual()), (&words, longest("Что ни день ")), (&solid, longest("Щ"))];
    for url in [LINK, CYRILLIC, &format!("https://example.org/{}", "0O".repeat(60))] {
        for (name, text) in &cases {
            let made = save(&folder, &pdf(name, text, url));
            let info = run("pdfinfo", "poppler-utils", &[made.to_str().unwrap()]);
            assert!(info.contains("Pages:           1\n"), "{name} {url}: {info}");
            assert_eq!(scan(&picture(&made, &[])), url, "{name}");
            assert_eq!(scan(&picture(&made, &["-gray"])), url, "{name}");
        }
    }
}

#[test]
fn qr10_the_poster_says_its_text_and_the_link_as_one_types_it() {
    let folder = TempDir::new().unwrap();
    for (url, shown) in [(LINK, LINK), (CYRILLIC, "https://отклик.рф/qr/7701/")] {
        let made = save(&folder, &pdf(NAME, &usual(), url));
        let text = usual();
        let expected = [&text.heading, &text.invitation, shown, NAME, &text.footer[0]].map(unbroken).concat();
        assert_eq!(read(&made), expected);
        let links = run("pdfinfo", "poppler-utils", &["-url", made.to_str().unwrap()]);
        assert!(links.contains(url), "the link is live: {links}");
        let fonts = run("pdffonts", "poppler-utils", &[made.to_str().unwrap()]);
        assert!(fonts.contains("DejaVuSansMono"), "a zero with a dot: {fonts}");
    }
}

#[test]
fn qr10_texts_are_data_whatever_they_hold() {
    let folder = TempDir::new().unwrap();
    let text = PosterText {
        heading: "#panic() #read(\"/etc/passwd\") <метка> @ссылка".into(),
        invitation: "*b* _i_ `r` = h // c /* b */ $ x^2 $ \\ \\u{41} 😀".into(),
        footer: vec!["\"}, \"url\": \"https://example.org\"".into(), "\u{200B}\n".into()],
    };
    let made = save(&folder, &pdf(NAME, &text, LINK));
    let shown = text.invitation.replace('😀', "□");
    let expected = [&text.heading, &shown, LINK, NAME, &text.footer[0]].map(unbroken).concat();
    assert_eq!(read(&made), expected);
}

#[test]
fn qr10_one_tagged_page_of_a4_dated_by_its_edition() {
    let folder = TempDir::new().unwrap();
    let made = save(&folder, &pdf(NAME, &usual(), LINK));
    let info = run("env", "coreutils", &["TZ=UTC", "pdfinfo", "-isodates", made.to_str().unwrap()]);
    for part in
        ["Tagged:          yes", "2026-11-22T00:00:00", "595.276 x 841.89 pts (A4)", "Оцените качество"]
    {
        assert!(info.contains(part), "{part} in {info}");
    }
    let metadata = run("pdfinfo", "poppler-utils", &["-meta", made.to_str().unwrap()]);
    for claim in ["<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"] {
        assert!(metadata.contains(claim), "{claim} in {metadata}");
    }
    assert_eq!(pdf(NAME, &usual(), LINK), pdf(NAME, &usual(), LINK));
    assert_ne!(pdf(NAME, &usual(), LINK), pdf("Другая", &usual(), LINK));
}

#[test]
fn qr10_the_preview_is_the_poster_as_an_image() {
    let folder = TempDir::new().unwrap();
    let qr = Qr::new(LINK).unwrap();
    let svg = Poster { name: NAME, text: &usual(), qr: &qr }.svg().unwrap();
    let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
    let mut pixels = resvg::tiny_skia::Pixmap::new(827, 1169).unwrap();
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    let scale = 827.0 / tree.size().width();
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let path = folder.path().join("preview.png");
    std::fs::write(&path, pixels.encode_png().unwrap()).unwrap();
    assert_eq!(scan(&path), LINK);
}

#[test]
fn qr10_a_poster_without_words_is_refused() {
    let qr = Qr::new(LINK).unwrap();
    let blank = PosterText { heading: " \u{200B}".into(), ..usual() };
    let made = Poster { name: NAME, text: &blank, qr: &qr }.pdf();
    assert!(matches!(made, Err(PdfError::HeadingEmpty)));
    let made = Poster { name: " ", text: &usual(), qr: &qr }.pdf();
    assert!(matches!(made, Err(PdfError::NameEmpty)));
}
