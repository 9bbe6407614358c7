//! A private PostgreSQL server for tests, and fresh databases in it.
//!
//! `ROWFERRY_TEST_POSTGRES` (and `ROWFERRY_TEST_POSTGRES_PASSWORD`) name a server that is there already; without it
//! the first test of a process starts one in a scratch folder. A test that stops its server, or fills its disk, has one
//! of its own. Invariant: a server that is started here never outlives the process, however that ends, and it is never
//! the system's.

use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use rowferry_engine::connectors::{self, Access, Connection, Endpoint, Location, Secret, url};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions};

use crate::small_disk::SmallDisk;

/// Everything that breaks a URL which was glued together.
pub const PASSWORD: &str = "p@:/%#?w d";

const USER: &str = "postgres";
const REMEDY: &str = "Install PostgreSQL's server programs (Debian: apt install postgresql), put initdb on the PATH, \
                      or name a server by ROWFERRY_TEST_POSTGRES and ROWFERRY_TEST_POSTGRES_PASSWORD.";

pub struct PostgresCluster {
    /// Without the password; its database is the server's own.
    pub url: String,
    pub password: String,
    /// Where its socket is, when this process started it.
    pub socket_folder: Option<PathBuf>,
    /// When this process started it.
    server: Option<Server>,
}

/// A server that this process started.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    root: bool,
    disk: Option<SmallDisk>,
    running: Mutex<Child>,
    /// The end of its input is the sign for it to stop the server.
    _watcher: Child,
}

/// A fresh, empty database.
pub struct Database {
    /// Without the password.
    pub url: String,
    pub password: String,
}

impl PostgresCluster {
    /// The one server of this process.
    ///
    /// # Panics
    /// When there is none and none can be started; the message says what to install.
    pub fn shared() -> &'static PostgresCluster {
        static SHARED: OnceLock<PostgresCluster> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("ROWFERRY_TEST_POSTGRES") {
            Ok(url) => PostgresCluster {
                url,
                password: std::env::var("ROWFERRY_TEST_POSTGRES_PASSWORD").unwrap_or_default(),
                socket_folder: None,
                server: None,
            },
            Err(_) => start(None),
        })
    }

    /// A server of the test's own, which it may stop and start again.
    ///
    /// # Panics
    /// As `shared`.
    pub fn own() -> PostgresCluster {
        start(None)
    }

    /// A server of the test's own that sees a small disk, as root or whoever else may mount one: `disk` must have been
    /// made with its folder.
    pub fn on(disk: SmallDisk) -> PostgresCluster {
        start(Some(disk))
    }

    /// Stops the test's own server as a power cut would, but for what the system's caches hold.
    pub fn stop(&self) {
        let mut running = self.server().running.lock().expect("nobody panicked with it");
        // SIGQUIT is PostgreSQL's immediate shutdown.
        let sent = Command::new("kill").args(["-QUIT", &running.id().to_string()]).status().expect("kill");
        assert!(sent.success(), "the server was gone");
        running.wait().expect("it is gone");
    }

    /// Starts the test's own server again, on the same port with the same data.
    pub fn start_again(&self) {
        let server = self.server();
        *server.running.lock().expect("nobody panicked with it") = launch(server);
        wait(server, &self.url);
    }

    /// Makes the small disk a large one.
    pub fn grow(&self) {
        self.server().disk.as_ref().expect("a server on a small disk").grow();
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("a server of the test's own")
    }

    /// Makes a new database whose name begins with `name`.
    pub async fn database(&self, name: &str) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let database = format!("{name}_{}_{number}", std::process::id());
        let server = Database { url: self.url.clone(), password: self.password.clone() };
        server.run(&format!("create database \"{database}\" template template0 encoding 'UTF8'")).await;
        let (base, _) = self.url.rsplit_once('/').expect("a server's URL names a database");
        Database { url: format!("{base}/{database}"), password: self.password.clone() }
    }
}

impl Database {
    /// How the engine opens it; `parameters` stand behind `?`.
    pub fn endpoint(&self, parameters: &str) -> Endpoint {
        let text = if parameters.is_empty() { self.url.clone() } else { format!("{}?{parameters}", self.url) };
        let (url, _) = url::parse(&text, Path::new("/")).expect("a test's URL is valid");
        Endpoint { name: "test".into(), url, secret: Some(Secret::new(&self.password)) }
    }

    pub async fn connect(&self, access: Access) -> std::sync::Arc<dyn Connection> {
        connectors::connect(&self.endpoint(""), access).await.unwrap_or_else(|e| panic!("{e}"))
    }

    /// A connection past the engine, to prepare and to look.
    pub async fn raw(&self) -> PgConnection {
        try_raw(&self.url, &self.password).await.unwrap_or_else(|e| panic!("{}: {e}", self.url))
    }

    /// Runs any statements.
    pub async fn run(&self, sql: &str) {
        let mut connection = self.raw().await;
        if let Err(e) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await {
            panic!("{e}\n{sql}");
        }
    }

    /// The whole database as the server's own tool writes it.
    pub fn dump(&self) -> String {
        let (url, _) = url::parse(&self.url, Path::new("/")).expect("a test's URL is valid");
        let Location::Server { host, port, user, database } = url.location else { panic!("no server") };
        let folder = programs().unwrap_or_else(|| panic!("pg_dump was not found. {REMEDY}"));
        let made = Command::new(folder.join("pg_dump"))
            .args(["--host", &host, "--port", &port.unwrap_or(5432).to_string()])
            .args(["--username", &user.unwrap_or_default(), &database.unwrap_or_default()])
            .env("PGPASSWORD", &self.password)
            .output()
            .expect("pg_dump");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // A password against injection, made anew each time.
        let is_random = |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        let text = String::from_utf8(made.stdout).expect("UTF-8");
        text.lines().filter(|l| !is_random(l)).fold(String::new(), |all, line| all + line + "\n")
    }

    pub async fn rows(&self, sql: &str) -> Vec<PgRow> {
        let mut connection = self.raw().await;
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
        rows.unwrap_or_else(|e| panic!("{e}\n{sql}"))
    }

    /// The first column of the first row.
    pub async fn scalar<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        use sqlx::Row;
        self.rows(sql).await.first().unwrap_or_else(|| panic!("no row\n{sql}")).get(0)
    }
}

async fn try_raw(text: &str, password: &str) -> sqlx::Result<PgConnection> {
    let (url, _) = url::parse(text, Path::new("/")).expect("a test's URL is valid");
    let Location::Server { host, port, user, database } = url.location else { panic!("{text} names no server") };
    let mut options = PgConnectOptions::new_without_pgpass().host(&host).port(port.unwrap_or(5432)).password(password);
    if let Some(user) = user {
        options = options.username(&user);
    }
    if let Some(database) = database {
        options = options.database(&database);
    }
    options.disable_statement_logging().connect().await
}

/// The user that the servers run as, when the tests run as root: they refuse to.
pub(crate) fn id(user: &str, flag: &str) -> u32 {
    let out = Command::new("id").args([flag, user]).output().expect("id");
    String::from_utf8_lossy(&out.stdout).trim().parse().unwrap_or_else(|_| panic!("no user {user}. {REMEDY}"))
}

/// One of PostgreSQL's programs, as a user that it accepts.
fn as_server(programs: &Path, root: bool, program: &str) -> Vec<String> {
    let program = programs.join(program).display().to_string();
    match root {
        true => ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            .map(String::from)
            .into_iter()
            .chain([program])
            .collect(),
        false => vec![program],
    }
}

fn start(disk: Option<SmallDisk>) -> PostgresCluster {
    let programs = programs().unwrap_or_else(|| panic!("initdb was not found. {REMEDY}"));
    let folder = tempfile::Builder::new().prefix("rowferry-pg-").tempdir().expect("a scratch folder").keep();
    let password_file = folder.join("password");
    std::fs::write(&password_file, PASSWORD).expect("the password file");
    let root = std::fs::metadata(&folder).expect("the scratch folder").uid() == 0;
    if root {
        for path in [&folder, &password_file] {
            chown(path, Some(id("postgres", "-u")), Some(id("postgres", "-g"))).expect("giving it to postgres");
        }
    }
    let initdb = as_server(&programs, root, "initdb");
    let made = Command::new(&initdb[0])
        .args(&initdb[1..])
        .arg("--pgdata")
        .arg(folder.join("data"))
        .args(["--username", USER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .arg(format!("--pwfile={}", password_file.display()))
        .output()
        .unwrap_or_else(|e| panic!("initdb cannot be run: {e}. {REMEDY}"));
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let url = format!("postgres://{USER}@127.0.0.1:{port}/postgres");
    let watcher = watch(&folder);
    let server =
        Server { programs, folder: folder.clone(), port, root, disk, running: Mutex::new(nobody()), _watcher: watcher };
    *server.running.lock().expect("nobody panicked with it") = launch(&server);
    wait(&server, &url);
    PostgresCluster { url, password: PASSWORD.into(), socket_folder: Some(folder), server: Some(server) }
}

/// A process that has ended.
fn nobody() -> Child {
    Command::new("true").spawn().expect("true")
}

fn launch(server: &Server) -> Child {
    let errors = std::fs::File::options().create(true).append(true).open(server.folder.join("log"));
    let user = server.root.then(|| id("postgres", "-u"));
    let mut words = server.disk.as_ref().map(|disk| disk.seen_by(user)).unwrap_or_default();
    words.extend(as_server(&server.programs, server.root, "postgres"));
    Command::new(&words[0])
        .args(&words[1..])
        .arg("-D")
        .arg(server.folder.join("data"))
        .args(["-p", &server.port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
        .args(["-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200"])
        .arg("-c")
        .arg(format!("unix_socket_directories={}", server.folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors.expect("the server's log"))
        .spawn()
        .unwrap_or_else(|e| panic!("postgres cannot be run: {e}. {REMEDY}"))
}

/// Stops the server and removes its folder as soon as this process is gone, even when it was killed.
fn watch(folder: &Path) -> Child {
    const SCRIPT: &str = "cat >/dev/null; read server rest <\"$1/data/postmaster.pid\" && kill -INT \"$server\"; n=0; \
                          while kill -0 \"$server\" 2>/dev/null && [ $n -lt 50 ]; do n=$((n+1)); sleep 0.1; done; \
                          rm -rf \"$1\"";
    Command::new("sh")
        .args(["-c", SCRIPT, "watcher"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh")
}

fn wait(server: &Server, url: &str) {
    let tail = || {
        let mut text = String::new();
        let _ = std::fs::File::open(server.folder.join("log")).and_then(|mut f| f.read_to_string(&mut text));
        text
    };
    let begun = Instant::now();
    loop {
        if let Ok(Some(status)) = server.running.lock().expect("nobody panicked with it").try_wait() {
            panic!("postgres ended with {status}: {}", tail());
        }
        let url = url.to_string();
        // On a thread of its own: the caller may be inside of a runtime.
        let asked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(try_raw(&url, PASSWORD)).is_ok()
        });
        if asked.join().unwrap_or(false) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "postgres did not come up: {}", tail());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The folder of the newest version's programs: Debian keeps them off the `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").is_file());
    newest.map(|(_, folder)| folder).or_else(on_path)
}
