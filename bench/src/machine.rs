//! What the figures were measured on.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::clock::{millis, now};

/// The machine.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor as it names itself.
    pub cpu: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// The kernel.
    pub kernel: String,
    /// The median time of writing 4 KiB and making it durable with `fdatasync`, in milliseconds.
    pub fsync_ms: f64,
}

impl Machine {
    /// The first lines of a report.
    pub fn describe(&self, version: &str) -> String {
        format!(
            "Machine: {}, {} cores shared with the generator, {:.1} GiB, Linux {}; a durable write of 4 KiB takes \
             {:.3} ms (median).\nProgramme: {version}.\n",
            self.cpu,
            self.cores,
            self.memory_mib as f64 / 1024.0,
            self.kernel,
            self.fsync_ms,
        )
    }
}

/// Describes this machine and the disk of a folder, which it writes to `count` times.
///
/// # Errors
/// The folder can't be written to.
pub fn describe(folder: &Path, count: usize) -> std::io::Result<Machine> {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let memory_kib: u64 = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or_default();
    Ok(Machine {
        cpu: field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.into()),
        cores: std::thread::available_parallelism().map_or(1, Into::into),
        memory_mib: memory_kib / 1024,
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        fsync_ms: millis(fsync(folder, count)?),
    })
}

/// The median time of a durable write of 4 KiB.
fn fsync(folder: &Path, count: usize) -> std::io::Result<Duration> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(count);
    for turn in 0..count {
        let begun = now();
        file.seek(SeekFrom::Start(turn as u64 * 4096))?;
        file.write_all(&[b'x'; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times.get(count / 2).copied().unwrap_or_default())
}

/// The version of the SQLite that wrote a database in this folder last: each database says it in its header.
pub fn sqlite_version(folder: &Path) -> Option<String> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let mut header = [0; 100];
        std::io::Read::read_exact(&mut File::open(entry.path()).ok()?, &mut header).ok()?;
        if !header.starts_with(b"SQLite format 3\0") {
            return None;
        }
        let number = u32::from_be_bytes(header[96..100].try_into().ok()?);
        Some(format!("{}.{}.{}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000))
    })
}
