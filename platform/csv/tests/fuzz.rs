//! Broken files of every kind: nothing panics, nothing depends on how a file is cut, no line is lost, and memory
//! stays below a fixed bound.

use std::io::{self, Read};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use otklik_csv::{Limits, Table};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Small numbers without a pattern (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }
}

/// What breaks files.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b"\"\"\"",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r\n",
    b"\r",
    b"\";\"",
    b"\"\n",
    b";\"",
    b"\"\r\n\"",
    b"\n\n",
    b"\xff",
    b"\xd0",
    b"\x98",
    b"\xc4\xe0",
    "Ж".as_bytes(),
    b"\xef\xbb\xbf",
    b"\0",
    b"=\"035\"",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"1;2;3\n",
];

fn seed(numbers: &mut Numbers) -> Vec<u8> {
    let seeds: [&[u8]; 6] = [
        b"id;date;text\r\n1;24-11-2026;\"a;b\"\r\n2;25-11-2026;c\r\n",
        "id,date,text\n1,24-11-2026,«да»\n2,,\"не\n\"\"так\"\"\"\n".as_bytes(),
        b"id\tdate\r\n1\t2\r\n3\t4\r\n",
        b"\xef\xbb\xbfa;b\n1;2\n",
        b"a;b\n\xc4\xe0;\xcd\xe5\xf2\n",
        b"a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    ];
    seeds[numbers.next(seeds.len())].repeat(1 + numbers.next(6))
}

fn mutate(numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed(numbers);
    for _ in 0..numbers.next(12) {
        let at = numbers.next(bytes.len() + 1);
        match numbers.next(4) {
            0 => drop(bytes.splice(at..at, PIECES[numbers.next(PIECES.len())].iter().copied())),
            1 => bytes.truncate(bytes.len().max(1) - usize::from(at + 1 == bytes.len())),
            2 if at < bytes.len() => bytes[at] = PIECES[numbers.next(PIECES.len())][0],
            _ => {
                let to = (at + numbers.next(9)).min(bytes.len());
                bytes.drain(at..to);
            }
        }
    }
    bytes
}

/// Everything that reading gives, as one text; and each physical line belongs to exactly one record.
fn outcome(bytes: &[u8], limits: Limits, threads: usize) -> String {
    use std::fmt::Write as _;
    let mut table = match Table::open(bytes, limits, &|names| names.len()) {
        Ok(table) => table,
        Err(refused) => return refused.to_string(),
    };
    let mut said = format!("{:?}\n", table.header());
    let mut last = 0;
    let read = table.run(
        threads,
        |block| {
            let mut said = String::new();
            let mut lines = Vec::new();
            let mut records = block.records();
            while let Some(record) = records.next() {
                let fields: Vec<&str> = (0..record.len()).map(|field| record.get(field)).collect();
                writeln!(said, "{} {fields:?} {:?}", record.line(), record.faults()).unwrap();
                lines.push(record.line());
            }
            (said, lines)
        },
        |(more, lines)| {
            said.push_str(&more);
            for line in lines {
                assert!(line > last, "line {line} comes after {last} in {bytes:?}");
                last = line;
            }
            Ok::<(), io::Error>(())
        },
    );
    read.unwrap();
    writeln!(said, "{:?}", table.facts()).unwrap();
    said
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a fuzzer runs for a time, and longer when asked")]
fn mon10_no_broken_file_depends_on_how_it_is_cut() {
    let _alone = ALONE.lock();
    let time = if std::env::var("OTKLIK_SOAK").is_ok() { 600 } else { 60 };
    let end = Instant::now() + Duration::from_secs(time);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut cases = 0;
    while Instant::now() < end {
        let bytes = mutate(&mut numbers);
        let limits = Limits { field: 30, record: 70, columns: 6, block: 1 << 16 };
        let whole = outcome(&bytes, limits, 1);
        for _ in 0..3 {
            let block = 1 + numbers.next(90);
            let cut = outcome(&bytes, Limits { block, ..limits }, 1 + numbers.next(2));
            assert_eq!(cut, whole, "block {block} of {:?}", String::from_utf8_lossy(&bytes));
        }
        cases += 1;
    }
    println!("{cases} files");
    assert!(cases > 0);
}

/// One test at a time: memory is that of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// A source without end of pieces repeated, up to a length.
struct Endless {
    piece: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min(self.left).min(self.piece.len() - self.at);
        into[..length].copy_from_slice(&self.piece[self.at..self.at + length]);
        self.at = (self.at + length) % self.piece.len();
        self.left -= length;
        Ok(length)
    }
}

/// 24 MB of each kind of trouble through at most 16 MiB of memory with the limits as they are.
#[test]
fn mon10_no_file_takes_more_memory_than_the_bound() {
    let _alone = ALONE.lock();
    let header = b"a;b;c\n";
    let letters = "Ж".repeat(2000);
    let pieces: [Vec<u8>; 9] = [
        b"1;2;3\n".to_vec(),
        b"x".repeat(5000),
        b"\"".repeat(4999),
        b"\"\n".repeat(999),
        b";".repeat(5000),
        b"\n".repeat(5000),
        letters.into_bytes(),
        b"\xff".repeat(3000),
        b"1;\"2\n3;4;5\n".to_vec(),
    ];
    for piece in pieces {
        let name = String::from_utf8_lossy(&piece[..piece.len().min(12)]).into_owned();
        let source = header.chain(Endless { piece, at: 0, left: 24_000_000 });
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let mut records: u64 = 0;
        let mut table = Table::open(source, Limits::default(), &|names| names.len()).unwrap();
        let read = table.run(
            2,
            |block| {
                let (mut count, mut records) = (0, block.records());
                while records.next().is_some() {
                    count += 1;
                }
                count
            },
            |count: u64| {
                records += count;
                Ok::<(), io::Error>(())
            },
        );
        read.unwrap();
        let peak = (MEMORY.peak_usage() - before) >> 20;
        println!("{name:?}: {records} records, {peak} MiB");
        assert!(records > 0 && peak < 16, "{name:?}: {records} records, {peak} MiB");
    }
}
