//! What the steps need from the machine: installed where it is missing, or named with the command to type.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::steps::Job;
use crate::workplace::Workplace;

/// The oldest Node that the front end and the browser tests run on.
const NODE: (u32, u32) = (20, 19);

/// A package of the system and how to see that it is there.
pub struct Package {
    name: &'static str,
    here: fn() -> bool,
}

/// PostgreSQL's server programs.
pub const POSTGRESQL: Package = Package {
    name: "postgresql",
    here: || {
        in_path("initdb")
            || fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
                versions.flatten().any(|version| version.path().join("bin/initdb").exists())
            })
    },
};
/// The browser of the browser tests.
pub const CHROMIUM: Package = Package { name: "chromium", here: || in_path("chromium") };
/// The browser's own words in Russian: date fields show them.
pub const CHROMIUM_RUSSIAN: Package =
    Package { name: "chromium-l10n", here: || Path::new("/usr/lib/chromium/locales/ru.pak").exists() };
/// Reads QR codes from pictures.
pub const ZBAR: Package = Package { name: "zbar-tools", here: || in_path("zbarimg") };
/// Reads and draws PDF files.
pub const POPPLER: Package =
    Package { name: "poppler-utils", here: || in_path("pdftotext") && in_path("pdftoppm") };
/// Python environments, into which tests install programs by others that read and write the same files.
pub const PYTHON: Package = Package {
    name: "python3-venv",
    here: || {
        let ensurepip =
            Command::new("python3").args(["-c", "import ensurepip, venv"]).stderr(Stdio::null()).status();
        ensurepip.is_ok_and(|status| status.success())
    },
};
/// A real SFTP server for the tests of sending.
pub const OPENSSH: Package = Package {
    name: "openssh-server",
    here: || Path::new("/usr/sbin/sshd").exists() && in_path("ssh-keygen"),
};
/// Runs the HTML checker.
pub const JAVA: Package = Package { name: "default-jre-headless", here: || in_path("java") };
/// Letters with the measures of Arial, for screenshots and print.
pub const FONTS: Package = Package {
    name: "fonts-liberation2",
    here: || {
        ["liberation2", "liberation"].iter().any(|folder| {
            Path::new("/usr/share/fonts/truetype").join(folder).join("LiberationSans-Regular.ttf").exists()
        })
    },
};

/// A program of ours from the crate registry, at one version.
pub struct CargoTool {
    name: &'static str,
    version: &'static str,
}

/// Checks licences, sources and banned crates.
pub const CARGO_DENY: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2" };
/// Writes the list of everything that the program is made of.
pub const CARGO_CYCLONEDX: CargoTool = CargoTool { name: "cargo-cyclonedx", version: "0.5.9" };

/// Installs the packages that are missing.
///
/// # Errors
/// The exact command to type, where we may not install or the package manager fails.
pub fn packages(job: &mut Job<'_>, wanted: &[Package]) -> anyhow::Result<()> {
    let missing: Vec<&str> =
        wanted.iter().filter(|package| !(package.here)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("install what is missing: sudo apt-get install -y {}", missing.join(" "));
    if !in_path("apt-get") {
        bail!("{by_hand} (or your system's packages of the same purpose)");
    }
    let root = job.workplace.program("id").arg("-u").output().is_ok_and(|answer| answer.stdout == b"0\n");
    if !root && !in_path("sudo") {
        bail!("{by_hand}");
    }
    let apt = |arguments: &[&str]| {
        let mut command = job.workplace.program(if root { "env" } else { "sudo" });
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments).stdin(Stdio::null());
        command
    };
    let mut install = apt(&["install", "-y", "--no-install-recommends"]);
    install.args(&missing);
    let mut update = apt(&["update"]);
    // The package lists of a machine may be old or absent: they are fetched only then.
    if job.prepare(&mut install).is_err() {
        job.prepare(&mut update).and_then(|()| job.prepare(&mut install)).context(by_hand.clone())?;
    }
    match wanted.iter().find(|package| !(package.here)()) {
        Some(package) => bail!("{} was installed and still is not found; {by_hand}", package.name),
        None => Ok(()),
    }
}

/// Checks that Node is there and young enough.
///
/// # Errors
/// How to install it.
pub fn node() -> anyhow::Result<()> {
    let (major, minor) = NODE;
    let help = format!(
        "Node {major}.{minor} or later is needed. On Debian 13: sudo apt-get install -y nodejs npm; \
         elsewhere see the downloads page of Node.js"
    );
    let Ok(answer) = Command::new("node").arg("--version").stderr(Stdio::null()).output() else {
        bail!(help)
    };
    let said = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    if node_version(&said).is_none_or(|version| version < NODE) {
        bail!("{help}; this machine has {said}");
    }
    Ok(())
}

fn node_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The call that installs a folder's npm packages, unless exactly those of its lock file are there already.
///
/// # Errors
/// The folder has no lock file.
pub fn npm_install(workplace: &Workplace, folder: &str) -> anyhow::Result<Option<Command>> {
    let (lock, copy) = npm_lock(workplace, folder);
    let wanted = fs::read(&lock).with_context(|| format!("{} can't be read", lock.display()))?;
    if fs::read(copy).is_ok_and(|installed| installed == wanted) {
        return Ok(None);
    }
    Ok(Some(workplace.npm(folder, ["ci", "--no-audit", "--no-fund"])))
}

/// Remembers what was installed; [`npm_install`] compares with it.
///
/// # Errors
/// The copy can't be written.
pub fn npm_installed(workplace: &Workplace, folder: &str) -> anyhow::Result<()> {
    let (lock, copy) = npm_lock(workplace, folder);
    fs::copy(&lock, &copy).with_context(|| format!("{} can't be written", copy.display()))?;
    Ok(())
}

fn npm_lock(workplace: &Workplace, folder: &str) -> (PathBuf, PathBuf) {
    let folder = workplace.root.join(folder);
    (folder.join("package-lock.json"), folder.join("node_modules/.installed-package-lock.json"))
}

/// The tool's program, built at its pinned version where that is missing.
///
/// # Errors
/// It can't be built, with the command to try by hand.
pub fn cargo_tool(job: &mut Job<'_>, tool: &CargoTool) -> anyhow::Result<PathBuf> {
    let CargoTool { name, version } = tool;
    let workplace = job.workplace;
    let program = workplace.tools.join("bin").join(name);
    let installed = fs::read_to_string(workplace.tools.join(".crates.toml")).unwrap_or_default();
    if program.exists() && installed.contains(&format!("\"{name} {version} (")) {
        return Ok(program);
    }
    // Without debug information and optimisation the tools build fastest, and they have little to do. Their
    // build folder is large and of no further use.
    let build = workplace.tools.with_file_name("tools-build");
    let mut install = workplace.cargo(["install", "--locked", "--debug", "--force", "--root"]);
    install.arg(&workplace.tools).arg("--target-dir").arg(&build).arg(format!("{name}@{version}"));
    install.env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("RUSTFLAGS");
    let result = job.prepare(&mut install);
    // Left behind it costs only room.
    let _ = fs::remove_dir_all(&build);
    result.with_context(|| {
        format!(
            "{name} is missing: cargo install --locked {name}@{version} --root {}",
            workplace.tools.display()
        )
    })?;
    Ok(program)
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::{NODE, node_version};

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        assert_eq!(node_version("v20.20.2"), Some((20, 20)));
        assert!(node_version("v20.9.0").is_some_and(|version| version < NODE));
        assert!(node_version("v22.1.0").is_some_and(|version| version > NODE));
        assert_eq!(node_version(""), None);
        assert_eq!(node_version("nodejs 20"), None);
    }
}
