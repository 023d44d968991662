//! Running steps one after another: each with its duration, stopping at the first that fails.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::tally::{self, Tally};
use crate::workplace::Workplace;

/// One step of a run, also a command of its own.
pub struct Step {
    /// Its name as a command.
    pub name: &'static str,
    /// What it does, for the list of commands.
    pub about: &'static str,
    /// Does it.
    pub run: fn(&mut Job<'_>) -> anyhow::Result<()>,
    /// How to run it alone.
    pub alone: &'static str,
}

/// A step at work: it runs programs and counts what they tested.
pub struct Job<'a> {
    /// Where things are.
    pub workplace: &'a Workplace,
    tally: Tally,
}

impl Job<'_> {
    /// Runs a program that only prepares something.
    ///
    /// # Errors
    /// It could not be run or failed.
    pub fn prepare(&mut self, command: &mut Command) -> anyhow::Result<()> {
        let said = said(command);
        println!("$ {said}");
        let status = command.status().with_context(|| format!("could not run: {said}"))?;
        succeeded(status, &said)
    }

    /// Runs a program that is one check.
    ///
    /// # Errors
    /// It could not be run or failed.
    pub fn check(&mut self, command: &mut Command) -> anyhow::Result<()> {
        self.prepare(command)?;
        self.passed();
        Ok(())
    }

    /// Counts a check made without a program.
    pub fn passed(&mut self) {
        self.tally.add(Tally { passed: 1, failed: 0 });
    }

    /// Runs a test runner, showing its output as it comes and counting its tests.
    ///
    /// # Errors
    /// It could not be run, failed, or ran no test.
    pub fn tests(&mut self, command: &mut Command) -> anyhow::Result<()> {
        let said = said(command);
        println!("$ {said}");
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not run: {said}"))?;
        let mut counted = Tally::default();
        let mut screen = std::io::stdout().lock();
        let mut output = BufReader::new(child.stdout.take().context("the runner has no output")?);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            screen.write_all(&line)?;
            screen.flush()?;
            counted.add(tally::of_line(&String::from_utf8_lossy(&line)));
            line.clear();
        }
        drop(screen);
        self.tally.add(counted);
        succeeded(child.wait()?, &said)?;
        if counted == Tally::default() {
            bail!("{said} ran no test");
        }
        Ok(())
    }
}

/// Runs the steps in order and says at the very end how many tests and checks passed and failed.
pub fn run_all(workplace: &Workplace, steps: &[Step]) -> ExitCode {
    let began = now();
    let mut sum = Tally::default();
    let mut durations = Vec::new();
    let mut broken = None;
    for step in steps {
        println!("\n== {}: {}", step.name, step.about);
        let step_began = now();
        let mut job = Job { workplace, tally: Tally::default() };
        let result = (step.run)(&mut job);
        let took = step_began.elapsed();
        if result.is_err() && job.tally.failed == 0 {
            job.tally.failed = 1;
        }
        sum.add(job.tally);
        durations.push((step.name, took));
        match result {
            Ok(()) => println!("== {}: done in {}", step.name, seconds(took)),
            Err(error) => {
                broken = Some((step, error));
                break;
            }
        }
    }
    println!();
    for (name, took) in &durations {
        println!("{:>9}  {name}", seconds(*took));
    }
    println!("{:>9}  in all", seconds(began.elapsed()));
    if let Some((step, error)) = &broken {
        println!("\nFailed at the step {}: {error:#}", step.name);
        println!("To run it alone: {}", step.alone);
    }
    println!("\n{sum}");
    if broken.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn succeeded(status: ExitStatus, said: &str) -> anyhow::Result<()> {
    if !status.success() {
        bail!("{said} ended with {status}");
    }
    Ok(())
}

/// The command as a person would type it.
fn said(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut said = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        said.push(' ');
        said.push_str(&argument.to_string_lossy());
    }
    said
}

#[expect(clippy::disallowed_methods, reason = "shows how long a step took; nothing is decided by it")]
fn now() -> Instant {
    Instant::now()
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
