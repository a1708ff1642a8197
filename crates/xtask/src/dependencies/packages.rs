//! Packages of others that some of our crates may not use.
//!
//! Most restrictions hold for everything reachable, with the features that the crate asks for by itself;
//! `anyhow` is restricted only where it is declared.

use anyhow::Result;

use super::finding;
use crate::{
    crates::{Crate, DependencyKind},
    finding::Finding,
    process,
    workspace::Workspace,
};

/// Packages that must not be reachable from certain crates.
struct Restriction {
    crates: &'static [&'static str],
    packages: &'static [&'static str],
    law: &'static str,
    remedy: &'static str,
}

const RESTRICTIONS: &[Restriction] = &[
    Restriction {
        crates: &["gateway", "ledger", "routing"],
        packages: &["sqlx", "sqlx-core", "libsqlite3-sys", "rusqlite", "tokio-postgres"],
        law: "the serving path knows no database, so that a slow or dead one never stops a call",
        remedy: "read it from the snapshot, or append it to the ledger",
    },
    Restriction {
        crates: &["kernel", "stats", "llm", "routing"],
        packages: &["tokio", "mio", "async-std", "hyper", "reqwest", "rustls", "axum", "sqlx", "sqlx-core"],
        law: "kernel, stats, llm and routing do no I/O",
        remedy: "make it a function of its arguments and do the I/O in the caller",
    },
];

/// The crates whose errors only a human reads; all others give their callers variants to act on.
const MAY_USE_ANYHOW: &[&str] = &["server", "xtask", "testkit", "jobs"];

/// Restrictions on what the manifest itself names. Tests may use `anyhow`.
pub(super) fn check_declared(member: &Crate) -> Option<Finding> {
    let declared = member
        .dependencies
        .iter()
        .any(|dependency| dependency.package == "anyhow" && dependency.kind != DependencyKind::Dev);
    (declared && !MAY_USE_ANYHOW.contains(&member.name.as_str())).then(|| {
        finding(
            member,
            format!(
                "{} may not depend on anyhow. Law: a caller can act on an error. Do: give the crate one `thiserror` enum",
                member.package()
            ),
        )
    })
}

/// Restrictions on everything that is linked into the crate when it is built alone.
pub(super) fn check_reachable(member: &Crate, workspace: &Workspace) -> Result<Vec<Finding>> {
    let restrictions: Vec<&Restriction> =
        RESTRICTIONS.iter().filter(|restriction| restriction.crates.contains(&member.name.as_str())).collect();
    if restrictions.is_empty() {
        return Ok(Vec::new());
    }
    let package = member.package();
    let tree =
        process::read(&mut workspace.cargo(["tree", "--package", &package, "--edges=normal,build", "--prefix=none"]))?;
    Ok(restrictions.into_iter().filter_map(|restriction| restriction.check(member, &tree)).collect())
}

impl Restriction {
    fn check(&self, member: &Crate, tree: &str) -> Option<Finding> {
        let reachable = |package: &&&str| tree.lines().any(|line| line.split(' ').next() == Some(**package));
        let found = self.packages.iter().find(reachable)?;
        let package = member.package();
        Some(finding(
            member,
            format!(
                "{package} reaches {found}. Law: {}. Do: {}; `cargo tree --package {package} --invert {found}` shows the way",
                self.law, self.remedy
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::crates::Dependency;

    fn member(name: &str, dependencies: Vec<Dependency>) -> Crate {
        Crate { name: name.to_owned(), manifest: PathBuf::new(), entry: PathBuf::new(), dependencies }
    }

    #[test]
    fn anyhow_stays_where_a_human_reads_the_error() {
        let check = |name: &str, kind: DependencyKind, allowed: bool| {
            let member = member(name, vec![Dependency { package: "anyhow".to_owned(), kind }]);
            assert_eq!(check_declared(&member).is_none(), allowed, "{name} {kind:?}");
        };
        check("server", DependencyKind::Normal, true);
        check("web", DependencyKind::Normal, false);
        check("web", DependencyKind::Dev, true);
    }

    #[test]
    fn a_forbidden_package_is_found_anywhere_in_the_tree() {
        let restriction = &RESTRICTIONS[0];
        let gateway = member("gateway", Vec::new());
        let clean = "glaux-gateway v0.1.0 (/x)\nhyper v1.0.0\nsqlx-macros-free v1.0.0\n";
        assert_eq!(restriction.check(&gateway, clean), None);
        let finding = restriction.check(&gateway, "glaux-gateway v0.1.0\nsqlx-core v0.9.0 (*)\n").unwrap();
        assert!(finding.message.contains("reaches sqlx-core"), "{}", finding.message);
        assert!(finding.message.contains("--invert sqlx-core"), "{}", finding.message);
    }
}
