//! A real PostgreSQL of the test process's own: started once, on a unix socket, gone when the process is.
//!
//! It keeps nothing through a crash, which is what makes it quick. A shell holds a pipe from the test process and stops
//! the server when the pipe closes, however the process ended.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use glaux_kernel::Timestamp;
use glaux_store::{MigrateOptions, Migrations};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::{
    sync::OnceCell,
    time::{sleep, timeout},
};

/// Owns the tables.
pub const OWNER: &str = "glaux_owner";
/// Serves: owns nothing, so row-level security binds it.
pub const RUNTIME: &str = "glaux_runtime";

const SUPERUSER: &str = "postgres";
const TEMPLATE: &str = "glaux_template";

/// How long the server may take to start on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes and runs the server, and ends it with the test process: `read` returns when the pipe of standard input closes.
/// A server that has only just been started does not hear the first signal.
const WATCHDOG: &str = r#"
"$PROGRAMS/initdb" --no-sync --auth=trust --encoding=UTF8 --locale=C --username=postgres --pgdata="$FOLDER/data" \
    >"$FOLDER/log" 2>&1 </dev/null || exit 1
"$PROGRAMS/postgres" -D "$FOLDER/data" -k "$FOLDER" "$@" >"$FOLDER/log" 2>&1 </dev/null &
server=$!
read -r _
while kill -QUIT $server; do sleep 0.1; done 2>/dev/null
rm -rf "$FOLDER"
"#;

/// A running server.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    /// Its standard input is the pipe that keeps the server up.
    watchdog: Child,
    databases: AtomicU32,
}

/// The server of this process, with the template database migrated.
pub async fn server() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER
        .get_or_init(async || {
            let mut server = Server::start();
            server.wait_until_ready().await;
            server.prepare_template().await;
            server
        })
        .await
}

impl Server {
    fn start() -> Self {
        let account = Account::unprivileged();
        let folder = tempfile::Builder::new().prefix("glaux-pg-").tempdir().expect("a temporary folder").keep();
        account.own(&folder);

        let watchdog = account
            .command(Path::new("/bin/sh"), &folder)
            .args(["-c", WATCHDOG, "glaux-test-postgres"])
            .args(settings(&[
                ("listen_addresses", ""),
                ("fsync", "off"),
                ("synchronous_commit", "off"),
                ("full_page_writes", "off"),
                ("autovacuum", "off"),
                ("max_connections", "200"),
                ("shared_buffers", "32MB"),
                ("wal_level", "minimal"),
                ("max_wal_senders", "0"),
            ]))
            .env("PROGRAMS", programs())
            .env("FOLDER", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell runs");
        Self { folder, watchdog, databases: AtomicU32::new(0) }
    }

    async fn wait_until_ready(&mut self) {
        let address = self.address(SUPERUSER, "postgres");
        let connected = async {
            while PgConnection::connect(&address).await.is_err() {
                if self.watchdog.try_wait().expect("the shell's state").is_some() {
                    return false;
                }
                sleep(Duration::from_millis(20)).await;
            }
            true
        };
        if timeout(PATIENCE, connected).await != Ok(true) {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            panic!("PostgreSQL did not start in {}: {log}", self.folder.display());
        }
    }

    /// The address of `database` for `role`.
    pub fn address(&self, role: &str, database: &str) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://{role}@{folder}/{database}")
    }

    async fn prepare_template(&self) {
        self.administer(
            "postgres",
            &[
                &format!("CREATE ROLE {OWNER} LOGIN"),
                &format!("CREATE ROLE {RUNTIME} LOGIN"),
                &format!("CREATE DATABASE {TEMPLATE} OWNER {OWNER}"),
            ],
        )
        .await;
        self.administer(TEMPLATE, &[&format!("ALTER SCHEMA public OWNER TO {OWNER}")]).await;
        let options = MigrateOptions { now: Timestamp::from_micros(0), grant_to: Some(RUNTIME.to_owned()) };
        let address = self.address(OWNER, TEMPLATE);
        Migrations::embedded().unwrap().apply(&address, &options).await.expect("the template is migrated");
    }

    /// A new migrated database, and its name.
    pub async fn migrated_database(&self) -> String {
        self.create(&format!("TEMPLATE {TEMPLATE} OWNER {OWNER}")).await
    }

    /// A new empty database, and its name.
    pub async fn empty_database(&self) -> String {
        let name = self.create(&format!("OWNER {OWNER}")).await;
        self.administer(&name, &[&format!("ALTER SCHEMA public OWNER TO {OWNER}")]).await;
        name
    }

    async fn create(&self, options: &str) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.administer("postgres", &[&format!("CREATE DATABASE {name} {options}")]).await;
        name
    }

    /// Runs statements as the superuser of the server.
    pub async fn administer(&self, database: &str, statements: &[&str]) {
        let mut connection = PgConnection::connect(&self.address(SUPERUSER, database)).await.expect("a connection");
        for statement in statements {
            let done = sqlx::raw_sql(AssertSqlSafe((*statement).to_owned())).execute(&mut connection).await;
            done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        connection.close().await.expect("the connection closes");
    }
}

fn settings(settings: &[(&str, &str)]) -> Vec<String> {
    settings.iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]).collect()
}

/// The folder of the server's programs: the newest version that Debian installed, or the usual folders elsewhere.
fn programs() -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .max()
        .map(|(_, folder)| folder);
    newest
        .into_iter()
        .chain(["/usr/local/bin", "/usr/bin"].map(PathBuf::from))
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .expect("PostgreSQL's server programs are needed: install the Debian package `postgresql`")
}

/// Who runs the server. It refuses to run as root.
struct Account {
    ids: Option<(u32, u32)>,
}

impl Account {
    /// Oneself, or the account `postgres` or `nobody` when one is root.
    fn unprivileged() -> Self {
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        if !is_root {
            return Self { ids: None };
        }
        let accounts = fs::read_to_string("/etc/passwd").expect("the accounts");
        let ids_of = |name: &str| {
            let fields: Vec<&str> =
                accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
            Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
        };
        Self { ids: Some(ids_of(SUPERUSER).or_else(|| ids_of("nobody")).expect("an account that is not root")) }
    }

    fn own(&self, folder: &Path) {
        if let Some((user, group)) = self.ids {
            chown(folder, Some(user), Some(group)).expect("the folder is given away");
        }
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}
