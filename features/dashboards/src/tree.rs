//! The tree of bodies in memory, loaded again when a body has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use otklik_access::Scope;
use otklik_db::{Db, DbErr, versions};
use otklik_kernel::{Id, Instant, Zone, text};
use otklik_organisations::{snapshot, store};

/// A body as analysis needs it.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub id: Id,
    /// Its code.
    pub code: String,
    /// Its short name.
    pub name: String,
    /// The code of its region, or empty.
    pub region: String,
    /// Its time zone.
    pub zone: Zone,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// The body above it.
    pub parent: Option<Id>,
    /// The bodies right below it, by name.
    pub children: Vec<Id>,
}

/// All bodies at one version.
#[derive(Debug, Default)]
pub struct Tree {
    version: i64,
    nodes: HashMap<Id, Node>,
    codes: HashMap<String, Id>,
}

/// The tree shared by handlers.
#[derive(Clone, Debug, Default)]
pub struct SharedTree(Arc<Mutex<Arc<Tree>>>);

impl SharedTree {
    /// The tree as it is now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn current(&self, db: &Db) -> Result<Arc<Tree>, DbErr> {
        let version = versions::current(db.read(), snapshot::VERSION).await?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if kept.version == version {
            return Ok(kept);
        }
        let fresh = Arc::new(Tree::load(db, version).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }
}

impl Tree {
    /// The version of the bodies it was made from.
    pub const fn version(&self) -> i64 {
        self.version
    }

    async fn load(db: &Db, version: i64) -> Result<Self, DbErr> {
        let mut tree = Self { version, ..Self::default() };
        // In the order of names, so children come to their parents in it.
        let scope = Scope::system("names of all bodies; pages show those within the caller's scope");
        let bodies = store::all(db.read(), &scope).await?;
        let edges: Vec<(Id, Id)> = bodies.iter().filter_map(|body| Some((body.parent?, body.id))).collect();
        for body in bodies {
            tree.codes.insert(body.fields.code.to_ascii_lowercase(), body.id);
            let node = Node {
                id: body.id,
                code: body.fields.code,
                name: body.fields.short_name,
                region: body.fields.region,
                zone: body.fields.zone,
                closed_at: body.closed_at,
                parent: body.parent,
                children: Vec::new(),
            };
            tree.nodes.insert(body.id, node);
        }
        for (parent, child) in edges {
            if let Some(node) = tree.nodes.get_mut(&parent) {
                node.children.push(child);
            }
        }
        Ok(tree)
    }

    /// A body by its id.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// A body by its code; letters in any case.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Node> {
        self.get(*self.codes.get(&code.trim().to_ascii_lowercase())?)
    }

    /// The body and those above it, from itself upwards.
    pub fn upwards(&self, id: Id) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.get(id), |node| self.get(node.parent?))
    }

    /// Whether a body is another one or lies under it.
    #[must_use]
    pub fn is_under(&self, id: Id, above: Id) -> bool {
        self.upwards(id).any(|node| node.id == above)
    }

    /// The bodies at the top of a scope, none under another, by name.
    #[must_use]
    pub fn tops(&self, scope: &Scope) -> Vec<&Node> {
        let given: Vec<Id> = scope.tops().to_vec();
        let mut tops: Vec<&Node> = given
            .iter()
            .filter(|&&id| !given.iter().any(|&other| other != id && self.is_under(id, other)))
            .filter_map(|&id| self.get(id))
            .collect();
        tops.sort_by_cached_key(|node| (text::sort_key(&node.name), node.id));
        tops.dedup_by_key(|node| node.id);
        tops
    }

    /// Every body under one, with itself.
    pub fn below(&self, id: Id) -> impl Iterator<Item = &Node> {
        let mut open = vec![id];
        std::iter::from_fn(move || {
            let node = self.get(open.pop()?)?;
            open.extend(&node.children);
            Some(node)
        })
    }
}
