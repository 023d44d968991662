//! Our side: the programme's own commands over an installation of its own.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::watch::{Cost, watch};
use crate::clock::{millis, now};
use crate::desk::{talk, tree};
use crate::otklik::Otklik;

/// Who looks at pages: an official of everything, and one of a region.
pub const OFFICIALS: [(&str, &str); 2] = [("country", tree::ROOT), ("region", REGION)];

/// A region among those that data are generated of, as a body.
const REGION: &str = "region-54";
/// Its authorities and centres, as the generator counts them.
const PLACES: [(&str, &str, usize); 2] = [("ogv", "executive", 4), ("mfc", "mfc", 6)];

/// How long a server readies its lake after the start.
const UNTIL_READY: Duration = Duration::from_secs(3);
/// The server looks every half a minute, and begins when nothing was imported for a minute.
const UNTIL_FRESH: Duration = Duration::from_secs(110);

/// How long a page took, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// The first time after the start of the server.
    pub first: f64,
    /// Half of the later times at most.
    pub p50: f64,
    /// Nearly all of the later times at most.
    pub p99: f64,
}

/// The bodies: a root, and below it a region with the places whose data are generated.
fn bodies() -> String {
    let row = |code: &str, above: &str, kind: &str| {
        format!("{code};{above};Орган {code};{code};{kind};regional;54;Asia/Novosibirsk;;;;;нет;да\n")
    };
    let places = PLACES.into_iter().flat_map(|(place, kind, count)| {
        (1..=count).map(move |number| row(&format!("{place}-54-{number}"), REGION, kind))
    });
    std::iter::once(tree::root()).chain([row(REGION, tree::ROOT, "executive")]).chain(places).collect()
}

/// An installation with its lake.
#[derive(Debug)]
pub struct Ours {
    otklik: Otklik,
}

/// What the lake holds, as `monitoring verify` found it.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Events.
    pub events: u64,
    /// Applications.
    pub cases: u64,
}

impl Ours {
    /// A new installation in a folder, with an official who sees everything and one who sees a region.
    ///
    /// # Errors
    /// It can't be made.
    pub fn new(binary: &Path, data: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&data)?;
        let bodies = data.with_extension("bodies.csv");
        fs::write(&bodies, self::bodies())?;
        let otklik = Otklik { binary: binary.to_owned(), data, database: None, mail: None };
        otklik.run(&["migrate"])?;
        otklik.run(&["bodies", "import", &bodies.to_string_lossy()])?;
        for (official, body) in OFFICIALS {
            talk::add(&otklik, official, "quality_group", body)?;
        }
        Ok(Self { otklik })
    }

    /// Asks the server for pages as one official, one after another, each so many times after a first; also its peak of
    /// memory in MiB, with the putting together of its lake, which it does meanwhile.
    ///
    /// # Errors
    /// The server doesn't start, or a page isn't given.
    pub fn pages(&self, official: &str, paths: &[&str], times: usize) -> anyhow::Result<(Vec<Took>, f64)> {
        let server = self.otklik.serve(None)?;
        let official = talk::sign_in(server.address, official)?;
        let mut all = Vec::with_capacity(paths.len());
        for path in paths {
            let mut taken = Vec::with_capacity(times);
            for _ in 0..=times {
                taken.push(timed(server.address, path, &official)?);
            }
            let first = taken.remove(0);
            taken.sort_by(f64::total_cmp);
            let at = |share: usize| taken[(times * share).div_ceil(100).max(1) - 1];
            all.push(Took { first, p50: at(50), p99: at(99) });
        }
        let peak = server.memory()?.peak as f64 / 1024.0;
        server.stop()?;
        Ok((all, peak))
    }

    /// Puts the files of the lake together, as a server does once a day.
    ///
    /// # Errors
    /// The command fails.
    pub fn compact(&self) -> anyhow::Result<Cost> {
        Ok(watch(&mut self.otklik.command(&["monitoring", "compact"]))?.0)
    }

    /// Asks a server for the parts of a page once as one official, each for the first time after the start; how many
    /// milliseconds each takes.
    ///
    /// # Errors
    /// The server doesn't start, or a part isn't given.
    pub fn parts(&self, official: &str, opened: &str, paths: &[String]) -> anyhow::Result<Vec<f64>> {
        let server = self.otklik.serve(None)?;
        let official = talk::sign_in(server.address, official)?;
        // The server has opened the lake then, and in a few seconds readied by itself what takes long.
        timed(server.address, opened, &official)?;
        sleep(UNTIL_READY);
        let part = |path: &String| -> anyhow::Result<f64> {
            let begun = now();
            let table = talk::table(server.address, path, &official)?;
            let taken = millis(begun.elapsed());
            // A figure may have no rows, as of rules that nobody breaks; its table has a head.
            ensure!(!table.is_empty(), "{path} is empty");
            Ok(taken)
        };
        let taken = paths.iter().map(part).collect();
        server.stop()?;
        taken
    }

    /// Asks the server for pages once as one official, imports more by the command, waits until the server has asked anew
    /// what was asked before, and tells how many milliseconds each page takes then.
    ///
    /// # Errors
    /// The server doesn't start, the command fails, or a page isn't given.
    pub fn pages_after(&self, official: &str, paths: &[&str], more: &Path) -> anyhow::Result<Vec<f64>> {
        let server = self.otklik.serve(None)?;
        let official = talk::sign_in(server.address, official)?;
        let ask = || -> anyhow::Result<Vec<f64>> {
            paths.iter().map(|path| timed(server.address, path, &official)).collect()
        };
        ask()?;
        self.import(more)?;
        sleep(UNTIL_FRESH);
        let taken = ask()?;
        server.stop()?;
        Ok(taken)
    }

    /// Generates data of applications that begin over some days from a first one.
    ///
    /// # Errors
    /// The command fails.
    pub fn generate(
        binary: &Path,
        applications: u32,
        (from, days): (&str, u16),
        seed: u64,
        out: &Path,
    ) -> anyhow::Result<Value> {
        let mut command = std::process::Command::new(binary);
        command.args(["monitoring", "generate", "--json", "--from", from]);
        command.args(["--applications", &applications.to_string(), "--days", &days.to_string()]);
        command.args(["--seed", &seed.to_string()]);
        let (_, said) = watch(command.arg("--out").arg(out))?;
        serde_json::from_str(&said).with_context(|| said.clone())
    }

    /// Imports packages strictly; every one must be taken whole.
    ///
    /// # Errors
    /// The command fails.
    pub fn import(&self, folder: &Path) -> anyhow::Result<Cost> {
        let mut command = self.otklik.command(&["monitoring", "import", "--json"]);
        let (cost, _) = watch(command.arg(folder))?;
        Ok(cost)
    }

    /// Checks every byte of the lake and counts what it holds.
    ///
    /// # Errors
    /// The command fails, or finds damage.
    pub fn verify(&self) -> anyhow::Result<(Cost, Held)> {
        let (cost, said) = watch(&mut self.otklik.command(&["monitoring", "verify", "--json"]))?;
        let value: Value = serde_json::from_str(&said).with_context(|| said.clone())?;
        ensure!(value["ok"] == true, "the lake is damaged: {said}");
        let count = |name: &str| value[name].as_u64().with_context(|| format!("no {name} in {said}"));
        Ok((cost, Held { events: count("events")?, cases: count("cases")? }))
    }

    /// Runs a report some times: the median time of the whole command with the highest peak, and the answer.
    ///
    /// # Errors
    /// The command fails.
    pub fn report(&self, words: &[&str], times: usize) -> anyhow::Result<(Cost, Value)> {
        let (mut taken, mut peak_mib, mut answer) = (Vec::with_capacity(times), 0.0_f64, Value::Null);
        for _ in 0..times {
            let mut command = self.otklik.command(&["monitoring", "report"]);
            let (cost, said) = watch(command.args(words).arg("--json"))?;
            taken.push(cost.seconds);
            peak_mib = peak_mib.max(cost.peak_mib);
            answer = serde_json::from_str(&said)?;
        }
        taken.sort_by(f64::total_cmp);
        let seconds = taken.get(times / 2).copied().context("no time was taken")?;
        Ok((Cost { seconds, peak_mib }, answer))
    }

    /// The codes of regions by their names.
    ///
    /// # Errors
    /// The command fails.
    pub fn regions(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let said = self.otklik.run(&["monitoring", "records", "regions", "--json"])?;
        let value: Value = serde_json::from_str(&said).with_context(|| said.clone())?;
        let records = value["records"].as_array().context("no regions")?;
        let code = |record: &Value| {
            let region = &record["content"]["region"];
            Some((region["name"].as_str()?.to_owned(), region["code"].as_str()?.to_owned()))
        };
        Ok(records.iter().filter_map(code).collect())
    }

    /// Where the lake lies.
    pub fn lake(&self) -> PathBuf {
        self.otklik.data.join("lake")
    }

    /// Bytes of each table, from the files that the commits of the log add up to.
    ///
    /// # Errors
    /// The log can't be read.
    pub fn bytes(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        bytes_of(&self.lake())
    }
}

/// How many milliseconds a page takes.
fn timed(server: SocketAddr, path: &str, official: &talk::Official) -> anyhow::Result<f64> {
    let begun = now();
    let page = talk::page(server, path, official)?;
    let taken = millis(begun.elapsed());
    ensure!(page.status == 200, "{path} has status {}", page.status);
    // The overview tells its figures without a table.
    let has_figures =
        ["<table", "class=\"tiles headline\""].into_iter().any(|mark| page.text().contains(mark));
    ensure!(has_figures, "{path} has no figures");
    Ok(taken)
}

fn bytes_of(lake: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(lake.join("_log"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    entries.sort();
    let mut files: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for path in entries {
        let text = fs::read_to_string(&path)?;
        let line = text.lines().next().with_context(|| format!("{} is empty", path.display()))?;
        let commit: Value = serde_json::from_str(line)?;
        for removed in commit["removes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            files.remove(removed);
        }
        for file in commit["adds"].as_array().into_iter().flatten() {
            let word = |name: &str| file[name].as_str().map(str::to_owned).context("a file without a name");
            files.insert(word("path")?, (word("table")?, file["bytes"].as_u64().unwrap_or(0)));
        }
    }
    let mut tables = BTreeMap::new();
    for (table, bytes) in files.into_values() {
        *tables.entry(table).or_default() += bytes;
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_of_files_that_are_still_part_of_the_lake() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("_log");
        fs::create_dir(&log).unwrap();
        let first = r#"{"adds":[{"table":"t","path":"t/1","bytes":5},{"table":"u","path":"u/1","bytes":7}]}"#;
        let second = r#"{"adds":[{"table":"t","path":"t/2","bytes":3}],"removes":["t/1"]}"#;
        fs::write(log.join("00000000000000000001.json"), format!("{first}\nsum\n")).unwrap();
        fs::write(log.join("00000000000000000002.json"), format!("{second}\nsum\n")).unwrap();
        fs::write(log.join("00000000000000000032.state"), "no entry").unwrap();
        let tables = bytes_of(folder.path()).unwrap();
        assert_eq!(tables.into_iter().collect::<Vec<_>>(), [("t".to_owned(), 3), ("u".to_owned(), 7)]);
    }
}
