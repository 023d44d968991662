//! Generated packages as folders.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use super::{Manifest, Package, Plan};

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Packages.
    pub packages: u64,
    /// Rows of applications.
    pub applications: u64,
    /// Events of progress.
    pub events: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Mistakes on purpose.
    pub faults: u64,
}

/// How many packages wait for being written.
const WAITING: usize = 16;

/// Writes a folder for each package; with faults `faults.json` tells them all. One thread makes packages, another
/// writes them.
///
/// # Errors
/// The folder can't be written, or one of the packages is there already.
pub fn write(plan: &Plan, folder: &Path) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let (send, receive) = sync_channel::<Package>(WAITING);
    let (written, mut manifest, others) = std::thread::scope(|scope| {
        let maker = scope.spawn(move || {
            let mut packages = plan.packages();
            for package in packages.by_ref() {
                if send.send(package).is_err() {
                    break;
                }
            }
            packages.faults()
        });
        let mut written = Written::default();
        let mut manifest = Manifest::default();
        for package in receive {
            let own = folder.join(package.folder());
            fs::create_dir(&own)?;
            for file in &package.files {
                fs::write(own.join(file.name), &file.bytes)?;
                written.bytes += file.bytes.len() as u64;
            }
            written.packages += 1;
            written.applications += package.applications;
            written.events += package.events;
            manifest.planted.extend(package.planted);
        }
        let others = maker.join().map_err(|_| io::Error::other("making packages failed"))?;
        io::Result::Ok((written, manifest, others))
    })?;
    manifest.planted.extend(others);
    let faults = manifest.planted.len() as u64;
    if plan.faults {
        fs::write(folder.join("faults.json"), serde_json::to_vec_pretty(&manifest)?)?;
    }
    Ok(Written { faults, ..written })
}
