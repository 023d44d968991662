//! Every form in which a delivery may come gives the same data (MON-8).

use std::io::{Cursor, Write as _};

use otklik_progress::check::Outcome;
use otklik_progress::fields::Table;
use otklik_progress::reading::{Limits, Source};

use crate::support::{check, check_file, check_folder, shown};
use crate::written::{CANONICAL, forms, package, wide};

fn expected() -> String {
    let files = package(CANONICAL);
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let (checked, problems) = check_folder(&files);
    assert!(problems.is_empty(), "{problems:?}");
    shown(&checked.delivery.unwrap())
}

#[test]
fn mon8_the_canonical_form_is_read_as_it_is_meant() {
    insta::assert_snapshot!(expected());
}

#[test]
fn mon8_every_form_of_a_package_gives_the_same_data() {
    let expected = expected();
    for form in forms() {
        let files = package(form);
        let files: Vec<(&str, Vec<u8>)> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let (checked, problems) = check_folder(&files);
        assert!(problems.is_empty(), "{form:?}: {problems:?}");
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{form:?}");
        let facts = checked.files[0].facts.unwrap();
        assert_eq!(facts.delimiter, form.delimiter, "{form:?}");
    }
}

#[test]
fn mon8_every_form_of_a_wide_file_gives_the_same_data() {
    let expected = expected();
    for form in forms() {
        let (checked, problems) = check_file("mfc-77_2026-11-24_r1.csv", wide(form));
        assert!(problems.is_empty(), "{form:?}: {problems:?}");
        assert_eq!(checked.files[0].table, Table::Wide);
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{form:?}");
    }
}

#[test]
fn mon8_an_archive_gives_the_same_data_also_with_its_files_in_a_folder() {
    let expected = expected();
    for prefix in ["", "24-11-2026/"] {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in package(CANONICAL) {
            archive.start_file(format!("{prefix}{name}"), zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(&bytes).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        let digest = {
            let mut sum = otklik_kernel::secret::Sum::default();
            sum.add(&bytes);
            sum.finish()
        };
        let (checked, problems) = check_file("any.zip", bytes);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(checked.digest, digest);
        assert_eq!(shown(&checked.delivery.unwrap()), expected);
    }
}

#[test]
fn mon8_each_file_of_a_package_may_come_alone() {
    let form = CANONICAL;
    for (name, bytes) in package(form) {
        if name != "applications.csv" {
            continue;
        }
        let (checked, problems) = check_file("mfc-77_2026-11-24_r3.csv", bytes);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!((checked.outcome, checked.head.unwrap().revision), (Outcome::Accepted, 3));
    }
}

#[test]
fn mon8_blocks_of_any_size_give_the_same_data() {
    let expected = expected();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in package(CANONICAL) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for block in [1, 100, 300, 1000] {
        let mut limits = Limits::default();
        limits.csv.block = block;
        let (checked, problems) =
            check(Source::at(folder.path()).unwrap(), limits, &otklik_progress::check::NoneKnown);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{block}");
    }
}
