//! SQLite's write-ahead log is moved into the database file beside those who write, and begins anew.

use otklik_db::{Address, Column, Migration, Rows, sql};
use otklik_testkit::both;
use sea_orm::ConnectionTrait as _;

const STEPS: &[Migration] = &[Migration {
    name: "9000_mover",
    sql: "CREATE TABLE mover_rows (id BIGINT NOT NULL PRIMARY KEY, data BYTEA NOT NULL)",
}];

/// What one group writes: 4 MiB.
const ROWS: i64 = 64;
const DATA: usize = 65_536;
/// Four times as much as the log holds before it is moved.
const GROUPS: i64 = 50;

#[test]
fn a_log_that_others_write_into_is_moved_and_begins_anew() {
    both(&[STEPS], async |t| {
        let mut longest = 0;
        for group in 0..GROUPS {
            let ids: Vec<i64> = (group * ROWS..(group + 1) * ROWS).collect();
            let data = ids.iter().map(|&id| vec![u8::try_from(id % 251).unwrap(); DATA]).collect();
            let columns = vec![("id", Column::Long(ids)), ("data", Column::Bytes(data))];
            t.db.insert(vec![Rows { table: "mover_rows", columns }]).await.unwrap();
            if let Address::Sqlite(path) = t.db.address() {
                let log = format!("{}-wal", path.display());
                longest = longest.max(std::fs::metadata(log).unwrap().len());
            }
        }
        let text = "SELECT COUNT(*) AS n, SUM(LENGTH(data)) AS size FROM mover_rows";
        let row = t.db.read().query_one_raw(sql(t.db.read(), text, [])).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), GROUPS * ROWS);
        assert_eq!(row.try_get_by_index::<i64>(1).unwrap(), GROUPS * ROWS * i64::try_from(DATA).unwrap());
        // Nobody else committed, so nobody else moved it.
        let whole = u64::try_from(GROUPS * ROWS).unwrap() * DATA as u64;
        assert!(longest < whole * 3 / 4, "{longest} of {whole}");
    });
}
