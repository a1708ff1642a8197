//! The edges between our own crates. What is not listed is forbidden.

use super::finding;
use crate::{
    crates::{Crate, DependencyKind},
    finding::Finding,
};

/// A crate and the crates that it may build on.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static [&'static str]],
}

/// Code without I/O, clock or database.
const PURE: &[&str] = &["kernel", "llm", "routing"];

/// What a capability stands on.
const FOUNDATION: &[&str] = &[
    "kernel",
    "stats",
    "llm",
    "routing",
    "telemetry",
    "store",
    "web",
    "jobs",
    "journal",
    "ledger",
    "ledger-store",
    "platform-kit",
];

/// Every capability. `platform-publish` is none: it reads them.
const CAPABILITIES: &[&str] = &[
    "platform-identity",
    "platform-applications",
    "platform-features",
    "platform-models",
    "platform-keys",
    "platform-spending",
    "platform-payloads",
    "platform-operations",
    "platform-changes",
];

const LAYERS: &[Layer] = &[
    Layer { name: "kernel", may_use: &[] },
    Layer { name: "stats", may_use: &[] },
    Layer { name: "llm", may_use: &[&["kernel"]] },
    Layer { name: "routing", may_use: &[&["kernel", "llm"]] },
    Layer { name: "telemetry", may_use: &[&["kernel"]] },
    Layer { name: "ledger", may_use: &[PURE, &["telemetry"]] },
    Layer { name: "gateway", may_use: &[PURE, &["telemetry", "ledger"]] },
    Layer { name: "store", may_use: &[&["kernel", "telemetry"]] },
    Layer { name: "web", may_use: &[&["kernel", "telemetry", "store"]] },
    Layer { name: "jobs", may_use: &[&["kernel", "telemetry", "store"]] },
    Layer { name: "journal", may_use: &[&["kernel", "telemetry", "store"]] },
    Layer { name: "ledger-store", may_use: &[PURE, &["telemetry", "store", "ledger"]] },
    Layer {
        name: "platform-kit",
        may_use: &[PURE, &["telemetry", "store", "web", "jobs", "journal", "ledger", "ledger-store"]],
    },
    Layer { name: "platform-identity", may_use: &[FOUNDATION] },
    Layer { name: "platform-applications", may_use: &[FOUNDATION] },
    Layer { name: "platform-models", may_use: &[FOUNDATION] },
    Layer { name: "platform-features", may_use: &[FOUNDATION, &["platform-models"]] },
    Layer { name: "platform-keys", may_use: &[FOUNDATION, &["platform-features", "platform-applications"]] },
    // The past is rated by the prices of the models.
    Layer { name: "platform-spending", may_use: &[FOUNDATION, &["platform-models"]] },
    Layer { name: "platform-operations", may_use: &[FOUNDATION] },
    Layer {
        name: "platform-changes",
        may_use: &[FOUNDATION, &["platform-features", "platform-models", "platform-spending"]],
    },
    Layer { name: "platform-payloads", may_use: &[FOUNDATION] },
    Layer { name: "platform-publish", may_use: &[FOUNDATION, CAPABILITIES] },
    Layer { name: "testkit", may_use: &[FOUNDATION, &["gateway"]] },
    Layer { name: "server", may_use: &[FOUNDATION, CAPABILITIES, &["platform-publish", "gateway"]] },
    Layer { name: "xtask", may_use: &[] },
];

/// The edges of `member` that the table does not list. Tests may know more than what they test, except the server.
pub(super) fn check(member: &Crate) -> Vec<Finding> {
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == member.name) else {
        return vec![finding(
            member,
            format!(
                "{} is not in the table of layers. Do: give it a line in crates/xtask/src/dependencies/layers.rs that \
                 names the crates below it",
                member.package()
            ),
        )];
    };
    member
        .dependencies
        .iter()
        .filter_map(|dependency| Some((dependency.workspace_crate()?, dependency.kind)))
        .filter(|(name, kind)| match kind {
            DependencyKind::Normal | DependencyKind::Build => !layer.allows(name),
            DependencyKind::Dev => *name == "server" && member.name != "server",
        })
        .map(|(name, _)| finding(member, forbidden_edge(&member.name, name)))
        .collect()
}

impl Layer {
    fn allows(&self, name: &str) -> bool {
        self.may_use.iter().any(|group| group.contains(&name))
    }
}

fn forbidden_edge(from: &str, to: &str) -> String {
    let (law, remedy) = law(from, to);
    format!("glaux-{from} may not depend on glaux-{to}. Law: {law}. Do: {remedy}")
}

fn law(from: &str, to: &str) -> (&'static str, &'static str) {
    let is_capability = |name: &str| name.starts_with("platform-") || name.starts_with("app-");
    let is_database = |name: &str| ["store", "journal", "ledger-store", "jobs", "web"].contains(&name);
    match (from, to) {
        ("kernel" | "stats" | "llm" | "routing", _) => (
            "kernel, stats, llm and routing are pure and know only what lies below them",
            "pass the value in as an argument, or move the code up to the crate that does the I/O",
        ),
        ("gateway" | "ledger", _) if is_database(to) || is_capability(to) => (
            "the serving path knows no database and no capability, so that a slow or dead database never stops a call",
            "read it from the snapshot, or append it to the ledger and let ledger-store carry it into the database",
        ),
        (_, "server") => (
            "the server is the composition root and contains no business rule",
            "move the code down into the crate that owns it",
        ),
        _ if from.starts_with("app-") => {
            ("an application knows only app-kit, and no application knows another", "ask for it through app-kit")
        }
        _ if is_capability(from) && is_capability(to) => (
            "capabilities call each other only along the listed edges, which have no cycle",
            "subscribe to the journal, or list the edge in crates/xtask/src/dependencies/layers.rs with a reason",
        ),
        _ => (
            "dependencies point down only",
            "move the code into the lower crate, or list the edge in crates/xtask/src/dependencies/layers.rs with a reason",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::crates::Dependency;

    fn member(name: &str, package: &str, kind: DependencyKind) -> Crate {
        Crate {
            name: name.to_owned(),
            manifest: PathBuf::from(format!("crates/{name}/Cargo.toml")),
            entry: PathBuf::new(),
            dependencies: vec![Dependency { package: package.to_owned(), kind }],
        }
    }

    #[test]
    fn every_edge_of_the_table_points_down() {
        let mut placed: Vec<&str> = Vec::new();
        while placed.len() < LAYERS.len() {
            let next: Vec<&str> = LAYERS
                .iter()
                .filter(|layer| !placed.contains(&layer.name))
                .filter(|layer| layer.may_use.iter().copied().flatten().all(|name| placed.contains(name)))
                .map(|layer| layer.name)
                .collect();
            assert!(!next.is_empty(), "a cycle, or a name without a line, above {placed:?}");
            placed.extend(next);
        }
    }

    #[test]
    fn the_serving_path_reaches_no_capability() {
        for name in ["gateway", "ledger", "routing", "llm", "kernel", "stats"] {
            let layer = LAYERS.iter().find(|layer| layer.name == name).unwrap();
            for below in layer.may_use.iter().copied().flatten() {
                assert!(!["store", "web", "jobs", "journal", "ledger-store"].contains(below), "{name} → {below}");
                assert!(!below.starts_with("platform-"), "{name} → {below}");
            }
        }
    }

    #[test]
    fn edges_outside_the_table_are_named_with_their_law() {
        let check = |from: &str, to: &str, kind: DependencyKind, expected: Option<&str>| {
            let findings = super::check(&member(from, to, kind));
            match (expected, findings.as_slice()) {
                (None, []) => {}
                (Some(law), [finding]) => assert!(finding.message.contains(law), "{}", finding.message),
                _ => panic!("{from} → {to}: {findings:?}"),
            }
        };
        use DependencyKind::{Build, Dev, Normal};
        check("gateway", "glaux-ledger", Normal, None);
        check("gateway", "sqlx", Normal, None);
        check("gateway", "glaux-store", Normal, Some("never stops a call"));
        check("ledger", "glaux-platform-keys", Build, Some("never stops a call"));
        check("routing", "glaux-store", Normal, Some("are pure"));
        check("platform-models", "glaux-platform-features", Normal, Some("no cycle"));
        check("platform-keys", "glaux-platform-features", Normal, None);
        check("platform-publish", "glaux-platform-spending", Normal, None);
        check("testkit", "glaux-server", Normal, Some("composition root"));
        check("platform-models", "glaux-testkit", Dev, None);
        check("platform-models", "glaux-server", Dev, Some("composition root"));
        check("store", "glaux-web", Normal, Some("point down"));
        check("platform-weather", "glaux-kernel", Normal, Some("not in the table"));
    }
}
