//! Digests of rows that don't depend on their order: what two sets of rows are told apart by in one pass over each,
//! in memory that doesn't grow with them.
//!
//! Digests of what was delivered stand in the notes of commits: how a row is hashed never changes. A value that isn't
//! there adds nothing to a hash, so that a table can get further columns at its end, which rows of before don't have.

use std::collections::BTreeMap;

use otklik_lake::arrow::array::{Array, ArrayRef, AsArray as _, Int64Array};
use otklik_lake::arrow::buffer::NullBuffer;
use otklik_lake::arrow::compute::cast;
use otklik_lake::arrow::datatypes::{DataType, Int64Type, UInt32Type};
use otklik_lake::{Error, Result, Table};
use twox_hash::XxHash3_64;

use crate::tables;

/// What a digest in a note begins with: the rule it was made by.
const RULE: &str = "2:";

/// How many rows there are, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Rows.
    pub rows: i64,
    /// The sum of their hashes, without what doesn't fit 64 bits.
    pub sum: u64,
}

impl Digest {
    fn add(&mut self, hash: u64) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(hash);
    }

    /// Takes the rows of another one in.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.sum = self.sum.wrapping_add(other.sum);
    }

    /// The sum as it stands in notes.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{RULE}{:016x}", self.sum)
    }

    /// Whether a note tells of another sum. Those of a rule of before tell nothing.
    #[must_use]
    pub fn differs(&self, noted: &str) -> bool {
        noted.starts_with(RULE) && noted != self.text()
    }
}

/// Digests of the rows of a table by a number that stands in each: of what was delivered its delivery, of what is gone
/// its version.
pub type Parts = BTreeMap<i64, Digest>;

/// The column whose numbers tell the parts of a table; none of tables that are derived from what was delivered.
#[must_use]
pub fn part_of(table: &Table) -> Option<&'static str> {
    let own = table.schema().fields().iter().map(|field| field.name().as_str());
    let has = |name: &str| own.clone().any(|own| own == name);
    match table.name() {
        "deliveries" => None,
        "cases_gone" | "steps_gone" => Some("version"),
        _ => has("delivery").then_some("delivery"),
    }
}

/// Adds rows to the parts of a table, every column of which counts.
///
/// # Errors
/// The arrays are not the table's.
pub fn add_parts(table: &Table, arrays: &[ArrayRef], parts: &mut Parts) -> Result<()> {
    let Some(name) = part_of(table) else { return Ok(()) };
    let numbers = arrays.get(table.schema().index_of(name)?).ok_or_else(|| unknown(name))?;
    let numbers: &Int64Array = numbers.as_primitive_opt::<Int64Type>().ok_or_else(|| unknown(name))?;
    // Rows of one part mostly stand together.
    let (mut part, mut digest) = (None, Digest::default());
    for (number, hash) in numbers.values().iter().zip(hashes(arrays)?) {
        if let Some(before) = part.replace(*number)
            && before != *number
        {
            parts.entry(before).or_default().merge(std::mem::take(&mut digest));
        }
        digest.add(hash);
    }
    if let Some(part) = part {
        parts.entry(part).or_default().merge(digest);
    }
    Ok(())
}

/// Adds rows of a derived table to its digest: the same whether they were kept from commit to commit or are made at
/// once. Versions, which tell when a row was made, don't count. Sums count by their keys: rows that add up to the same
/// have the same digest, and how many rows there are says nothing.
///
/// # Errors
/// The arrays are not the table's.
pub fn add_derived(table: &Table, arrays: &[ArrayRef], digest: &mut Digest) -> Result<()> {
    let sums = tables::sums_of(table.name());
    let named = || table.schema().fields().iter().map(|field| field.name().as_str()).zip(arrays);
    let keys: Vec<ArrayRef> = named()
        .filter(|(name, _)| *name != "version" && !sums.contains(name))
        .map(|(_, array)| array.clone())
        .collect();
    let hashes = hashes(&keys)?;
    if sums.is_empty() {
        hashes.into_iter().for_each(|hash| digest.add(hash));
        return Ok(());
    }
    for (place, (name, array)) in (0_u64..).zip(named().filter(|(name, _)| sums.contains(name))) {
        let values: &Int64Array = array.as_primitive_opt::<Int64Type>().ok_or_else(|| unknown(name))?;
        for (hash, value) in hashes.iter().zip(values.values()) {
            // An odd number times what isn't zero isn't zero, whatever doesn't fit.
            let weight = last(mix(*hash, place)) | 1;
            digest.sum = digest.sum.wrapping_add(weight.wrapping_mul(value.cast_unsigned()));
        }
    }
    Ok(())
}

fn unknown(name: &str) -> Error {
    Error::Invalid(format!("the column {name} is missing or of another type"))
}

/// A hash of each row: whole numbers by their values whatever their width, texts by their bytes whether they stand
/// for themselves or in a list.
fn hashes(columns: &[ArrayRef]) -> Result<Vec<u64>> {
    let mut hashes = vec![0; columns.first().map_or(0, |column| column.len())];
    for (place, column) in (0_u64..).zip(columns) {
        hash(column, place, &mut hashes)?;
    }
    hashes.iter_mut().for_each(|hash| *hash = last(*hash));
    Ok(hashes)
}

fn hash(column: &ArrayRef, place: u64, hashes: &mut [u64]) -> Result<()> {
    let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0);
    match column.data_type() {
        DataType::Dictionary(..) => {
            let list = column.as_dictionary_opt::<UInt32Type>().ok_or_else(|| unknown("of words"))?;
            let (keys, bytes) = (list.keys().values(), bytes(list.values())?);
            if list.values().len() > hashes.len() {
                fold(hashes, nulls, place, |row| XxHash3_64::oneshot(bytes(keys[row] as usize)));
            } else {
                let words: Vec<u64> =
                    (0..list.values().len()).map(|word| XxHash3_64::oneshot(bytes(word))).collect();
                fold(hashes, nulls, place, |row| words[keys[row] as usize]);
            }
        }
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::BinaryView => {
            let bytes = bytes(column)?;
            fold(hashes, nulls, place, |row| XxHash3_64::oneshot(bytes(row)));
        }
        _ => {
            let numbers = cast(column, &DataType::Int64)?;
            let values = numbers.as_primitive::<Int64Type>().values();
            fold(hashes, nulls, place, |row| values[row].cast_unsigned());
        }
    }
    Ok(())
}

/// Takes the values of a column into the hashes of their rows.
fn fold(hashes: &mut [u64], nulls: Option<&NullBuffer>, place: u64, value: impl Fn(usize) -> u64) {
    // The same value in another column is another one.
    let salt = place.wrapping_mul(0x9fb2_1c65_1e98_df25);
    for (row, hash) in hashes.iter_mut().enumerate() {
        if nulls.is_none_or(|nulls| nulls.is_valid(row)) {
            *hash = mix(*hash, value(row) ^ salt);
        }
    }
}

/// The bytes of texts by their rows.
fn bytes<'t>(texts: &'t ArrayRef) -> Result<Box<dyn Fn(usize) -> &'t [u8] + 't>> {
    Ok(match texts.data_type() {
        DataType::Utf8 => {
            let texts = texts.as_string::<i32>();
            Box::new(move |row| texts.value(row).as_bytes())
        }
        DataType::LargeUtf8 => {
            let texts = texts.as_string::<i64>();
            Box::new(move |row| texts.value(row).as_bytes())
        }
        DataType::Utf8View => {
            let texts = texts.as_string_view();
            Box::new(move |row| texts.value(row).as_bytes())
        }
        DataType::Binary => {
            let texts = texts.as_binary::<i32>();
            Box::new(move |row| texts.value(row))
        }
        DataType::BinaryView => {
            let texts = texts.as_binary_view();
            Box::new(move |row| texts.value(row))
        }
        _ => return Err(unknown("of texts")),
    })
}

/// A value taken into a hash; of one hash, other values give other results.
const fn mix(hash: u64, value: u64) -> u64 {
    let mixed = (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).rotate_left(17)
}

/// Every bit of a hash on every other one (the end of MurmurHash3).
const fn last(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use otklik_lake::arrow::array::{DictionaryArray, Int16Array, LargeStringArray, StringArray};
    use otklik_lake::arrow::datatypes::{Field, Schema};
    use proptest::prelude::*;

    use super::*;

    type Row = (i64, String, Option<i16>);

    fn arrays(rows: &[Row]) -> Vec<ArrayRef> {
        vec![
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.1))),
            Arc::new(Int16Array::from_iter(rows.iter().map(|row| row.2))),
        ]
    }

    fn table(name: &str) -> Table {
        Table::new(
            name,
            Schema::new(vec![
                Field::new("delivery", DataType::Int64, false),
                Field::new("request", DataType::Utf8, false),
                Field::new("norm_days", DataType::Int16, true),
            ]),
        )
    }

    fn parts(rows: &[Row]) -> Parts {
        let mut parts = Parts::new();
        // In two batches, as they may come.
        let (one, two) = rows.split_at(rows.len() / 2);
        for some in [one, two] {
            add_parts(&table("events"), &arrays(some), &mut parts).unwrap();
        }
        parts
    }

    fn row() -> impl Strategy<Value = Row> {
        (0..3_i64, "[аб]{0,2}", prop::option::of(-1..2_i16))
    }

    proptest! {
        #[test]
        fn mon16_rows_in_another_order_have_the_same_digest_and_other_rows_another(
            rows in prop::collection::vec(row(), 0..20),
            keys in prop::collection::vec(any::<u32>(), 20),
            other in row(),
            at in any::<prop::sample::Index>(),
        ) {
            let mut mixed: Vec<_> = rows.iter().cloned().zip(keys).collect();
            mixed.sort_by_key(|(_, key)| *key);
            let mixed: Vec<Row> = mixed.into_iter().map(|(row, _)| row).collect();
            prop_assert_eq!(parts(&mixed), parts(&rows));
            if !rows.is_empty() {
                let mut changed = rows.clone();
                let place = at.index(rows.len());
                changed[place] = other.clone();
                prop_assert_eq!(parts(&changed) == parts(&rows), rows[place] == other);
            }
        }

        #[test]
        fn mon16_sums_have_the_digest_of_what_they_come_to(
            rows in prop::collection::vec((0..3_i32, -9..9_i64, -9..9_i64), 0..20),
        ) {
            let digest = |rows: &[(i32, i64, i64)]| {
                let texts = |text: &str| Arc::new(StringArray::from_iter_values(rows.iter().map(|_| text))) as ArrayRef;
                let small = || Arc::new(Int16Array::from_iter_values(rows.iter().map(|_| 1))) as ArrayRef;
                let months = rows.iter().map(|row| i64::from(row.0));
                let arrays = [
                    Arc::new(Int64Array::from_iter_values(months)) as ArrayRef,
                    texts("S1"),
                    small(),
                    small(),
                    small(),
                    small(),
                    Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))),
                    Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2))),
                ];
                let mut digest = Digest::default();
                add_derived(&tables::SPANS, &arrays, &mut digest).unwrap();
                digest
            };
            let mut sums = BTreeMap::<i32, (i64, i64)>::new();
            for (month, count, seconds) in &rows {
                let sum = sums.entry(*month).or_default();
                *sum = (sum.0 + count, sum.1 + seconds);
            }
            let added: Vec<_> = sums.into_iter().map(|(month, sum)| (month, sum.0, sum.1)).collect();
            prop_assert_eq!(digest(&rows), digest(&added));
            if let [.., last] = added.as_slice() {
                let more = [&added[..added.len() - 1], &[(last.0, last.1 + 1, last.2)]].concat();
                prop_assert_ne!(digest(&more), digest(&added));
                let other = [&added[..added.len() - 1], &[(last.0 + 7, last.1, last.2)]].concat();
                prop_assert_eq!(digest(&other) == digest(&added), last.1 == 0 && last.2 == 0);
            }
        }
    }

    #[test]
    fn mon16_a_text_has_the_same_hash_in_a_list_and_by_itself() {
        let plain = arrays(&[(1, "А".to_owned(), None), (2, "Б".to_owned(), Some(0))]);
        let list: ArrayRef = Arc::new(LargeStringArray::from_iter_values(["", "Б", "А"]));
        let mut listed = plain.clone();
        listed[1] = Arc::new(DictionaryArray::<UInt32Type>::try_new(vec![2, 1].into(), list).unwrap());
        listed[2] = cast(&plain[2], &DataType::Int64).unwrap();
        assert_eq!(hashes(&plain).unwrap(), hashes(&listed).unwrap());
        let viewed = cast(&plain[1], &DataType::Utf8View).unwrap();
        assert_eq!(hashes(&plain[1..2]).unwrap(), hashes(&[viewed]).unwrap());
    }

    #[test]
    fn mon16_rows_of_before_keep_their_digest_in_a_table_with_a_further_column() {
        let before = arrays(&[(1, "А".to_owned(), None), (2, "Б".to_owned(), Some(0))]);
        let with = |further: [Option<i64>; 2]| -> Vec<u64> {
            let further: ArrayRef = Arc::new(Int64Array::from_iter(further));
            hashes(&[before.as_slice(), &[further]].concat()).unwrap()
        };
        assert_eq!(with([None, None]), hashes(&before).unwrap());
        let (first, second) = (hashes(&before).unwrap()[0], with([Some(0), None])[0]);
        assert_ne!(first, second, "what is there counts, a zero too");
        assert!(Digest { rows: 1, sum: 5 }.differs("2:0000000000000006"));
        assert!(!Digest { rows: 1, sum: 5 }.differs("2:0000000000000005"));
        assert!(!Digest { rows: 1, sum: 5 }.differs("0000000000000006"), "of a rule of before");
    }

    #[test]
    fn mon16_digests_in_notes_stay_readable() {
        let rows = [(7, "З-1".to_owned(), Some(5)), (7, "З-2".to_owned(), None), (9, String::new(), Some(0))];
        let texts: Vec<(i64, String)> =
            parts(&rows).into_iter().map(|(delivery, digest)| (delivery, digest.text())).collect();
        let known = [(7, "2:a19480398b404e36".to_owned()), (9, "2:1adad91600f54021".to_owned())];
        assert_eq!(texts, known, "kept in lakes: must never change");
    }
}
