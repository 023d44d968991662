//! `routes.csv`: what people decided about who may call what, against what the programme does.

use std::collections::BTreeSet;

use otklik_access::{Permission, Role};
use otklik_web::Access;

use crate::world::on_both;

/// The checked-in list.
const LIST: &str = include_str!("../../routes.csv");

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    pub method: String,
    pub path: String,
    pub access: String,
    pub roles: String,
}

impl Line {
    /// Everybody may call it, without signing in.
    pub fn is_public(&self) -> bool {
        self.roles == "everyone"
    }

    /// Whether the list lets a role call it; nothing stands for a person without roles.
    pub fn lets(&self, role: Option<Role>) -> bool {
        match self.roles.as_str() {
            "everyone" | "everyone signed in" => true,
            roles => role.is_some_and(|role| roles.split(';').any(|code| code == role.code())),
        }
    }
}

/// The lines of the list.
pub fn lines() -> Vec<Line> {
    let mut rows = LIST.lines();
    assert_eq!(rows.next(), Some("method,path,access,roles"));
    rows.map(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        let [method, path, access, roles] = fields[..] else { panic!("{row}") };
        Line { method: method.into(), path: path.into(), access: access.into(), roles: roles.into() }
    })
    .collect()
}

#[test]
fn x6_the_list_of_routes_is_what_the_programme_has() {
    on_both(async |world| {
        let listed: Vec<(String, String, String)> =
            lines().into_iter().map(|line| (line.method, line.path, line.access)).collect();
        let own = |route: &otklik_web::Route| {
            (route.method.to_string(), route.path.to_owned(), route.access.code().to_owned())
        };
        let real: BTreeSet<_> = world.list.iter().map(own).collect();
        let unique: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(listed.len(), unique.len(), "a line of routes.csv is there twice");
        assert_eq!(world.list.len(), real.len(), "a route is made twice");
        let missing: Vec<_> = real.difference(&unique).collect();
        let stale: Vec<_> = unique.difference(&real).collect();
        assert!(missing.is_empty() && stale.is_empty(), "not in routes.csv: {missing:?}\nstale: {stale:?}");
    });
}

#[test]
fn org4_the_list_and_the_roles_agree() {
    for line in lines() {
        let access = match line.access.as_str() {
            "public" => Access::Public,
            "signed_in" => Access::SignedIn,
            code => Access::Needs(Permission::ALL.into_iter().find(|p| p.code() == code).expect(code)),
        };
        for code in line.roles.split(';').filter(|roles| !roles.starts_with("everyone")) {
            assert!(Role::find(code).is_some(), "{line:?}: no role {code}");
        }
        for role in Role::ALL {
            let may = match access {
                Access::Public | Access::SignedIn => true,
                Access::Needs(permission) => role.may(permission),
            };
            assert_eq!(line.lets(Some(role)), may, "{line:?}: {role:?}");
        }
        assert_eq!(line.is_public(), access == Access::Public, "{line:?}");
        assert_eq!(line.lets(None), !matches!(access, Access::Needs(_)), "{line:?}");
    }
}
