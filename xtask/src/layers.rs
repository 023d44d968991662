//! Which crate may depend on which: ARCHITECTURE.md, invariants 1 and 4.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// The heading under which ARCHITECTURE.md lists the edges.
const HEADING: &str = "### Allowed edges between features";

/// A crate's place in the layout, with the folder's name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Place {
    App,
    Platform(String),
    Feature(String),
    /// `bench` and `xtask`: programs about the product, no part of it.
    Beside(String),
}

/// One dependency of one crate of ours on another.
#[derive(Debug)]
struct Edge {
    from: Place,
    to: Place,
}

/// Feature → features it may import.
type Allowed = BTreeMap<String, BTreeSet<String>>;

/// Everything that breaks a rule, as sentences.
///
/// # Errors
/// ARCHITECTURE.md or the metadata can't be read.
pub fn findings(root: &Path, metadata: &Value) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).context("ARCHITECTURE.md can't be read")?;
    let allowed = allowed_edges(&text)?;
    let edges = edges(root, metadata)?;
    let mut findings: Vec<String> = edges.iter().filter_map(|edge| against(edge, &allowed)).collect();
    let named = allowed.iter().flat_map(|(from, to)| to.iter().chain([from]));
    for name in named.collect::<BTreeSet<_>>() {
        if !root.join("features").join(name).is_dir() {
            findings.push(format!("ARCHITECTURE.md names the feature {name}, which does not exist"));
        }
    }
    Ok(findings)
}

/// The rule that an edge breaks, if it does.
fn against(edge: &Edge, allowed: &Allowed) -> Option<String> {
    let Edge { from, to } = edge;
    let rule = match (from, to) {
        (_, Place::App) => "nothing depends on app",
        (_, Place::Beside(_)) => "nothing depends on bench or xtask",
        (Place::Platform(name), _) if name == "kernel" => "kernel depends on nothing of ours",
        (Place::Platform(_), Place::Feature(_)) => "platform never depends on a feature",
        (from, Place::Platform(name))
            if name == "print" && *from != Place::Feature("materials".to_owned()) =>
        {
            "only features/materials may depend on platform/print"
        }
        (from, Place::Platform(name))
            if name == "lake" && *from != Place::Feature("monitoring".to_owned()) =>
        {
            "only features/monitoring may depend on platform/lake"
        }
        (Place::Feature(from), Place::Feature(to))
            if !allowed.get(from).is_some_and(|names| names.contains(to)) =>
        {
            "ARCHITECTURE.md does not list this edge between features"
        }
        _ => return None,
    };
    Some(format!("{} → {}: {rule}", from.folder(), to.folder()))
}

impl Place {
    /// The place of a crate by its folder, named from the workspace's root.
    fn of(folder: &Path) -> anyhow::Result<Self> {
        let parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
        match parts[..] {
            ["app"] => Ok(Self::App),
            ["platform", name] => Ok(Self::Platform(name.to_owned())),
            ["features", name] => Ok(Self::Feature(name.to_owned())),
            [name @ ("bench" | "xtask")] => Ok(Self::Beside(name.to_owned())),
            _ => bail!("a crate in {}: ARCHITECTURE.md knows no such place", folder.display()),
        }
    }

    fn folder(&self) -> String {
        match self {
            Self::App => "app".to_owned(),
            Self::Platform(name) => format!("platform/{name}"),
            Self::Feature(name) => format!("features/{name}"),
            Self::Beside(name) => name.clone(),
        }
    }
}

/// Every dependency between crates of the workspace, of any kind (normal, build, development).
fn edges(root: &Path, metadata: &Value) -> anyhow::Result<Vec<Edge>> {
    let packages = metadata["packages"].as_array().context("no packages in the metadata")?;
    let mut edges = Vec::new();
    for package in packages {
        let manifest = package["manifest_path"].as_str().context("a package without a manifest")?;
        let folder = Path::new(manifest).parent().context("a manifest without a folder")?;
        let from = Place::of(folder.strip_prefix(root).context("a package outside the workspace")?)?;
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let Some(path) = dependency["path"].as_str() else { continue };
            let folder = Path::new(path).strip_prefix(root);
            let to = Place::of(folder.context("a dependency on a folder outside the workspace")?)?;
            edges.push(Edge { from: from.clone(), to });
        }
    }
    Ok(edges)
}

/// Reads the block of edges: lines `feature → feature, feature` between two fences.
fn allowed_edges(text: &str) -> anyhow::Result<Allowed> {
    let (_, after) =
        text.split_once(HEADING).with_context(|| format!("ARCHITECTURE.md has no «{HEADING}»"))?;
    let mut fenced = after.split("```");
    let block = fenced.nth(1).context("no block of edges under the heading")?;
    fenced.next().context("the block of edges has no end")?;
    let mut allowed = Allowed::new();
    for line in block.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (from, to) = line.split_once('→').with_context(|| format!("an edge without an arrow: {line}"))?;
        let to = to.split(',').map(|name| name.trim().to_owned());
        if allowed.insert(from.trim().to_owned(), to.collect()).is_some() {
            bail!("two lines of edges for {}", from.trim());
        }
    }
    Ok(allowed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{Edge, Place, against, allowed_edges, edges};

    const TEXT: &str = "# Architecture\n```\nnot this\n```\n### Allowed edges between features\n\nWords.\n\n```\n\
        survey    → organisations, responses\nresponses → organisations\n```\nAfter.\n";

    fn check(from: &str, to: &str) -> Option<String> {
        let place = |folder| Place::of(Path::new(folder)).expect("a known folder");
        let edge = Edge { from: place(from), to: place(to) };
        against(&edge, &allowed_edges(TEXT).expect("the block is well formed"))
    }

    #[test]
    fn the_block_of_edges_is_read() {
        let allowed = allowed_edges(TEXT).expect("the block is well formed");
        assert_eq!(allowed.len(), 2);
        assert_eq!(allowed["survey"].iter().collect::<Vec<_>>(), ["organisations", "responses"]);
        assert_eq!(allowed["responses"].iter().collect::<Vec<_>>(), ["organisations"]);
    }

    #[test]
    fn a_broken_block_is_an_error() {
        assert!(allowed_edges("# Architecture\n").is_err());
        assert!(allowed_edges("### Allowed edges between features\nno block\n").is_err());
        assert!(allowed_edges("### Allowed edges between features\n```\na → b\n").is_err());
        assert!(allowed_edges("### Allowed edges between features\n```\na -> b\n```\n").is_err());
        assert!(allowed_edges("### Allowed edges between features\n```\na → b\na → c\n```\n").is_err());
    }

    #[test]
    fn allowed_edges_pass() {
        for (from, to) in [
            ("app", "features/survey"),
            ("app", "platform/web"),
            ("features/survey", "features/responses"),
            ("features/survey", "platform/web"),
            ("features/materials", "platform/print"),
            ("features/monitoring", "platform/lake"),
            ("platform/web", "platform/kernel"),
            ("bench", "platform/kernel"),
        ] {
            assert_eq!(check(from, to), None, "{from} → {to}");
        }
    }

    #[test]
    fn other_edges_are_found() {
        for (from, to) in [
            ("platform/web", "features/survey"),
            ("platform/web", "app"),
            ("features/survey", "app"),
            ("bench", "app"),
            ("platform/kernel", "platform/locale"),
            ("features/responses", "features/survey"),
            ("features/materials", "features/organisations"),
            ("features/survey", "platform/print"),
            ("app", "platform/print"),
            ("features/progress", "platform/lake"),
            ("platform/sheet", "platform/lake"),
            ("bench", "platform/lake"),
            ("app", "xtask"),
        ] {
            assert!(check(from, to).is_some(), "{from} → {to}");
        }
    }

    #[test]
    fn edges_come_from_paths_of_any_kind() {
        let metadata = json!({ "packages": [{
            "manifest_path": "/w/features/survey/Cargo.toml",
            "dependencies": [
                { "name": "otklik-web", "path": "/w/platform/web", "kind": null },
                { "name": "otklik-testkit", "path": "/w/platform/testkit", "kind": "dev" },
                { "name": "serde" },
            ],
        }]});
        let edges = edges(Path::new("/w"), &metadata).expect("well formed");
        let to: Vec<String> = edges.iter().map(|edge| edge.to.folder()).collect();
        assert_eq!(to, ["platform/web", "platform/testkit"]);
    }

    #[test]
    fn an_unknown_place_is_an_error() {
        assert!(Place::of(Path::new("tools/new")).is_err());
    }
}
