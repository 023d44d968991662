//! The steps of `cargo xtask test` and `cargo xtask soak`, in the order in which they run: what fails most
//! often and costs least comes first.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::layers;
use crate::postgres::Cluster;
use crate::sources;
use crate::steps::{Job, Step};
use crate::tools;

/// Everything that guards a landing.
pub const STEPS: &[Step] = &[
    Step { name: "format", about: "The code is formatted", run: format, alone: "cargo xtask format" },
    Step {
        name: "check-layers",
        about: "Crates depend on each other only as ARCHITECTURE.md allows",
        run: check_layers,
        alone: "cargo xtask check-layers",
    },
    Step { name: "deny", about: "Licences, sources and banned crates", run: deny, alone: "cargo xtask deny" },
    Step { name: "web", about: "The front end: types, tests, build", run: web, alone: "cargo xtask web" },
    Step {
        name: "clippy",
        about: "Compiler and clippy have nothing to warn about",
        run: clippy,
        alone: "cargo xtask clippy",
    },
    Step {
        name: "cargo-test",
        about: "Tests of the crates, on SQLite and PostgreSQL",
        run: cargo_test,
        alone: "cargo xtask cargo-test (one crate: cargo test --package NAME)",
    },
    Step {
        name: "e2e",
        about: "Browser tests against the real program",
        run: e2e,
        alone: "cargo xtask e2e (one file: cd e2e && npx playwright test NAME)",
    },
    Step {
        name: "docs",
        about: "The code's documentation builds without warnings",
        run: docs,
        alone: "cargo xtask docs",
    },
    Step {
        name: "sbom",
        about: "The list of what the program is made of (CycloneDX), into target/sbom",
        run: sbom,
        alone: "cargo xtask sbom",
    },
];

/// The long forms.
pub const SOAK: &[Step] = &[
    Step {
        name: "long-tests",
        about: "Tests of the crates with many more cases (OTKLIK_SOAK=1)",
        run: long_tests,
        alone: "OTKLIK_SOAK=1 cargo test --workspace",
    },
    Step {
        name: "bench",
        about: "The load generator against the optimised program",
        run: bench,
        alone: "cargo run --release --package otklik-bench (--help lists its options)",
    },
];

fn format(job: &mut Job<'_>) -> anyhow::Result<()> {
    job.check(&mut job.workplace.cargo(["fmt", "--all", "--check"]))
}

fn check_layers(job: &mut Job<'_>) -> anyhow::Result<()> {
    let root = &job.workplace.root;
    let mut findings = layers::findings(root, &job.workplace.metadata)?;
    findings.extend(sources::findings(root)?);
    if !findings.is_empty() {
        bail!("{}:\n  {}", findings.len(), findings.join("\n  "));
    }
    job.passed();
    Ok(())
}

fn deny(job: &mut Job<'_>) -> anyhow::Result<()> {
    let program = tools::cargo_tool(job, &tools::CARGO_DENY)?;
    // Offline it still needs every crate of the lock file on disk, also those of other systems.
    job.prepare(&mut job.workplace.cargo(["fetch", "--locked", "--quiet"]))?;
    let mut check = job.workplace.program(program);
    check.args(["--offline", "--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    job.check(&mut check)
}

fn web(job: &mut Job<'_>) -> anyhow::Result<()> {
    npm(job, "web")?;
    job.check(&mut job.workplace.npm("web", ["run", "check"]))?;
    job.tests(&mut job.workplace.npm("web", ["run", "test"]))?;
    job.check(&mut job.workplace.npm("web", ["run", "build"]))
}

fn clippy(job: &mut Job<'_>) -> anyhow::Result<()> {
    front_end(job)?;
    job.check(&mut job.workplace.cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn cargo_test(job: &mut Job<'_>) -> anyhow::Result<()> {
    crates_tests(job, false)
}

fn long_tests(job: &mut Job<'_>) -> anyhow::Result<()> {
    crates_tests(job, true)
}

fn crates_tests(job: &mut Job<'_>, long: bool) -> anyhow::Result<()> {
    front_end(job)?;
    tools::packages(
        job,
        &[
            tools::POSTGRESQL,
            tools::OPENSSH,
            tools::ZBAR,
            tools::POPPLER,
            tools::CHROMIUM,
            tools::FONTS,
            tools::PYTHON,
        ],
    )?;
    let cluster = Cluster::start().map_err(anyhow::Error::msg)?;
    let mut test = job.workplace.cargo(["test", "--workspace", "--no-fail-fast"]);
    test.env("OTKLIK_TEST_POSTGRES", cluster.url("postgres"));
    if long {
        test.env("OTKLIK_SOAK", "1");
    } else {
        // The same invented cases in every landing; others come in the long form.
        test.env("PROPTEST_RNG_SEED", "1");
    }
    job.tests(&mut test)
}

fn e2e(job: &mut Job<'_>) -> anyhow::Result<()> {
    tools::packages(
        job,
        &[
            tools::POSTGRESQL,
            tools::CHROMIUM,
            tools::CHROMIUM_RUSSIAN,
            tools::ZBAR,
            tools::JAVA,
            tools::FONTS,
        ],
    )?;
    front_end(job)?;
    // What the crates' tests are built of has the program too: nothing is compiled twice.
    job.prepare(&mut job.workplace.cargo(["test", "--workspace", "--no-run", "--quiet"]))?;
    npm(job, "e2e")?;
    job.check(&mut job.workplace.npm("e2e", ["run", "check"]))?;
    let otklik = job.workplace.otklik();
    let cluster = Cluster::start().map_err(anyhow::Error::msg)?;
    let mut test = job.workplace.npm("e2e", ["run", "test"]);
    test.env("OTKLIK_BIN", otklik).env("OTKLIK_TEST_POSTGRES", cluster.url("postgres"));
    job.tests(&mut test)
}

fn docs(job: &mut Job<'_>) -> anyhow::Result<()> {
    front_end(job)?;
    let mut doc = job.workplace.cargo(["doc", "--no-deps", "--workspace"]);
    job.check(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The tool writes each crate's list beside its manifest; ours is the binary's, kept with what is built.
fn sbom(job: &mut Job<'_>) -> anyhow::Result<()> {
    let program = tools::cargo_tool(job, &tools::CARGO_CYCLONEDX)?;
    let folder = job.workplace.target.join("sbom");
    fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let name = "otklik-sbom";
    let mut list = job.workplace.program(program);
    list.args([
        "cyclonedx",
        "--manifest-path",
        "app/Cargo.toml",
        "--format",
        "json",
        "--spec-version",
        "1.5",
    ]);
    list.args(["--target", "x86_64-unknown-linux-gnu", "--quiet", "--override-filename", name]);
    let result = job.prepare(&mut list);
    let written = beside_manifests(job, &format!("{name}.json"))?;
    let ours = job.workplace.root.join("app").join(format!("{name}.json"));
    let mut kept = false;
    for file in written {
        if file == ours {
            kept = fs::copy(&file, folder.join("otklik.cdx.json")).is_ok();
        }
        fs::remove_file(&file).with_context(|| format!("{} can't be removed", file.display()))?;
    }
    result?;
    if !kept {
        bail!("no list was written for the crate otklik");
    }
    println!("{}", folder.join("otklik.cdx.json").display());
    job.passed();
    Ok(())
}

fn beside_manifests(job: &Job<'_>, name: &str) -> anyhow::Result<Vec<PathBuf>> {
    let packages = job.workplace.metadata["packages"].as_array().context("no packages in the metadata")?;
    let manifests = packages.iter().filter_map(|package| package["manifest_path"].as_str());
    Ok(manifests
        .map(|manifest| Path::new(manifest).with_file_name(name))
        .filter(|file| file.exists())
        .collect())
}

/// The generator builds the program it measures, optimised, by itself.
fn bench(job: &mut Job<'_>) -> anyhow::Result<()> {
    front_end(job)?;
    tools::packages(job, &[tools::POSTGRESQL])?;
    job.check(&mut job.workplace.cargo(["run", "--release", "--package", "otklik-bench"]))
}

/// The front end's files, which the crates embed: built where a step is run alone and they are missing.
fn front_end(job: &mut Job<'_>) -> anyhow::Result<()> {
    if job.workplace.has("web/dist") {
        return Ok(());
    }
    npm(job, "web")?;
    job.prepare(&mut job.workplace.npm("web", ["run", "build"]))
}

/// A folder's npm packages, as its lock file names them.
fn npm(job: &mut Job<'_>, folder: &str) -> anyhow::Result<()> {
    tools::node()?;
    if let Some(mut install) = tools::npm_install(job.workplace, folder)? {
        job.prepare(&mut install)?;
        tools::npm_installed(job.workplace, folder)?;
    }
    Ok(())
}
