//! One file of a delivery: its header, its rows.

use std::collections::HashSet;
use std::io::{self, Read as _};
use std::sync::Arc;

use otklik_csv::{Refused, Table as Reader};
use otklik_kernel::CivilDay;

use super::code::{Code, Weight};
use super::columns::{Columns, HeaderFault};
use super::gather::{Faults, merged};
use super::problem::{Problem, shown};
use super::report::FileReport;
use super::row;
use super::rows::{self, Part, Rows, Rules};
use super::{CheckError, Run};
use crate::fields::Table;
use crate::reading::{Exceeded, Meter, Opened};

/// The most bytes of a description.
const SMALL: u64 = 1 << 20;

/// A small file with its digest.
type Small = (Vec<u8>, [u8; 32]);

/// A file that was read.
pub(crate) struct File {
    pub report: FileReport,
    pub name: Arc<str>,
    pub columns: Columns,
    /// Lines of refused rows.
    pub bad: HashSet<u32>,
}

impl Run<'_> {
    /// Reads a small file whole; nothing when it is too large, which is reported.
    pub(super) fn small(
        &mut self,
        opened: &mut Opened,
        entry: usize,
        file: &Arc<str>,
    ) -> Result<Option<Small>, CheckError> {
        let packed = opened.entries[entry].packed;
        let reader = opened.read(entry)?;
        let mut meter = Meter::new(reader, packed, &self.checker.options.limits, &mut self.meters);
        let mut bytes = Vec::new();
        let read = (&mut meter).take(SMALL + 1).read_to_end(&mut bytes);
        let digest = meter.digest();
        match read {
            Ok(length) if length as u64 <= SMALL => Ok(Some((bytes, digest))),
            Ok(_) => {
                self.whole(file, Code::PackageLarge, "", &SMALL.to_string())?;
                Ok(None)
            }
            Err(error) => {
                self.unreadable(file, error, packed.is_some())?;
                Ok(None)
            }
        }
    }

    /// Reads a table; `table` is none for a file alone, which is told by its header. Returns the digest.
    pub(super) fn file(
        &mut self,
        opened: &mut Opened,
        entry: usize,
        table: Option<Table>,
        day: CivilDay,
    ) -> Result<[u8; 32], CheckError> {
        let (packed, name) =
            (opened.entries[entry].packed, Arc::<str>::from(opened.entries[entry].name.as_str()));
        let layouts = &self.checker.layouts;
        let options = self.checker.options;
        let mut meters = self.meters;
        let (errors, warnings) = (self.errors, self.warnings);
        let reader = opened.read(entry)?;
        let mut meter = Meter::new(reader, packed, &options.limits, &mut meters);
        let score = |header: &[String]| match table {
            Some(table) => layouts.of(table).known(header),
            None => layouts.all().map(|layout| layout.known(header)).max().unwrap_or(0),
        };
        let mut report = FileReport {
            name: name.to_string(),
            table: table.unwrap_or(Table::Wide),
            facts: None,
            rows: 0,
            bad: 0,
            errors: 0,
            warnings: 0,
        };
        let opened_table = Reader::open(&mut meter, options.limits.csv, &score);
        let mut columns = None;
        match opened_table {
            Err(refused) => self.refusal(&name, refused, packed.is_some())?,
            Ok(mut reader) => match self.header(&name, reader.header(), table)? {
                None => report.facts = Some(reader.facts()),
                Some((table, found)) => {
                    report.table = table;
                    let mut bad = HashSet::new();
                    let result = self.rows(&mut reader, (table, &found, &name), &mut report, &mut bad, day);
                    match result {
                        Ok(()) => {}
                        Err(CheckError::Io(error)) if packed.is_some() || is_bound(&error) => {
                            self.unreadable(&name, error, packed.is_some())?;
                        }
                        Err(error) => return Err(error),
                    }
                    let facts = reader.facts();
                    if facts.is_mixed() {
                        self.whole(&name, Code::FileLineEnds, "", "")?;
                    }
                    report.facts = Some(facts);
                    columns = Some((found, bad));
                }
            },
        }
        // What was not read, after a refusal, belongs to the digest too.
        let drained = io::copy(&mut meter, &mut io::sink());
        let digest = meter.digest();
        if let Err(error) = drained
            && !self.is_fatal
        {
            self.unreadable(&name, error, packed.is_some())?;
        }
        self.meters = meters;
        self.sink.progress(meters.bytes, self.total);
        report.errors = self.errors - errors;
        report.warnings = self.warnings - warnings;
        let (columns, bad) = columns.unwrap_or_default();
        report.bad = bad.len() as u64;
        self.files.push(File { report, name, columns, bad });
        Ok(digest)
    }

    /// Says why a file can't be read as a table.
    fn refusal(&mut self, name: &Arc<str>, refused: Refused, is_packed: bool) -> Result<(), CheckError> {
        let code = match refused {
            Refused::Source(error) => return self.unreadable(name, error, is_packed),
            Refused::Empty => Code::FileEmpty,
            Refused::Header(_) => Code::FileHeader,
            Refused::Utf16 => Code::FileUtf16,
            Refused::Workbook => Code::FileWorkbook,
        };
        self.whole(name, code, "", "")
    }

    /// Says why reading ended early: by a bound, or by what an archive holds. Anything else is no fault of the sender.
    fn unreadable(&mut self, name: &Arc<str>, error: io::Error, is_packed: bool) -> Result<(), CheckError> {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()) {
            Some(Exceeded::Large(most)) => self.whole(name, Code::PackageLarge, "", &most.to_string()),
            Some(Exceeded::Rows(most)) => self.whole(name, Code::PackageRows, "", &most.to_string()),
            Some(Exceeded::Bomb) => self.whole(name, Code::PackageBomb, "", ""),
            None if is_packed => self.whole(name, Code::FileUnreadable, &error.to_string(), ""),
            None => Err(error.into()),
        }
    }

    /// Finds the columns; none when the file can't be understood.
    fn header(
        &mut self,
        name: &Arc<str>,
        header: &[String],
        table: Option<Table>,
    ) -> Result<Option<(Table, Columns)>, CheckError> {
        let layouts = &self.checker.layouts;
        let fitting = match table {
            Some(table) => Some(layouts.of(table)),
            None => {
                let complete = layouts.all().filter(|layout| layout.is_complete(header));
                complete.max_by_key(|layout| layout.known(header))
            }
        };
        let Some(layout) = fitting else {
            self.whole(name, Code::FileKind, &shown(&header.join(", ")), "")?;
            return Ok(None);
        };
        let (columns, faults) = layout.columns(header);
        let mut is_whole = true;
        for fault in faults {
            let (code, column) = match fault {
                HeaderFault::Missing(field) => {
                    is_whole = false;
                    let problem = Problem { line: 1, field, ..Problem::whole(name, Code::HeaderMissing, "") };
                    self.report(&problem)?;
                    continue;
                }
                HeaderFault::Duplicate(column) => (Code::HeaderDuplicate, column),
                HeaderFault::Unknown(column) => (Code::HeaderUnknown, column),
            };
            let value = shown(&header[column]);
            let number = u32::try_from(column).unwrap_or(0) + 1;
            let field = value.clone();
            self.report(&Problem { line: 1, column: number, field, ..Problem::whole(name, code, &value) })?;
        }
        Ok(is_whole.then_some((layout.table, columns)))
    }

    /// Reads the rows.
    fn rows<R: io::Read>(
        &mut self,
        reader: &mut Reader<R>,
        of: (Table, &Columns, &Arc<str>),
        report: &mut FileReport,
        bad: &mut HashSet<u32>,
        day: CivilDay,
    ) -> Result<(), CheckError> {
        let register = self.checker.register;
        let mut target = Target { of, report, bad };
        match of.0 {
            Table::Services => self.blocks(reader, &mut target, |run, part, faults| {
                run.gathered.services(part, faults, day);
            }),
            Table::Applications => self.blocks(reader, &mut target, |run, part, faults| {
                run.gathered.applications(part.block.text(), &part.rows, register, faults);
            }),
            Table::Events => self.blocks(reader, &mut target, |run, part: Part<rows::events::Events>, _| {
                run.gathered.events(part.block.text(), &part.rows);
            }),
            Table::Payments => {
                self.blocks(reader, &mut target, |run, part: Part<rows::rest::Payments>, _| {
                    run.gathered.payments(part.block.text(), &part.rows);
                })
            }
            Table::Ratings => self.blocks(reader, &mut target, |run, part: Part<rows::rest::Ratings>, _| {
                run.gathered.ratings(part.block.text(), &part.rows);
            }),
            Table::Complaints => {
                self.blocks(reader, &mut target, |run, part: Part<rows::rest::Complaints>, _| {
                    run.gathered.complaints(part.block.text(), &part.rows);
                })
            }
            Table::Wide => self.blocks(reader, &mut target, |run, part: Part<rows::wide::Wide>, faults| {
                run.gathered.wide(part.block.text(), &part.rows, register, faults);
            }),
        }
    }

    /// Reads blocks on threads and takes them in order.
    fn blocks<R: Rows, S: io::Read>(
        &mut self,
        reader: &mut Reader<S>,
        target: &mut Target<'_>,
        mut take: impl FnMut(&mut Self, Part<R>, &mut Faults),
    ) -> Result<(), CheckError> {
        let (table, columns, name) = target.of;
        let checker = self.checker;
        let limits = checker.options.limits;
        let sender = self.sender.clone();
        let rules = Rules {
            register: checker.register,
            sender: &sender,
            places: &checker.places,
            layout: checker.layouts.of(table),
            columns,
            file: name,
        };
        let mut faults: Faults = Vec::new();
        let mut seen = 0;
        let is_events = rules.layout.table == Table::Events;
        reader.run(
            checker.options.threads,
            |block| rows::read::<R>(block, &rules),
            |mut part| {
                let problems = std::mem::take(&mut part.problems);
                seen += part.block.len() as u64;
                self.sink.progress(self.meters.bytes + seen, self.total);
                target.report.rows += part.count;
                target.bad.extend(part.bad.iter().copied());
                for request in &part.refused {
                    let request = self.gathered.texts.add(request);
                    if is_events { &mut self.gathered.torn } else { &mut self.gathered.refused }
                        .insert(request);
                }
                faults.clear();
                take(self, part, &mut faults);
                let mut more = Vec::with_capacity(faults.len());
                for (line, field, code, detail, value) in faults.drain(..) {
                    if code.weight() != Weight::Warning {
                        target.bad.insert(line);
                    }
                    let (column, field) = row::name(columns, &rules.layout.names, field);
                    let file = Arc::clone(name);
                    more.push(Problem { file, line, column, field, code, detail, value: shown(&value) });
                }
                for problem in merged(problems, more) {
                    self.report(&problem)?;
                }
                if self.gathered.texts.bytes() > limits.texts {
                    return Err(io::Error::other(Exceeded::Large(limits.texts as u64)).into());
                }
                if self.gathered.rows() > limits.rows {
                    return Err(io::Error::other(Exceeded::Rows(limits.rows as u64)).into());
                }
                Ok::<(), CheckError>(())
            },
        )
    }
}

/// Where what is found of a file goes.
struct Target<'a> {
    of: (Table, &'a Columns, &'a Arc<str>),
    report: &'a mut FileReport,
    bad: &'a mut HashSet<u32>,
}

/// Whether reading was ended because a delivery takes too much.
fn is_bound(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Exceeded>())
}
