//! Opening MySQL and MariaDB, and the sessions that every part works through.
//!
//! Invariant: a session goes back to the idle ones only when it is known to be outside of a transaction and between
//! statements; any other is dropped, which closes its socket and ends whatever it was doing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};

use super::dialect::{DIALECTS, MySqlDialect, PADDED};
use super::errors::from_driver;
use super::{Access, Connection, Endpoint, Location, MySqlConnection};
use crate::error::{Error, ErrorKind, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A silent connection is asked for a sign of life by the system after this time.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// An idle session is asked for a sign of life when it was unused for longer.
const TRUSTED_IDLE: Duration = Duration::from_secs(2);

pub(super) async fn connect(endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
    let (options, tls) = options(endpoint)?;
    let Location::Server { database, .. } = &endpoint.url.location else {
        return Err(Error::internal("a server's URL lost its server"));
    };
    let mut server = Server {
        options: tls.apply(options.clone()),
        place: place(endpoint),
        database: database.clone(),
        secret_given: endpoint.secret.is_some(),
        access,
        may_lock: false,
        dialect: PADDED,
        idle: Mutex::new(Vec::new()),
    };
    // Connects once now, so that whatever is wrong is said here.
    let session = match server.open().await {
        Err((_, true)) if tls == Tls::Prefer => {
            server.options = options.into();
            server.open().await
        }
        opened => opened,
    };
    let mut session = session.map_err(|(error, _)| error)?;
    let asked = session.query_first::<u8, _>(include_str!("sql/may_lock.sql")).await;
    let asked = asked.map_err(|e| from_driver(e, "the user's rights could not be read"))?;
    server.may_lock = asked == Some(1);
    let asked = session.query::<String, _>(include_str!("sql/binary_collations.sql")).await;
    let known = asked.map_err(|e| from_driver(e, "the server's collations could not be read"))?;
    server.dialect = DIALECTS.iter().find(|d| known.iter().any(|k| k == d.collation)).unwrap_or(PADDED);
    let server = Arc::new(server);
    Session { connection: Some(session), server: server.clone() }.finish();
    Ok(Arc::new(MySqlConnection::new(server, access)))
}

/// The server and its idle sessions.
pub(super) struct Server {
    options: Opts,
    place: String,
    /// The URL's database, which is a schema here.
    pub(super) database: Option<String>,
    secret_given: bool,
    access: Access,
    /// The user may keep all writers still.
    may_lock: bool,
    /// With the best binary collation that the server has.
    pub(super) dialect: &'static MySqlDialect,
    idle: Mutex<Vec<(Conn, Instant)>>,
}

impl Server {
    pub(super) fn may_lock(&self) -> bool {
        self.may_lock
    }

    /// A session outside of a transaction.
    pub(super) async fn session(self: &Arc<Self>) -> Result<Session> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((mut connection, since)) = idle else { break };
            if since.elapsed() < TRUSTED_IDLE || connection.ping().await.is_ok() {
                return Ok(Session { connection: Some(connection), server: self.clone() });
            }
        }
        let connection = self.open().await.map_err(|(error, _)| error)?;
        Ok(Session { connection: Some(connection), server: self.clone() })
    }

    /// The flag says that the server does not speak TLS.
    async fn open(&self) -> Result<Conn, (Error, bool)> {
        let mut connection = match tokio::time::timeout(CONNECT_TIMEOUT, Conn::new(self.options.clone())).await {
            Ok(connected) => connected.map_err(|e| self.refused(e))?,
            Err(_) => {
                let seconds = CONNECT_TIMEOUT.as_secs();
                let what = format!("{} did not answer within {seconds} seconds", self.place);
                return Err((Error::new(ErrorKind::Unreachable, what), false));
            }
        };
        let mut statements =
            vec![include_str!("sql/session.sql"), "set session transaction isolation level repeatable read"];
        if self.access == Access::ReadOnly {
            statements.push("set session transaction read only");
        }
        for sql in statements {
            let what = || format!("the session with {} could not be set up", self.place);
            connection.query_drop(sql).await.map_err(|e| (from_driver(e, what()), false))?;
        }
        Ok(connection)
    }

    fn refused(&self, error: mysql_async::Error) -> (Error, bool) {
        let without_tls =
            matches!(error, mysql_async::Error::Driver(mysql_async::DriverError::NoClientSslFlagFromServer));
        let io = matches!(error, mysql_async::Error::Io(_));
        let mut e = from_driver(error, format!("{} refused the connection", self.place));
        if io || e.kind == ErrorKind::Internal {
            e.kind = ErrorKind::Unreachable;
            e.what = format!("{} cannot be reached", self.place);
        }
        match e.kind {
            ErrorKind::Authentication if !self.secret_given => {
                e.kind = ErrorKind::SecretNeeded;
                e.what = format!("{} wants a password", self.place);
            }
            ErrorKind::NotFound => e.what = format!("{} does not exist", self.place),
            _ => {}
        }
        if without_tls {
            e.kind = ErrorKind::Unreachable;
            e.hint = Some("The server does not offer TLS: use tls=prefer or tls=disable in the URL.".into());
        }
        (e, without_tls)
    }
}

/// One connection in use. Dropped without `finish`, it is closed.
pub(super) struct Session {
    connection: Option<Conn>,
    server: Arc<Server>,
}

impl Session {
    pub(super) fn connection(&mut self) -> &mut Conn {
        self.connection.as_mut().expect("a session holds its connection until it is finished")
    }

    pub(super) fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// Runs one statement without parameters; every identifier in it was quoted by the dialect.
    pub(super) async fn run(&mut self, sql: &str, what: &str) -> Result<()> {
        self.connection().query_drop(sql).await.map_err(|e| from_driver(e, what))
    }

    /// All rows of one question.
    pub(super) async fn ask<T: FromRow + Send + 'static>(&mut self, sql: &str, what: &str) -> Result<Vec<T>> {
        self.connection().query(sql).await.map_err(|e| from_driver(e, what))
    }

    /// One statement that ends a transaction; then the connection is handed back.
    pub(super) async fn run_and_finish(mut self, sql: &str, what: &str) -> Result<()> {
        self.run(sql, what).await?;
        self.finish();
        Ok(())
    }

    /// Hands the connection back. Only for one that is outside of a transaction and between statements.
    pub(super) fn finish(mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self.server.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, Instant::now()));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    Disable,
    /// Encrypted where the server can; as in PostgreSQL's `prefer`, nobody vouches for the certificate.
    Prefer,
    Require,
    Verify,
}

impl Tls {
    fn apply(self, options: OptsBuilder) -> Opts {
        let unverified =
            || SslOpts::default().with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true);
        match self {
            Tls::Disable => options.into(),
            Tls::Prefer | Tls::Require => options.ssl_opts(unverified()).into(),
            Tls::Verify => options.ssl_opts(SslOpts::default()).into(),
        }
    }
}

fn options(endpoint: &Endpoint) -> Result<(OptsBuilder, Tls)> {
    let Location::Server { host, port, user, database } = &endpoint.url.location else {
        return Err(Error::new(ErrorKind::InvalidUrl, "MySQL needs a server: mysql://user@host:port/database"));
    };
    if let Some(name) = endpoint.url.parameters.keys().find(|k| *k != "tls") {
        return Err(Error::new(
            ErrorKind::InvalidUrl,
            format!("the URL's parameter {name:?} is not known; there is tls"),
        ));
    }
    let tls = match endpoint.url.parameters.get("tls").map(String::as_str) {
        Some("disable") => Tls::Disable,
        None | Some("prefer") => Tls::Prefer,
        Some("require") => Tls::Require,
        Some("verify") => Tls::Verify,
        Some(other) => {
            let known = "disable, prefer, require and verify";
            return Err(Error::new(ErrorKind::InvalidUrl, format!("tls {other:?} is not one of {known}")));
        }
    };
    let options = OptsBuilder::default()
        .ip_or_hostname(host)
        .tcp_port(port.unwrap_or(3306))
        .user(Some(user.clone().unwrap_or_else(|| "root".into())))
        .pass(endpoint.secret.as_ref().map(|s| s.expose().to_string()))
        .db_name(database.clone())
        .prefer_socket(false)
        // `affected_rows` then counts rows that were found, also where nothing changed in them.
        .client_found_rows(true)
        // Where the network swallows everything, nothing else would ever tell.
        .tcp_keepalive(Some(KEEPALIVE))
        .stmt_cache_size(4usize);
    Ok((options, tls))
}

/// The place in words, such as `database shop on db.example:3306`.
fn place(endpoint: &Endpoint) -> String {
    match &endpoint.url.location {
        Location::Server { host, port, database, .. } => {
            let on = format!("{host}:{}", port.unwrap_or(3306));
            match database {
                Some(database) => format!("database {database} on {on}"),
                None => on,
            }
        }
        Location::Path(path) => path.display().to_string(),
    }
}
