//! Whose data came, of which day, in which revision: from the package's description, the file's name or what was
//! said beside the file (MON-8, MON-11).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use otklik_kernel::CivilDay;
use otklik_progress::delivery::Head;
use serde::Deserialize;

/// The longest description that is read.
const LONGEST: u64 = 4 * 1024 * 1024;
/// The description's name in a package.
const DESCRIPTION: &str = "datapackage.json";
/// What every document of an office suite has, a ZIP too.
const OF_DOCUMENTS: [&str; 2] = ["[Content_Types].xml", "mimetype"];
/// How files begin that are often sent by mistake: PDF, pictures, old documents, other archives.
const OTHERS: [&[u8]; 8] =
    [b"%PDF", b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8", b"\xD0\xCF\x11\xE0", b"Rar!", b"7z\xBC\xAF", b"\x1F\x8B"];
/// How much of a file is looked at to tell whether it is text.
const BEGINNING: u64 = 8 * 1024;
/// A text has at most one control character in so many bytes.
const FEW: usize = 25;

/// What was said beside the file; empty fields say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The sender's code.
    pub sender: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// The revision.
    pub revision: String,
}

/// Why it can't be known whose data came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Nowhere is the sender said.
    #[error("no sender is given")]
    NoSender,
    /// Nowhere is the day said.
    #[error("no day is given")]
    NoDay,
    /// Not a day.
    #[error("the day is not of the form YYYY-MM-DD")]
    BadDay,
    /// Not a number from 1.
    #[error("the revision is not a number from 1")]
    BadRevision,
    /// The file says another thing than what was said beside it.
    #[error("the file and the parameters disagree")]
    Disagree,
    /// A picture, a document, a workbook: anything that is neither a package nor a table.
    #[error("the file is neither a ZIP of tables nor a CSV")]
    NotTable,
    /// The ZIP can't be read.
    #[error("the ZIP is damaged")]
    BadZip,
    /// The description can't be read.
    #[error("datapackage.json can't be read")]
    BadDescription,
}

impl HeadError {
    /// The code in answers of the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSender => "no_sender",
            Self::NoDay => "no_day",
            Self::BadDay => "bad_day",
            Self::BadRevision => "bad_revision",
            Self::Disagree => "disagree",
            // As the check says it of a package.
            Self::NotTable => "package_unreadable",
            Self::BadZip => "bad_zip",
            Self::BadDescription => "bad_description",
        }
    }
}

#[derive(Default, Deserialize)]
struct Description {
    otklik: Option<Own>,
}

#[derive(Default, Deserialize)]
struct Own {
    #[serde(default)]
    sender: String,
    #[serde(default)]
    day: String,
    revision: Option<u32>,
}

/// Whether a file is a ZIP, by its first bytes.
///
/// # Errors
/// The file can't be read.
pub fn is_zip(path: &Path) -> io::Result<bool> {
    let mut first = [0; 4];
    let mut file = File::open(path)?;
    let read = file.read(&mut first)?;
    Ok(read == 4 && (first == *b"PK\x03\x04" || first == *b"PK\x05\x06"))
}

/// Whether a file that is no ZIP can't be a table.
fn is_other(path: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut first)?;
    Ok(is_no_text(&first))
}

/// Whether bytes begin like something else or are full of signs that no table has. One or another in a field is a
/// mistake of that field.
fn is_no_text(first: &[u8]) -> bool {
    // UTF-16 is text in a wrong encoding: the check says how to save it.
    let is_utf16 = match first {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [one, two, ..] => (*one == 0) != (*two == 0),
        _ => false,
    };
    if is_utf16 {
        return false;
    }
    let strange = first.iter().filter(|byte| byte.is_ascii_control() && !b"\t\r\n".contains(byte)).count();
    OTHERS.iter().any(|other| first.starts_with(other)) || strange * FEW > first.len()
}

/// What a file or a folder says of itself, as far as it can be read.
#[must_use]
pub fn of_path(path: &Path) -> Said {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if path.is_dir() {
        let read = std::fs::read(path.join(DESCRIPTION)).ok();
        return read.and_then(|bytes| described(&bytes).ok()).unwrap_or_default();
    }
    own(path, &name).unwrap_or_default()
}

fn described(bytes: &[u8]) -> Result<Said, HeadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let description: Description = serde_json::from_slice(bytes).map_err(|_| HeadError::BadDescription)?;
    let own = description.otklik.unwrap_or_default();
    let revision = own.revision.map_or_else(String::new, |revision| revision.to_string());
    Ok(Said { sender: own.sender, day: own.day, revision })
}

/// What a file says of itself: a package in its description, a lone file in its name
/// `<sender>_<YYYY-MM-DD>_r<revision>.csv`.
fn own(path: &Path, name: &str) -> Result<Said, HeadError> {
    if is_zip(path).map_err(|_| HeadError::BadZip)? {
        let file = File::open(path).map_err(|_| HeadError::BadZip)?;
        let mut zip = zip::ZipArchive::new(file).map_err(|_| HeadError::BadZip)?;
        let names: Result<Vec<String>, _> = zip.file_names().map(|one| one.map(Into::into)).collect();
        let names = names.map_err(|_| HeadError::BadZip)?;
        if names.iter().any(|one| OF_DOCUMENTS.contains(&one.as_str())) {
            return Err(HeadError::NotTable);
        }
        let found = names.iter().find(|one| one.rsplit('/').next() == Some(DESCRIPTION));
        let Some(found) = found else { return Ok(from_name(name)) };
        let entry = zip.by_name(found).map_err(|_| HeadError::BadZip)?;
        let mut bytes = Vec::new();
        entry.take(LONGEST).read_to_end(&mut bytes).map_err(|_| HeadError::BadZip)?;
        return described(&bytes);
    }
    match is_other(path) {
        Ok(true) => Err(HeadError::NotTable),
        // What can't be read is told by the check.
        Ok(false) | Err(_) => Ok(from_name(name)),
    }
}

fn from_name(name: &str) -> Said {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let parts = stem.rsplit_once("_r").and_then(|(rest, revision)| {
        let (sender, day) = rest.rsplit_once('_')?;
        CivilDay::parse(day)?;
        Some(Said { sender: sender.into(), day: day.into(), revision: revision.into() })
    });
    parts.unwrap_or_default()
}

/// One of two things said; they may not differ.
fn either(own: String, said: &str) -> Result<String, HeadError> {
    match (own.trim(), said.trim()) {
        (own, "") => Ok(own.to_owned()),
        ("", said) => Ok(said.to_owned()),
        (own, said) if own == said => Ok(said.to_owned()),
        _ => Err(HeadError::Disagree),
    }
}

/// Reads whose data a file holds.
///
/// # Errors
/// See [`HeadError`].
pub fn read(path: &Path, name: &str, said: &Said) -> Result<Head, HeadError> {
    let own = own(path, name)?;
    let sender = either(own.sender, &said.sender)?;
    let (day, revision) = (either(own.day, &said.day)?, either(own.revision, &said.revision)?);
    if sender.is_empty() {
        return Err(HeadError::NoSender);
    }
    if day.is_empty() {
        return Err(HeadError::NoDay);
    }
    let day = CivilDay::parse(&day).ok_or(HeadError::BadDay)?;
    let revision = match revision.as_str() {
        "" => 1,
        typed => {
            typed.parse::<u32>().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or(HeadError::BadRevision)?
        }
    };
    Ok(Head { sender, day, revision })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn said(sender: &str, day: &str, revision: &str) -> Said {
        Said { sender: sender.into(), day: day.into(), revision: revision.into() }
    }

    fn head(sender: &str, day: i32, revision: u32) -> Head {
        Head { sender: sender.into(), day: CivilDay(day), revision }
    }

    #[test]
    fn mon11_a_lone_file_says_it_in_its_name_or_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "a;b\r\n").unwrap();
        let read = |name: &str, said: &Said| read(&path, name, said);
        let nothing = Said::default();
        assert_eq!(read("mfc_27_2026-11-21_r3.csv", &nothing), Ok(head("mfc_27", 20_261_121, 3)));
        assert_eq!(read("x.csv", &said("a", "2026-11-21", "")), Ok(head("a", 20_261_121, 1)));
        assert_eq!(read("a_2026-11-21_r1.csv", &said("b", "", "")), Err(HeadError::Disagree));
        assert_eq!(read("x.csv", &nothing), Err(HeadError::NoSender));
        assert_eq!(read("x.csv", &said("a", "", "")), Err(HeadError::NoDay));
        assert_eq!(read("x.csv", &said("a", "21.11.2026", "")), Err(HeadError::BadDay));
        assert_eq!(read("x.csv", &said("a", "2026-11-21", "0")), Err(HeadError::BadRevision));
    }

    #[test]
    fn mon11_bytes_that_are_no_package_are_told_from_tables() {
        let noise: Vec<u8> = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
        for foreign in [&noise[..], b"\x1f\x8b\x08\0rest", b"\x89PNG\r\n\x1a\n\0\0", b"\x7fELF\x02\x01"] {
            assert!(is_no_text(foreign), "{foreign:?}");
        }
        let windows_1251 = [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, b';', b'\r', b'\n'];
        let one_mistake = b"request_id;service_id\r\n1;a\x01b\r\n".repeat(2);
        let utf16: Vec<u8> = "a;\u{431}\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe", &utf16[..]].concat();
        for fit in [&b""[..], "\u{feff}я;\tб\r\n".as_bytes(), &windows_1251, &one_mistake, &utf16, &marked]
        {
            assert!(!is_no_text(fit), "{fit:?}");
        }
    }

    #[test]
    fn mon11_a_package_says_it_in_its_description() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        let write = |text: &str| {
            let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
            zip.start_file("package/datapackage.json", zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
            zip.finish().unwrap();
        };
        write("\u{feff}{\"otklik\": {\"sender\": \"a\", \"day\": \"2026-11-21\", \"revision\": 2}}");
        assert_eq!(read(&path, "x.zip", &Said::default()), Ok(head("a", 20_261_121, 2)));
        assert_eq!(read(&path, "x.zip", &said("", "", "3")), Err(HeadError::Disagree));
        write("{");
        assert_eq!(read(&path, "x.zip", &Said::default()), Err(HeadError::BadDescription));
        std::fs::write(&path, b"PK\x03\x04 and no more").unwrap();
        assert_eq!(read(&path, "x.zip", &Said::default()), Err(HeadError::BadZip));
    }

    #[test]
    fn mon8_a_picture_or_a_document_is_told_from_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let is_read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            match read(&path, "a_2026-11-21_r1.csv", &Said::default()) {
                Ok(_) => true,
                Err(HeadError::NotTable) => false,
                Err(other) => panic!("{other}"),
            }
        };
        for other in
            [&b"%PDF-1.7\n"[..], b"\xFF\xD8\xFF\xE0", b"\xD0\xCF\x11\xE0\xA1", b"abc\0def", b"\0\0\x01\0"]
        {
            assert!(!is_read(other), "{other:?}");
        }
        for table in [&b"request_id;\r\n"[..], b"\xED\xEE\xEC\xE5\xF0;", b"\xFF\xFEr\0e\0", b"r\0e\0q\0"] {
            assert!(is_read(table), "{table:?}");
        }
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        zip.start_file("[Content_Types].xml", zip::write::SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap();
        assert_eq!(read(&path, "x.xlsx", &Said::default()), Err(HeadError::NotTable));
    }
}
