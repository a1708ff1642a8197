//! What the operator decides: a TOML file, and over it the environment.
//!
//! `GLAUX_<SECTION>__<NAME>` sets `name` of `[section]`; the few of the first minute (`GLAUX_LISTEN`,
//! `GLAUX_DATA_DIR`…) have short names. An unknown setting is an error, so that a misspelt one is not ignored.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use glaux_kernel::Secret;
use glaux_platform_spending::Retention;
use ipnet::IpNet;
use serde::Deserialize;

/// All settings, with their defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where it lives and listens.
    pub server: Server,
    /// How calls are read and answered.
    pub gateway: Gateway,
    /// How the ledger is kept.
    pub ledger: Ledger,
    /// What is logged.
    pub log: Log,
}

/// Where it lives and listens.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Where the ledger and the embedded database are.
    pub data_dir: PathBuf,
    /// A platform_admin service token for automation and first start; absent: one is made in the data directory.
    pub admin_token: Option<Secret>,
    /// `postgres://…`; absent: SQLite in the data directory.
    pub database_url: Option<Secret>,
    /// Wraps stored credentials: 64 hexadecimal digits or base64 of 32 bytes. Absent: one is made in the data directory;
    /// with PostgreSQL it is required.
    pub master_key: Option<Secret>,
    /// A folder with a built console, in place of the one in the program.
    pub console_dir: Option<PathBuf>,
    /// How long open answers may take after a request to stop.
    pub drain_seconds: u64,
    /// Threads that serve calls; 0: one per core.
    pub threads: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("glaux-data"),
            admin_token: None,
            database_url: None,
            master_key: None,
            console_dir: None,
            drain_seconds: 30,
            threads: 0,
        }
    }
}

/// How calls are read and answered.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Gateway {
    /// Proxies whose `x-forwarded-for` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// A longer request is refused.
    pub max_request_bytes: usize,
    /// A longer answer that is not streamed is given up.
    pub max_answer_bytes: usize,
    /// What the response cache may hold.
    pub cache_bytes: u64,
    /// A client that has not sent its headers by then is hung up on.
    pub header_timeout_seconds: u64,
}

impl Default for Gateway {
    fn default() -> Self {
        let defaults = glaux_gateway::Config::default();
        Self {
            trusted_proxies: defaults.trusted_proxies,
            max_request_bytes: defaults.max_request_bytes,
            max_answer_bytes: defaults.max_answer_bytes,
            cache_bytes: defaults.cache_bytes,
            header_timeout_seconds: 30,
        }
    }
}

/// When a ledger record counts as written.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Commit {
    /// Survives the death of the process.
    #[default]
    Process,
    /// Survives the loss of power.
    Power,
}

/// How the ledger is kept.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ledger {
    /// When a record counts as written.
    pub commit: Commit,
    /// How long calls and their attempts can be looked at one by one; their sums stay.
    pub rows_kept_days: u64,
    /// How long segments stay on the disk once they are in the database.
    pub segments_kept_days: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        let Retention { rows, segments } = Retention::default();
        let days = |kept: Duration| kept.as_secs() / (24 * 60 * 60);
        Self { commit: Commit::default(), rows_kept_days: days(rows), segments_kept_days: days(segments) }
    }
}

/// What is logged.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub format: String,
    /// Levels per target, such as `info,glaux_gateway=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: "text".to_owned(), filter: "info".to_owned() }
    }
}

/// Short names of the settings that the first minute needs.
const SHORT_NAMES: [(&str, &str, &str); 5] = [
    ("GLAUX_LISTEN", "server", "listen"),
    ("GLAUX_DATA_DIR", "server", "data_dir"),
    ("GLAUX_ADMIN_TOKEN", "server", "admin_token"),
    ("GLAUX_DATABASE_URL", "server", "database_url"),
    ("GLAUX_MASTER_KEY", "server", "master_key"),
];
/// What examples and tests of this repository read, and may stand in the environment of the one who starts the server.
const OF_OTHERS: [&str; 6] =
    ["GLAUX_KEY", "GLAUX_BINARY", "GLAUX_SHARED_DATA", "GLAUX_SOAK", "GLAUX_BLESS", "GLAUX_UPDATE"];
const SHORTEST_ADMIN_TOKEN: usize = 24;

impl Settings {
    /// Reads the file, if one is named, and the environment over it.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut table = match file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("can't read {}", path.display()))?
                .parse::<toml::Table>()
                .with_context(|| format!("{} is not valid TOML", path.display()))?,
            None => toml::Table::new(),
        };
        for (name, text) in environment {
            if let Some((section, setting)) = place(&name)? {
                set(&mut table, &section, &setting, text).with_context(|| format!("{name} can't be set"))?;
            }
        }
        let settings: Self = table.try_into().context("a setting is unknown or has the wrong form")?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.server.admin_token.as_ref().is_some_and(|token| token.expose().len() < SHORTEST_ADMIN_TOKEN) {
            bail!("GLAUX_ADMIN_TOKEN must have at least {SHORTEST_ADMIN_TOKEN} characters");
        }
        if self.server.database_url.is_some() && self.server.master_key.is_none() {
            bail!("with GLAUX_DATABASE_URL, GLAUX_MASTER_KEY is required: replicas must share it");
        }
        Ok(())
    }

    /// The time that open answers have after a request to stop.
    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.server.drain_seconds)
    }

    pub(crate) fn retention(&self) -> Retention {
        let days = |days: u64| Duration::from_secs(days.saturating_mul(24 * 60 * 60));
        Retention { rows: days(self.ledger.rows_kept_days), segments: days(self.ledger.segments_kept_days) }
    }
}

/// Section and name of the setting that an environment variable is for, if it is for one.
fn place(variable: &str) -> anyhow::Result<Option<(String, String)>> {
    if let Some((_, section, name)) = SHORT_NAMES.iter().find(|(short, ..)| *short == variable) {
        return Ok(Some(((*section).to_owned(), (*name).to_owned())));
    }
    let Some(name) = variable.strip_prefix("GLAUX_").filter(|_| !OF_OTHERS.contains(&variable)) else {
        return Ok(None);
    };
    let Some((section, name)) = name.split_once("__") else { bail!("there is no setting {variable}") };
    Ok(Some((section.to_ascii_lowercase(), name.to_ascii_lowercase())))
}

/// Numbers, booleans and lists as TOML writes them; anything else is text.
fn set(table: &mut toml::Table, section: &str, name: &str, text: String) -> anyhow::Result<()> {
    let section = table.entry(section.to_owned()).or_insert_with(|| toml::Table::new().into());
    let Some(section) = section.as_table_mut() else { bail!("it is not a section") };
    let parsed = format!("value = {text}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    let value = parsed.filter(|value| !value.is_datetime()).unwrap_or(toml::Value::String(text));
    section.insert(name.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> anyhow::Result<Settings> {
        let pairs = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Settings::load(None, pairs)
    }

    #[test]
    fn the_environment_sets_any_setting() {
        let settings = load(&[
            ("GLAUX_LISTEN", "127.0.0.1:0"),
            ("GLAUX_GATEWAY__MAX_REQUEST_BYTES", "1024"),
            ("GLAUX_GATEWAY__TRUSTED_PROXIES", r#"["10.0.0.0/8"]"#),
            ("GLAUX_LEDGER__COMMIT", "power"),
            ("HOME", "/nowhere"),
            ("GLAUX_KEY", "glx_of_an_application"),
        ])
        .unwrap();
        assert_eq!(settings.server.listen.port(), 0);
        assert_eq!(settings.gateway.max_request_bytes, 1024);
        assert_eq!(settings.gateway.trusted_proxies.len(), 1);
        assert!(matches!(settings.ledger.commit, Commit::Power));
    }

    #[test]
    fn mistakes_are_named() {
        let check = |environment: &[(&str, &str)], part: &str| {
            let error = format!("{:#}", load(environment).unwrap_err());
            assert!(error.contains(part), "{error}");
        };
        check(&[("GLAUX_SERVER__LISTNE", "127.0.0.1:0")], "listne");
        check(&[("GLAUX_LISTNE", "127.0.0.1:0")], "no setting GLAUX_LISTNE");
        check(&[("GLAUX_LISTEN", "here")], "listen");
        check(&[("GLAUX_ADMIN_TOKEN", "short")], "24 characters");
    }
}
