//! A delivery read and checked strictly: every error with its file, line, column and reason (MON-10).

mod code;
mod columns;
mod cross;
mod excel;
mod gather;
mod moment;
mod outcome;
mod places;
mod problem;
mod register;
mod report;
mod row;
mod rows;
mod tables;
mod value;
mod zones;

use std::io;
use std::sync::Arc;

use otklik_kernel::CivilDay;

pub use code::{Code, Weight};
pub use problem::{Collected, ErrorFile, Problem, Sink};
pub use register::{Claim, Known, NoneKnown, Office, Offices, Register, Sender};
pub use report::{Checked, FileReport, Outcome, Policy};

use crate::delivery::Head;
use crate::fields::Table;
use crate::reading::{self, Described, Limits, Meters, Opened, PackageFault, Source};
use columns::Layouts;
use gather::Gathered;
use places::Places;
use tables::File;

/// Why checking ended without a result. Nothing wrong with a delivery is among the reasons.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The delivery can't be read from where it lies, or a problem can't be kept.
    #[error("reading or reporting failed")]
    Io(#[from] io::Error),
    /// Which applications are known can't be found out.
    #[error("which applications are known can't be found out")]
    Known(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How a delivery is checked.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What it may take.
    pub limits: Limits,
    /// On how many threads a large file is read.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { limits: Limits::default(), threads: 2 }
    }
}

/// Checks deliveries against one register.
pub struct Checker<'a> {
    register: &'a Register,
    places: Places<'a>,
    layouts: Layouts<'a>,
    options: Options,
}

/// Files' names with the digests of their bytes.
type Digests = Vec<(String, [u8; 32])>;

/// A delivery being checked.
struct Run<'a> {
    checker: &'a Checker<'a>,
    sender: Sender,
    sink: &'a mut dyn Sink,
    gathered: Gathered,
    files: Vec<File>,
    meters: Meters,
    /// How many bytes the files say they have.
    total: u64,
    errors: u64,
    warnings: u64,
    /// Something is wrong with the delivery as a whole.
    is_fatal: bool,
}

impl<'a> Checker<'a> {
    /// Prepares for deliveries.
    #[must_use]
    pub fn new(register: &'a Register, options: Options) -> Self {
        let reference = &register.reference;
        Self { register, places: Places::of(reference), layouts: Layouts::new(reference), options }
    }

    /// Checks a delivery. Everything wrong with it goes to the sink; see [`Sink`] for the order.
    ///
    /// # Errors
    /// It can't be read, problems can't be kept, or which applications are known can't be found out.
    pub fn check(
        &self,
        source: Source,
        claim: &Claim,
        known: &dyn Known,
        sink: &mut dyn Sink,
    ) -> Result<Checked, CheckError> {
        let mut run = Run {
            checker: self,
            sender: Sender::default(),
            sink,
            gathered: Gathered::default(),
            files: Vec::new(),
            meters: Meters::default(),
            total: 0,
            errors: 0,
            warnings: 0,
            is_fatal: false,
        };
        let opened = match source.open(&self.options.limits) {
            Ok(opened) => opened,
            Err(PackageFault::Source(error)) => return Err(error.into()),
            Err(fault) => {
                run.package_fault(fault)?;
                return Ok(run.refused());
            }
        };
        run.all(opened, claim, known)
    }
}

impl Run<'_> {
    /// Reads and checks everything.
    fn all(mut self, mut opened: Opened, claim: &Claim, known: &dyn Known) -> Result<Checked, CheckError> {
        self.total = opened.entries.iter().filter_map(|entry| entry.size).sum();
        for fault in std::mem::take(&mut opened.faults) {
            self.package_fault(fault)?;
        }
        let (mut digests, described) = self.described(&mut opened)?;
        let head = self.head(&described, claim)?;
        let day = head.as_ref().map_or(CivilDay(19_700_101), |head| head.day);
        for (entry, table) in self.tables(&opened)? {
            let digest = self.file(&mut opened, entry, table, day)?;
            digests.push((opened.entries[entry].name.clone(), digest));
        }
        digests.sort();
        let digest = opened.digest.unwrap_or_else(|| match &digests[..] {
            [(_, digest)] if opened.is_alone() => *digest,
            all => {
                let parts: Vec<&[u8]> =
                    all.iter().flat_map(|(name, digest)| [name.as_bytes(), digest.as_slice()]).collect();
                otklik_kernel::secret::digest(&parts)
            }
        });
        cross::known(&mut self.gathered, self.checker.register, known).map_err(CheckError::Known)?;
        self.cross(claim)?;
        Ok(self.finish(head, digest))
    }

    /// What the package or the name of a file alone says, and digests of what was read for it.
    fn described(&mut self, opened: &mut Opened) -> Result<(Digests, Described), CheckError> {
        if opened.is_alone() {
            return Ok((Vec::new(), reading::of_name(&opened.entries[0].name)));
        }
        let is_description = |name: &str| name.eq_ignore_ascii_case("datapackage.json");
        let mut digests = Vec::new();
        let mut described = Described::default();
        let beside: Vec<usize> = (0..opened.entries.len())
            .filter(|entry| self.checker.table(&opened.entries[*entry].name).is_none())
            .collect();
        for entry in beside {
            let name = opened.entries[entry].name.clone();
            let file: Arc<str> = Arc::from(name.as_str());
            if !is_description(&name) {
                self.whole(&file, Code::PackageFile, "", "")?;
                continue;
            }
            let Some((bytes, digest)) = self.small(opened, entry, &file)? else { continue };
            digests.push((name, digest));
            match reading::of_package(&bytes) {
                Ok(said) => described = said,
                Err(fault) => self.whole(&file, Code::PackageDescription, &fault.0, "")?,
            }
        }
        Ok((digests, described))
    }

    /// The head, from what the delivery and the call say together.
    fn head(&mut self, described: &Described, claim: &Claim) -> Result<Option<Head>, CheckError> {
        let file: Arc<str> = Arc::from("");
        let differs = |a: String, b: String| format!("{a} ≠ {b}");
        if let (Some(own), Some(called)) = (&described.sender, &claim.sender)
            && own != called
        {
            self.whole(&file, Code::HeadDiffers, own, &differs(own.clone(), called.clone()))?;
        }
        if let (Some(own), Some(called)) = (described.day, claim.day)
            && own != called
        {
            self.whole(
                &file,
                Code::HeadDiffers,
                &own.to_string(),
                &differs(own.to_string(), called.to_string()),
            )?;
        }
        if let (Some(own), Some(called)) = (described.revision, claim.revision)
            && own != called
        {
            self.whole(
                &file,
                Code::HeadDiffers,
                &own.to_string(),
                &differs(own.to_string(), called.to_string()),
            )?;
        }
        let sender = described.sender.clone().or_else(|| claim.sender.clone());
        let day = described.day.or(claim.day);
        let revision = described.revision.or(claim.revision);
        for (is_missing, code) in [
            (sender.is_none(), Code::HeadSender),
            (day.is_none(), Code::HeadDay),
            (revision.is_none(), Code::HeadRevision),
        ] {
            if is_missing {
                self.whole(&file, code, "", "")?;
            }
        }
        if let Some(code) = &sender {
            match self.checker.register.senders.get(code) {
                Some(known) => self.sender = known.clone(),
                None => self.whole(&file, Code::SenderUnknown, code, "")?,
            }
        }
        // The day has begun somewhere in the country: its easternmost zone is twelve hours ahead.
        if let Some(day) = day
            && day.start_utc().0 > claim.received.plus(12 * otklik_kernel::Instant::HOUR).0
        {
            self.whole(&file, Code::DayFuture, &day.to_string(), "")?;
        }
        Ok(match (sender, day, revision) {
            (Some(sender), Some(day), Some(revision)) => Some(Head { sender, day, revision }),
            _ => None,
        })
    }

    /// Which files are which tables, in the order in which they are read.
    fn tables(&mut self, opened: &Opened) -> Result<Vec<(usize, Option<Table>)>, CheckError> {
        if opened.is_alone() {
            return Ok(vec![(0, None)]);
        }
        let mut tables: Vec<(usize, Option<Table>)> = Vec::new();
        for (entry, file) in opened.entries.iter().enumerate() {
            let Some(table) = self.checker.table(&file.name) else { continue };
            if tables.iter().any(|(_, other)| *other == Some(table)) {
                self.whole(&Arc::from(file.name.as_str()), Code::PackageDuplicate, "", "")?;
            } else {
                tables.push((entry, Some(table)));
            }
        }
        if tables.is_empty() {
            self.whole(&Arc::from(""), Code::PackageEmpty, "", "")?;
        }
        tables.sort_by_key(|(_, table)| *table);
        Ok(tables)
    }

    fn package_fault(&mut self, fault: PackageFault) -> Result<(), CheckError> {
        let (name, code, value, detail) = match fault {
            PackageFault::Source(error) => return Err(error.into()),
            PackageFault::Unreadable(what) => (String::new(), Code::PackageUnreadable, what, String::new()),
            PackageFault::Path(name) => (name.clone(), Code::PackagePath, name, String::new()),
            PackageFault::Duplicate(name) => (name.clone(), Code::PackageDuplicate, name, String::new()),
            PackageFault::Files(most) => (String::new(), Code::PackageFiles, String::new(), most.to_string()),
            PackageFault::Large(most) => (String::new(), Code::PackageLarge, String::new(), most.to_string()),
        };
        self.whole(&Arc::from(name), code, &value, &detail)
    }

    /// Reports a problem of a file or of the delivery as a whole.
    fn whole(&mut self, file: &Arc<str>, code: Code, value: &str, detail: &str) -> Result<(), CheckError> {
        self.report(&Problem::whole(file, code, value).with(detail))
    }

    /// Reports a problem.
    fn report(&mut self, problem: &Problem) -> Result<(), CheckError> {
        match problem.code.weight() {
            Weight::Warning => self.warnings += 1,
            Weight::Row => self.errors += 1,
            Weight::Delivery => {
                self.errors += 1;
                self.is_fatal = true;
            }
        }
        Ok(self.sink.problem(problem)?)
    }
}

impl Checker<'_> {
    /// Which table a file of a package is.
    fn table(&self, name: &str) -> Option<Table> {
        Table::PACKAGE.into_iter().find(|table| name.eq_ignore_ascii_case(&table.file()))
    }
}
