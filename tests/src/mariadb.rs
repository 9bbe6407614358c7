//! A private MariaDB server for tests, and fresh databases in it.
//!
//! `ROWFERRY_TEST_MARIADB` (and `ROWFERRY_TEST_MARIADB_PASSWORD`) name a server that is there already; without it the
//! first test of a process starts one in a scratch folder. A test that stops its server, or fills its disk, has one of its
//! own. Invariant: a server that is started here never outlives the process, however that ends, and it is never the
//! system's.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, OptsBuilder};
use rowferry_engine::connectors::{self, Access, Connection, Endpoint, Location, Secret, url};

use crate::postgres::id;
use crate::small_disk::SmallDisk;

/// Everything that breaks a URL which was glued together, and nothing that a SQL constant needs escaped.
pub const PASSWORD: &str = "p@:/%#?w d";

const REMEDY: &str = "Install MariaDB's server programs (Debian: apt install mariadb-server), or name a server by \
                      ROWFERRY_TEST_MARIADB and ROWFERRY_TEST_MARIADB_PASSWORD.";

pub struct MariaDbServer {
    /// Without the password and without a database; ends in `/`.
    pub url: String,
    pub password: String,
    /// When this process started it.
    server: Option<Server>,
}

/// A server that this process started.
struct Server {
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
    pub name: &'static str,
    /// Without the password.
    pub url: String,
    pub password: String,
}

impl MariaDbServer {
    /// The one server of this process.
    ///
    /// # Panics
    /// When there is none and none can be started; the message says what to install.
    pub fn shared() -> &'static MariaDbServer {
        static SHARED: OnceLock<MariaDbServer> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("ROWFERRY_TEST_MARIADB") {
            Ok(url) => MariaDbServer {
                url,
                password: std::env::var("ROWFERRY_TEST_MARIADB_PASSWORD").unwrap_or_default(),
                server: None,
            },
            Err(_) => start(),
        })
    }

    /// A server of the test's own, which it may stop and start again.
    ///
    /// # Panics
    /// As `shared`.
    pub fn own() -> MariaDbServer {
        start()
    }

    /// Stops the test's own server as a power cut would, but for what the system's caches hold.
    pub fn stop(&self) {
        let mut running = self.server().running.lock().expect("nobody panicked with it");
        running.kill().expect("SIGKILL");
        running.wait().expect("it is gone");
    }

    /// Starts the test's own server again, on the same port with the same data.
    pub fn start_again(&self) {
        let server = self.server();
        *server.running.lock().expect("nobody panicked with it") = launch(server);
        wait(server, &self.url);
    }

    /// The folder of the databases of the test's own server: each is a folder in it.
    pub fn data(&self) -> PathBuf {
        self.server().folder.join("data")
    }

    /// Starts the test's own server again, where it sees a small disk in place of one of its folders.
    pub fn start_again_on(&mut self, disk: SmallDisk) {
        self.server.as_mut().expect("a server of the test's own").disk = Some(disk);
        self.start_again();
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
        let name = format!("{name}_{}_{number}", std::process::id());
        let (base, _) = self.url.rsplit_once('/').expect("a server's URL ends in a slash");
        let server = Database { name: "", url: format!("{base}/"), password: self.password.clone() };
        server.run(&[&format!("create database `{name}`")]).await;
        self.of(&name)
    }

    /// A database that is there already.
    pub fn of(&self, name: &str) -> Database {
        let (base, _) = self.url.rsplit_once('/').expect("a server's URL ends in a slash");
        // A test's process makes few of them.
        let kept: &'static str = Box::leak(name.to_string().into_boxed_str());
        Database { name: kept, url: format!("{base}/{kept}"), password: self.password.clone() }
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
    pub async fn raw(&self) -> Conn {
        try_raw(&self.url, &self.password).await.unwrap_or_else(|e| panic!("{}: {e}", self.url))
    }

    /// Runs statements in one session, which is closed then.
    pub async fn run(&self, statements: &[&str]) {
        let mut connection = self.raw().await;
        for sql in statements {
            if let Err(e) = connection.query_drop(*sql).await {
                panic!("{e}\n{sql}");
            }
        }
        let _ = connection.disconnect().await;
    }

    /// The whole database as the server's own tool writes it.
    pub fn dump(&self) -> String {
        let (url, _) = url::parse(&self.url, Path::new("/")).expect("a test's URL is valid");
        let Location::Server { host, port, user, .. } = url.location else { panic!("no server") };
        let made = Command::new(program("mariadb-dump"))
            .args(["--host", &host, "--port", &port.unwrap_or(3306).to_string(), "--protocol=tcp"])
            .args(["--user", &user.unwrap_or_default(), "--skip-dump-date", "--triggers", self.name])
            .env("MYSQL_PWD", &self.password)
            .output()
            .expect("mariadb-dump");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).expect("UTF-8")
    }

    pub async fn rows<T: FromRow + Send + 'static>(&self, sql: &str) -> Vec<T> {
        let mut connection = self.raw().await;
        let rows = connection.query(sql).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
        let _ = connection.disconnect().await;
        rows
    }
}

async fn try_raw(text: &str, password: &str) -> mysql_async::Result<Conn> {
    let (url, _) = url::parse(text, Path::new("/")).expect("a test's URL is valid");
    let Location::Server { host, port, user, database } = url.location else { panic!("{text} names no server") };
    let options = OptsBuilder::default()
        .ip_or_hostname(host)
        .tcp_port(port.unwrap_or(3306))
        .user(user)
        .pass(Some(password))
        .db_name(database)
        .prefer_socket(false)
        .setup(vec!["set names utf8mb4, session time_zone = '+00:00', session sql_mode = 'STRICT_ALL_TABLES'"]);
    Conn::new(options).await
}

fn start() -> MariaDbServer {
    let install = program("mariadb-install-db");
    let folder = tempfile::Builder::new().prefix("rowferry-my-").tempdir().expect("a scratch folder").keep();
    let data = folder.join("data");
    std::fs::create_dir(&data).expect("the data folder");
    let first = folder.join("first.sql");
    std::fs::write(&first, format!("alter user 'root'@'localhost' identified by '{PASSWORD}';\n")).expect("a file");
    // The server refuses to run as root.
    let root = std::fs::metadata(&folder).expect("the scratch folder").uid() == 0;
    if root {
        for path in [&folder, &data, &first] {
            chown(path, Some(id("mysql", "-u")), Some(id("mysql", "-g"))).expect("giving it to mysql");
        }
    }
    let mut make = Command::new(install);
    make.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
    make.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    if root {
        make.arg("--user=mysql");
    }
    let made = make.output().unwrap_or_else(|e| panic!("mariadb-install-db cannot be run: {e}. {REMEDY}"));
    assert!(made.status.success(), "mariadb-install-db failed: {}", String::from_utf8_lossy(&made.stderr));
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let url = format!("mysql://root@127.0.0.1:{port}/");
    let watcher = watch(&folder);
    // A process that has ended, until there is a server.
    let nobody = Command::new("true").spawn().expect("true");
    let server = Server { folder, port, root, disk: None, running: Mutex::new(nobody), _watcher: watcher };
    *server.running.lock().expect("nobody panicked with it") = launch(&server);
    wait(&server, &url);
    MariaDbServer { url, password: PASSWORD.into(), server: Some(server) }
}

fn launch(server: &Server) -> Child {
    let folder = &server.folder;
    let errors = std::fs::File::options().create(true).append(true).open(folder.join("log")).expect("the server's log");
    let user = server.root.then(|| id("mysql", "-u"));
    let mut words = server.disk.as_ref().map(|disk| disk.seen_by(user)).unwrap_or_default();
    if server.root {
        words.extend(["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups"].map(String::from));
    }
    words.push(program("mariadbd").display().to_string());
    Command::new(&words[0])
        .args(&words[1..])
        .arg("--no-defaults")
        .arg(format!("--datadir={}", folder.join("data").display()))
        .arg(format!("--socket={}", folder.join("socket").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--init-file={}", folder.join("first.sql").display()))
        // A server that starts takes the temporary tables of others out of a folder that they share.
        .arg(format!("--tmpdir={}", folder.display()))
        .arg(format!("--port={}", server.port))
        .args(["--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"])
        .args(["--local-infile=1", "--max-connections=300"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()
        .unwrap_or_else(|e| panic!("mariadbd cannot be run: {e}. {REMEDY}"))
}

/// Stops the server and removes its folder as soon as this process is gone, even when it was killed.
fn watch(folder: &Path) -> Child {
    const SCRIPT: &str = "cat >/dev/null; read server <\"$1/pid\" && kill -TERM \"$server\"; n=0; \
                          while kill -0 \"$server\" 2>/dev/null && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.1; done; \
                          kill -KILL \"$server\" 2>/dev/null; rm -rf \"$1\"";
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
    let tail = || std::fs::read_to_string(server.folder.join("log")).unwrap_or_default();
    let begun = Instant::now();
    loop {
        if let Ok(Some(status)) = server.running.lock().expect("nobody panicked with it").try_wait() {
            panic!("mariadbd ended with {status}: {}", tail());
        }
        let url = url.to_string();
        // On a thread of its own: the caller may be inside of a runtime.
        let asked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { try_raw(&url, PASSWORD).await.map(drop) }).is_ok()
        });
        if asked.join().unwrap_or(false) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "mariadbd did not come up: {}", tail());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Debian keeps the server off a user's `PATH`.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/bin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} was not found. {REMEDY}"))
}
