//! A command watched to its end: how long it took, and the most memory it had.

use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::clock::now;

/// How often the memory is looked at: the system keeps the peak itself, only the last moments can be missed.
const LOOK: Duration = Duration::from_millis(5);

/// What a command took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cost {
    /// From its start to its end.
    pub seconds: f64,
    /// The most that was resident at once.
    pub peak_mib: f64,
}

/// Runs a command to its end; its cost and standard output.
///
/// # Errors
/// It can't be run or doesn't succeed; with what it said.
pub fn watch(command: &mut Command) -> anyhow::Result<(Cost, String)> {
    let begun = now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("running {command:?}"))?;
    let mut output = child.stdout.take().context("no standard output")?;
    let mut errors = child.stderr.take().context("no standard error")?;
    let (said, complained, peak) = std::thread::scope(|scope| -> anyhow::Result<_> {
        let said = scope.spawn(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).map(|_| text)
        });
        let complained = scope.spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).map(|_| text)
        });
        let peak = peak(&mut child)?;
        let gone = || anyhow::anyhow!("a reader of its output failed");
        Ok((said.join().map_err(|_| gone())??, complained.join().map_err(|_| gone())??, peak))
    })?;
    let cost = Cost { seconds: begun.elapsed().as_secs_f64(), peak_mib: peak as f64 / 1024.0 };
    let status = child.wait()?;
    if !status.success() {
        let end: Vec<&str> = complained.lines().rev().take(20).collect();
        let end: Vec<&str> = end.into_iter().rev().collect();
        bail!(
            "{command:?}: {status}\n{}\n{}",
            end.join("\n"),
            said.lines().take(20).collect::<Vec<_>>().join("\n")
        );
    }
    Ok((cost, said))
}

/// Waits for the end; the peak of its memory in KiB.
fn peak(child: &mut Child) -> anyhow::Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(LOOK);
    }
    Ok(peak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_of_a_command_are_seen() {
        let hold = "import time; held = bytearray(64 << 20); time.sleep(0.2); print('done')";
        let (cost, said) = watch(Command::new("python3").args(["-c", hold])).unwrap();
        assert_eq!(said.trim(), "done");
        assert!(cost.seconds >= 0.2 && cost.peak_mib >= 64.0, "{cost:?}");
    }

    #[test]
    fn a_failure_says_what_the_command_said() {
        let error = watch(Command::new("python3").args(["-c", "raise SystemExit('broken')"])).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }
}
