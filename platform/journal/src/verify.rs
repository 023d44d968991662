//! Checking the whole journal.

use otklik_db::{DbErr, Value, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::append::commitment;
use crate::erase::{ACTION, SUBJECT};
use crate::heads::Heads;
use crate::seal::{BEGINNING, COLUMNS, Link};

/// Entries read at once: what bounds the memory.
const PAGE: usize = 1000;
/// Problems kept in the report.
const PROBLEMS: usize = 1000;

/// What is wrong with the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The entry, where one is to blame.
    pub id: Option<Id>,
    /// Its number in the chain, where it has one.
    pub seq: Option<i64>,
    /// What is wrong, for people.
    pub what: String,
}

/// What checking the journal found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries in all.
    pub entries: u64,
    /// Entries in the chain.
    pub sealed: u64,
    /// Entries not in the chain yet: normally those of the last second.
    pub unsealed_tail: u64,
    /// When the oldest of these was made.
    pub oldest_unsealed_at: Option<Instant>,
    /// Entries whose payload was erased, as an entry of the chain says.
    pub erased: u64,
    /// Entries whose payload was erased, as an entry says that isn't in the chain yet.
    pub erased_unsealed: u64,
    /// Exported heads that were compared.
    pub heads: u64,
    /// The public keys these are signed with, hexadecimal: compare them with the one written down.
    pub keys: Vec<String>,
    /// What is wrong: the first thousand findings.
    pub problems: Vec<Problem>,
    /// How many findings there are.
    pub problems_found: u64,
    /// The number and chain of the last sealed entry.
    pub head: Option<(i64, String)>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn ok(&self) -> bool {
        self.problems_found == 0
    }

    fn problem(&mut self, id: Option<Id>, seq: Option<i64>, what: impl Into<String>) {
        self.problems_found += 1;
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem { id, seq, what: what.into() });
        }
    }
}

/// Checks every entry, payload, link of the chain and exported head.
///
/// Heads must be signed with one of the trusted keys (hexadecimal); when none are given, any key will do
/// and is reported. Reads a page at a time, so it may run beside a working node.
///
/// # Errors
/// When the database is away; whatever is wrong with the journal is in the report.
pub async fn verify<C: ConnectionTrait>(
    conn: &C,
    heads: &Heads,
    trusted: &[String],
) -> Result<Report, DbErr> {
    let mut report = Report::default();
    let mut comparison = Comparison::new(heads, trusted, &mut report);
    sealed(conn, &mut report, &mut comparison).await?;
    comparison.finish(&mut report);
    unsealed(conn, &mut report).await?;
    orphans(conn, &mut report).await?;
    Ok(report)
}

async fn sealed<C: ConnectionTrait>(
    conn: &C,
    report: &mut Report,
    comparison: &mut Comparison<'_>,
) -> Result<(), DbErr> {
    let mut from = i64::MIN;
    let (mut previous, mut expected) = (BEGINNING.to_owned(), 1);
    loop {
        let rows = page(conn, "e.seq >= ? ORDER BY e.seq", from).await?;
        for row in &rows {
            let link = Link::read(row)?;
            let seq = link.seq.unwrap_or_default();
            if seq == expected {
                if link.chain.as_deref() != Some(&link.chain_after(&previous, seq)) {
                    report.problem(Some(link.id), Some(seq), "запись или её место в цепочке изменены");
                }
            } else {
                let what = format!("в цепочке нет записей с {expected} по {}", seq.saturating_sub(1));
                report.problem(Some(link.id), Some(seq), what);
            }
            previous = link.chain.clone().unwrap_or_default();
            comparison.at(seq, &previous, report);
            report.head = Some((seq, previous.clone()));
            expected = seq.saturating_add(1);
            report.sealed += 1;
        }
        payloads(conn, &rows, report).await?;
        if rows.len() < PAGE || expected == i64::MAX {
            return Ok(());
        }
        from = expected;
    }
}

async fn unsealed<C: ConnectionTrait>(conn: &C, report: &mut Report) -> Result<(), DbErr> {
    let mut from = i64::MIN;
    loop {
        let rows = page(conn, "e.seq IS NULL AND e.id >= ? ORDER BY e.id", from).await?;
        for row in &rows {
            let link = Link::read(row)?;
            report.unsealed_tail += 1;
            let at = report.oldest_unsealed_at.map_or(link.at(), |oldest| oldest.min(link.at()));
            report.oldest_unsealed_at = Some(at);
            if link.chain.is_some() {
                report.problem(Some(link.id), None, "запись исключена из цепочки");
            }
            from = link.id.saturating_add(1);
        }
        payloads(conn, &rows, report).await?;
        if rows.len() < PAGE {
            return Ok(());
        }
    }
}

async fn page<C: ConnectionTrait>(conn: &C, which: &str, from: i64) -> Result<Vec<QueryResult>, DbErr> {
    let columns = COLUMNS.split(", ").map(|column| format!("e.{}", column.trim())).collect::<Vec<_>>();
    let text = format!(
        "SELECT {}, p.salt, p.payload FROM journal_entries e
        LEFT JOIN journal_payloads p ON p.entry_id = e.id WHERE {which} LIMIT {PAGE}",
        columns.join(", ")
    );
    conn.query_all_raw(sql(conn, &text, [from.into()])).await
}

/// Checks the payloads of a page against their commitments, and that missing ones were erased.
async fn payloads<C: ConnectionTrait>(
    conn: &C,
    rows: &[QueryResult],
    report: &mut Report,
) -> Result<(), DbErr> {
    for row in rows {
        report.entries += 1;
        let link = Link::read(row)?;
        let salt: Option<String> = row.try_get_by_index(12)?;
        let payload: Option<String> = row.try_get_by_index(13)?;
        match (salt, payload) {
            (Some(salt), Some(payload)) => {
                if commitment(&salt, &payload) != link.commitment {
                    report.problem(Some(link.id), link.seq, "данные записи изменены");
                }
            }
            _ => match erasure(conn, link.id).await? {
                Some(true) => report.erased += 1,
                Some(false) => report.erased_unsealed += 1,
                None => report.problem(Some(link.id), link.seq, "данные записи удалены без записи об этом"),
            },
        }
    }
    Ok(())
}

/// Whether an entry says that another's payload was erased, and whether it is in the chain.
async fn erasure<C: ConnectionTrait>(conn: &C, entry: Id) -> Result<Option<bool>, DbErr> {
    let text = "SELECT seq FROM journal_entries
        WHERE action = 'journal.erase' AND subject_kind = ? AND subject_id = ? AND id <> subject_id
        ORDER BY CASE WHEN seq IS NULL THEN 1 ELSE 0 END LIMIT 1";
    debug_assert!(text.contains(ACTION));
    let values: [Value; 2] = [SUBJECT.into(), entry.into()];
    let Some(row) = conn.query_one_raw(sql(conn, text, values)).await? else { return Ok(None) };
    Ok(Some(row.try_get::<Option<i64>>("", "seq")?.is_some()))
}

/// Finds payloads that belong to no entry.
async fn orphans<C: ConnectionTrait>(conn: &C, report: &mut Report) -> Result<(), DbErr> {
    let text = format!(
        "SELECT p.entry_id FROM journal_payloads p
        WHERE NOT EXISTS (SELECT 1 FROM journal_entries e WHERE e.id = p.entry_id)
        ORDER BY p.entry_id LIMIT {PROBLEMS}"
    );
    for row in conn.query_all_raw(sql(conn, &text, [])).await? {
        report.problem(Some(row.try_get("", "entry_id")?), None, "данные без записи: запись удалена");
    }
    Ok(())
}

/// The exported heads, in the order the chain passes them.
struct Comparison<'a> {
    waiting: Vec<(i64, &'a str, &'a str)>,
}

impl<'a> Comparison<'a> {
    fn new(heads: &'a Heads, trusted: &[String], report: &mut Report) -> Self {
        for (file, error) in &heads.unreadable {
            report.problem(None, None, format!("{file}: выгрузка не читается: {error}"));
        }
        let mut waiting = Vec::new();
        for (file, head) in &heads.heads {
            report.heads += 1;
            if !head.is_signed() {
                report.problem(None, Some(head.seq), format!("{file}: подпись выгрузки неверна"));
                continue;
            }
            if !report.keys.contains(&head.public_key) {
                report.keys.push(head.public_key.clone());
            }
            if !trusted.is_empty() && !trusted.iter().any(|key| key.eq_ignore_ascii_case(&head.public_key)) {
                report.problem(None, Some(head.seq), format!("{file}: выгрузка подписана чужим ключом"));
            }
            waiting.push((head.seq, head.chain.as_str(), file.as_str()));
        }
        waiting.sort_by_key(|&(seq, ..)| std::cmp::Reverse(seq));
        Self { waiting }
    }

    /// Compares the heads exported at this place of the chain.
    fn at(&mut self, seq: i64, chain: &str, report: &mut Report) {
        while let Some(&(exported, expected, file)) = self.waiting.last() {
            if exported > seq {
                return;
            }
            self.waiting.pop();
            if exported < seq {
                report.problem(None, Some(exported), format!("{file}: выгруженной записи в цепочке нет"));
            } else if chain != expected {
                report.problem(None, Some(seq), format!("{file}: цепочка отличается от выгруженной"));
            }
        }
    }

    fn finish(self, report: &mut Report) {
        for (seq, _, file) in self.waiting.into_iter().rev() {
            report.problem(
                None,
                Some(seq),
                format!("{file}: выгруженной записи в цепочке нет: конец удалён"),
            );
        }
    }
}
