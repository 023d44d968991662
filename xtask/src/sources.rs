//! Rules that only the code's text shows: who makes authority, and who names whose tables
//! (ARCHITECTURE.md, invariants 1 and 2).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The call that makes the right to say who is calling.
const AUTHORITY: &str = "Authority::issue(";

/// The folders that may call it.
const ISSUERS: [&str; 2] = ["app/", "platform/testkit/"];

/// Words that make a text SQL.
const SQL: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "FROM", "JOIN", "TABLE", "INDEX"];

/// Everything that breaks a rule, as sentences that begin with the file and the line.
///
/// # Errors
/// A folder or file can't be read.
pub fn findings(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut slices = Vec::new();
    for entry in fs::read_dir(root.join("features")).context("features can't be read")? {
        slices.push(entry?.file_name().to_string_lossy().into_owned());
    }
    slices.sort();
    let mut findings = Vec::new();
    for folder in ["app", "bench", "features", "platform"] {
        for file in files(&root.join(folder))? {
            let text =
                fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
            let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
            findings.extend(in_file(&name, &text, &slices));
        }
    }
    Ok(findings)
}

fn in_file(name: &str, text: &str, slices: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    if name.ends_with(".sql") {
        texts
            .extend(text.lines().enumerate().map(|(index, line)| (index + 1, before(line, "--").to_owned())));
    } else {
        if !ISSUERS.iter().any(|folder| name.starts_with(folder)) {
            let calls = text.lines().enumerate().filter(|(_, line)| before(line, "//").contains(AUTHORITY));
            findings.extend(calls.map(|(index, _)| {
                format!("{name}:{}: authority is issued only in app and platform/testkit", index + 1)
            }));
        }
        let literals = string_literals(text).into_iter();
        texts.extend(
            literals
                .filter(|literal| literal.names_table || is_sql(&literal.text))
                .map(|literal| (literal.line, literal.text)),
        );
    }
    // The load generator counts from outside what was stored; tests of the whole program make states that no
    // operation makes.
    if ["bench/", "app/tests/"].iter().any(|folder| name.starts_with(folder)) {
        return findings;
    }
    for (line, text) in texts {
        for slice in slices.iter().filter(|slice| !name.starts_with(&format!("features/{slice}/"))) {
            if let Some(table) = table_of(&text, slice) {
                findings
                    .push(format!("{name}:{line}: {table} is a table of features/{slice}, named only there"));
            }
        }
    }
    findings
}

/// The first word in the text that begins with the slice's name and an underscore.
fn table_of<'a>(text: &'a str, slice: &str) -> Option<&'a str> {
    words(text).find(|word| {
        word.strip_prefix(slice).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| !rest.is_empty())
    })
}

fn is_sql(text: &str) -> bool {
    words(text).any(|word| SQL.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
}

fn before<'a>(line: &'a str, comment: &str) -> &'a str {
    line.split_once(comment).map_or(line, |(code, _)| code)
}

/// A text in quotation marks in a Rust file.
#[derive(Debug, Eq, PartialEq)]
struct Literal {
    /// Where it begins, from 1.
    line: usize,
    text: String,
    /// It stands after `table_name =`.
    names_table: bool,
}

/// The string literals of a Rust file: plain, raw, of any length, not those in comments.
fn string_literals(code: &str) -> Vec<Literal> {
    let mut literals = Vec::new();
    let mut at = 0;
    while let Some(character) = code[at..].chars().next() {
        let rest = &code[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let Some(length) = character_literal(rest) {
            at += length;
        } else if let Some((start, end, whole)) = string_literal(rest, &code[..at]) {
            let names_table = code[..at]
                .trim_end()
                .strip_suffix('=')
                .is_some_and(|left| left.trim_end().ends_with("table_name"));
            let line = code[..at].matches('\n').count() + 1;
            literals.push(Literal { line, text: rest[start..end].to_owned(), names_table });
            at += whole;
        } else {
            at += character.len_utf8();
        }
    }
    literals
}

/// The length of a character literal at the beginning of the text; a lifetime is none.
fn character_literal(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let mut characters = inside.char_indices();
    let (_, first) = characters.next()?;
    if first == '\\' {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let (end, second) = characters.next()?;
    (second == '\'').then_some(end + 2)
}

/// Start and end of the text inside a string literal at the beginning of `rest`, and the literal's length.
fn string_literal(rest: &str, before: &str) -> Option<(usize, usize, usize)> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let in_a_name = before.ends_with(|character: char| character.is_alphanumeric() || character == '_')
            && !before.ends_with('b');
        if raw[hashes..].starts_with('"') && !in_a_name {
            let start = 1 + hashes + 1;
            let fence = format!("\"{}", "#".repeat(hashes));
            let end = rest[start..].find(&fence).map_or(rest.len(), |end| start + end);
            return Some((start, end, (end + fence.len()).min(rest.len())));
        }
    }
    let inside = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (index, character) in inside.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((1, 1 + index, index + 2)),
            _ => {}
        }
    }
    Some((1, rest.len(), rest.len()))
}

/// The Rust and SQL files of a folder and the folders in it, sorted.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{in_file, string_literals};

    fn check(name: &str, text: &str) -> usize {
        in_file(name, text, &["organisations".to_owned(), "responses".to_owned()]).len()
    }

    #[test]
    fn literals_are_found_with_their_lines() {
        let code = "let a = \"one\"; // \"not this\"\nlet b = r#\"two \"quoted\"\"#; /* \"nor\nthis\" */ let c = '\"';\n\
            fn d<'a>(x: &'a str) { call(\"three \\\" four\") }";
        let found: Vec<(usize, String)> =
            string_literals(code).into_iter().map(|literal| (literal.line, literal.text)).collect();
        let expected = [(1, "one"), (2, "two \"quoted\""), (4, "three \\\" four")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_slice_names_its_own_tables() {
        assert_eq!(check("features/responses/src/store.rs", "query(\"SELECT 1 FROM responses_answers\")"), 0);
        assert_eq!(
            check("features/responses/migrations/1.sql", "CREATE TABLE responses_answers (id BIGINT);"),
            0
        );
    }

    #[test]
    fn the_tables_of_another_slice_are_found() {
        assert_eq!(check("features/survey/src/store.rs", "query(\"SELECT 1 FROM responses_answers\")"), 1);
        assert_eq!(check("features/responses/src/store.rs", "\"SELECT 1\n  FROM organisations_bodies\""), 1);
        assert_eq!(
            check("features/survey/migrations/1.sql", "CREATE TABLE s (b REFERENCES responses_answers);"),
            1
        );
        assert_eq!(check("platform/db/src/lib.rs", "#[sea_orm(table_name = \"organisations_bodies\")]"), 1);
        assert_eq!(check("app/src/demo.rs", "r\"DELETE FROM responses_answers\""), 1);
    }

    #[test]
    fn what_only_looks_like_a_table_is_let_be() {
        assert_eq!(
            check("features/survey/src/lib.rs", "use otklik_responses::responses_total; // FROM responses_a"),
            0
        );
        assert_eq!(check("app/src/metrics.rs", "counter(\"responses_accepted\")"), 0);
        assert_eq!(check("features/survey/migrations/1.sql", "SELECT 1; -- as in responses_answers"), 0);
        assert_eq!(check("bench/src/main.rs", "\"SELECT count(*) FROM responses_answers\""), 0);
        assert_eq!(check("app/tests/it.rs", "\"UPDATE responses_answers SET day = 1\""), 0);
    }

    #[test]
    fn authority_is_issued_in_two_places() {
        let call = "let right = Authority::issue();";
        assert_eq!(check("app/src/main.rs", call), 0);
        assert_eq!(check("platform/testkit/src/cast.rs", call), 0);
        assert_eq!(check("features/organisations/src/lib.rs", call), 1);
        assert_eq!(check("platform/web/src/lib.rs", "let right = access::Authority::issue();"), 1);
        assert_eq!(check("platform/access/src/caller.rs", "/// See [`Authority::issue()`]."), 0);
    }
}
