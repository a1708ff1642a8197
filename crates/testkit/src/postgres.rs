//! A real PostgreSQL of the test process's own: started once, on a unix socket, gone when the process is.
//!
//! It keeps nothing through a crash, which is what makes it quick; one that a test may take away keeps what was
//! committed. A shell holds a pipe from the test process and stops the server when the pipe closes, however the process
//! ended.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use glaux_kernel::Timestamp;
use glaux_store::{MigrateOptions, Migrations};
use parking_lot::Mutex;
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

/// Makes and runs the server, and ends it with the test process: `read` fails when the pipe of standard input closes.
/// A server that has only just been started does not hear the first signal.
const WATCHDOG: &str = r#"
"$PROGRAMS/initdb" --no-sync --auth=trust --encoding=UTF8 --locale=C --username=postgres --pgdata="$FOLDER/data" \
    >"$FOLDER/log" 2>&1 </dev/null || exit 1
run() {
    "$PROGRAMS/postgres" -D "$FOLDER/data" -k "$FOLDER" "$@" >>"$FOLDER/log" 2>&1 </dev/null &
    server=$!
}
to_all() {
    kill -STOP $server
    kill -$1 $(cat /proc/$server/task/$server/children) $server
}
run "$@"
while read -r order; do
    case $order in
        run) run "$@" ;;
        stop) kill -INT $server; wait $server ;;
        kill) to_all KILL; wait $server ;;
        freeze) to_all STOP ;;
        thaw) to_all CONT ;;
    esac
    echo "$order"
done 2>/dev/null
to_all CONT 2>/dev/null
while kill -QUIT $server; do sleep 0.1; done 2>/dev/null
rm -rf "$FOLDER"
"#;

/// A running server.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    watchdog: Mutex<Watchdog>,
    databases: AtomicU32,
}

/// What a crash leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    Nothing,
    Commits,
}

/// How a server goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Its operator stops it: connections are closed.
    Stopped,
    /// All its processes die at once.
    Killed,
    /// It holds its connections open and answers nothing.
    Frozen,
}

/// The server of this process, with the template database migrated.
pub async fn server() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER.get_or_init(|| Server::prepared(Keeps::Nothing)).await
}

/// The shell that runs a server. Its standard input is the pipe that keeps the server up.
#[derive(Debug)]
struct Watchdog {
    shell: Child,
    answers: BufReader<ChildStdout>,
}

impl Watchdog {
    /// Gives an order and waits until it is carried out.
    fn order(&mut self, order: &str) {
        let orders = self.shell.stdin.as_mut().expect("the shell listens");
        writeln!(orders, "{order}").expect("the shell listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the shell answers");
        assert_eq!(answer.trim(), order);
    }

    fn has_ended(&mut self) -> bool {
        self.shell.try_wait().expect("the shell's state").is_some()
    }
}

impl Server {
    /// A server of one test's own, which it may take away: what was committed survives that.
    pub async fn of_its_own() -> Self {
        Self::prepared(Keeps::Commits).await
    }

    /// Takes the server away.
    pub fn take_away(&self, how: Absence) {
        self.watchdog.lock().order(match how {
            Absence::Stopped => "stop",
            Absence::Killed => "kill",
            Absence::Frozen => "freeze",
        });
    }

    /// Gives the server back, over the same data and at the same address, and waits until it serves.
    pub async fn give_back(&self, how: Absence) {
        self.watchdog.lock().order(match how {
            Absence::Stopped | Absence::Killed => "run",
            Absence::Frozen => "thaw",
        });
        self.wait_until_ready().await;
    }

    async fn prepared(keeps: Keeps) -> Self {
        let server = Self::start(keeps);
        server.wait_until_ready().await;
        server.prepare_template().await;
        server
    }

    fn start(keeps: Keeps) -> Self {
        let account = Account::unprivileged();
        let folder = tempfile::Builder::new().prefix("glaux-pg-").tempdir().expect("a temporary folder").keep();
        account.own(&folder);

        // The operating system goes on, so it needs no syncs to keep what processes wrote.
        let commits = if keeps == Keeps::Commits { "on" } else { "off" };
        let mut shell = account
            .command(Path::new("/bin/sh"), &folder)
            .args(["-c", WATCHDOG, "glaux-test-postgres"])
            .args(settings(&[
                ("listen_addresses", ""),
                ("fsync", "off"),
                ("synchronous_commit", commits),
                ("full_page_writes", commits),
                ("autovacuum", "off"),
                ("max_connections", "200"),
                ("shared_buffers", "32MB"),
                ("wal_level", "minimal"),
                ("max_wal_senders", "0"),
            ]))
            .env("PROGRAMS", programs())
            .env("FOLDER", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell runs");
        let answers = BufReader::new(shell.stdout.take().expect("the shell's standard output"));
        let watchdog = Mutex::new(Watchdog { shell, answers });
        Self { folder, watchdog, databases: AtomicU32::new(0) }
    }

    async fn wait_until_ready(&self) {
        let address = self.address(SUPERUSER, "postgres");
        let connected = async {
            while PgConnection::connect(&address).await.is_err() {
                if self.watchdog.lock().has_ended() {
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

    /// Where its socket lies.
    pub fn folder(&self) -> &Path {
        &self.folder
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
