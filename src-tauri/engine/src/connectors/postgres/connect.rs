//! Opening PostgreSQL, and the sessions that every part works through.
//!
//! Invariant: a session goes back to the idle ones only when it is known to be outside of a transaction and between
//! statements; any other is dropped, which closes its socket and ends whatever it was doing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _};

use super::errors::from_sqlx;
use super::nodelay;
use super::{Access, Connection, Endpoint, Location, PostgresConnection};
use crate::error::{Error, ErrorKind, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// An idle session is asked for a sign of life when it was unused for longer.
const TRUSTED_IDLE: Duration = Duration::from_secs(2);
/// What the URL may hold after `?`.
const PARAMETERS: [&str; 3] = ["schema", "sslmode", "sslrootcert"];

pub(super) async fn connect(endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
    let server = Arc::new(Server {
        options: options(endpoint)?,
        place: place(endpoint),
        secret_given: endpoint.secret.is_some(),
        access,
        idle: Mutex::new(Vec::new()),
    });
    // Connects once now, so that whatever is wrong is said here.
    drop(server.session().await?);
    let schema = endpoint.url.parameters.get("schema").filter(|s| !s.is_empty()).cloned();
    Ok(Arc::new(PostgresConnection::new(server, schema, access)))
}

/// The server and its idle sessions.
pub(super) struct Server {
    options: PgConnectOptions,
    place: String,
    secret_given: bool,
    access: Access,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
}

impl Server {
    /// A session outside of a transaction.
    pub(super) async fn session(self: &Arc<Self>) -> Result<Session> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((mut connection, since)) = idle else { break };
            if since.elapsed() < TRUSTED_IDLE || connection.ping().await.is_ok() {
                return Ok(Session { connection: Some(connection), server: self.clone() });
            }
        }
        let connection = self.open().await?;
        Ok(Session { connection: Some(connection), server: self.clone() })
    }

    async fn open(&self) -> Result<PgConnection> {
        let unreachable = |what: String| Error::new(ErrorKind::Unreachable, what);
        let mut connection = match tokio::time::timeout(CONNECT_TIMEOUT, self.options.connect()).await {
            Ok(connected) => connected.map_err(|e| self.refused(e))?,
            Err(_) => {
                let seconds = CONNECT_TIMEOUT.as_secs();
                return Err(unreachable(format!("{} did not answer within {seconds} seconds", self.place)));
            }
        };
        nodelay::send_at_once();
        let what = || format!("the session with {} could not be set up", self.place);
        sqlx::raw_sql(include_str!("sql/session.sql"))
            .execute(&mut connection)
            .await
            .map_err(|e| from_sqlx(e, what()))?;
        if self.access == Access::ReadOnly {
            sqlx::raw_sql("set default_transaction_read_only = on")
                .execute(&mut connection)
                .await
                .map_err(|e| from_sqlx(e, what()))?;
        }
        Ok(connection)
    }

    fn refused(&self, error: sqlx::Error) -> Error {
        if matches!(error, sqlx::Error::Io(_)) {
            let mut e = from_sqlx(error, format!("{} cannot be reached", self.place));
            e.kind = ErrorKind::Unreachable;
            return e;
        }
        let mut e = from_sqlx(error, format!("{} refused the connection", self.place));
        match e.kind {
            ErrorKind::Authentication if !self.secret_given => {
                e.kind = ErrorKind::SecretNeeded;
                e.what = format!("{} wants a password", self.place);
            }
            ErrorKind::NotFound => e.what = format!("{} does not exist", self.place),
            // A broken handshake, or something that is not PostgreSQL.
            ErrorKind::Transient if e.detail.as_deref().is_none_or(|d| !d.ends_with(')')) => {
                e.kind = ErrorKind::Unreachable;
            }
            _ => {}
        }
        e
    }
}

/// One connection in use. Dropped without `finish`, it is closed.
pub(super) struct Session {
    connection: Option<PgConnection>,
    server: Arc<Server>,
}

impl Session {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a session holds its connection until it is finished")
    }

    /// Runs statements without parameters; every identifier in them was quoted by the dialect.
    pub(super) async fn run(&mut self, sql: &str, what: &str) -> Result<u64> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.connection()).await;
        done.map(|d| d.rows_affected()).map_err(|e| from_sqlx(e, what))
    }

    /// Hands the connection back. Only for one that is outside of a transaction and between statements.
    pub(super) fn finish(mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self.server.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, Instant::now()));
        }
    }
}

fn options(endpoint: &Endpoint) -> Result<PgConnectOptions> {
    let Location::Server { host, port, user, database } = &endpoint.url.location else {
        return Err(Error::new(ErrorKind::InvalidUrl, "PostgreSQL needs a server: postgres://user@host:port/database"));
    };
    if let Some(name) = endpoint.url.parameters.keys().find(|k| !PARAMETERS.contains(&k.as_str())) {
        return Err(Error::new(
            ErrorKind::InvalidUrl,
            format!("the URL's parameter {name:?} is not known; there are {}", PARAMETERS.join(", ")),
        ));
    }
    // Always a password, if an empty one: the driver would take one from the environment.
    let password = endpoint.secret.as_ref().map_or("", |s| s.expose());
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(host)
        .port(port.unwrap_or(5432))
        .password(password)
        .application_name("rowferry")
        .ssl_mode(PgSslMode::Prefer)
        .disable_statement_logging();
    if let Some(user) = user {
        options = options.username(user);
    }
    let database = database.clone().unwrap_or_else(|| options.get_username().to_string());
    options = options.database(&database);
    if let Some(mode) = endpoint.url.parameters.get("sslmode") {
        let known = "disable, allow, prefer, require, verify-ca and verify-full";
        let mode: PgSslMode = mode
            .parse()
            .map_err(|_| Error::new(ErrorKind::InvalidUrl, format!("sslmode {mode:?} is not one of {known}")))?;
        options = options.ssl_mode(mode);
    }
    if let Some(file) = endpoint.url.parameters.get("sslrootcert") {
        options = options.ssl_root_cert(file);
    }
    Ok(options)
}

/// The place in words, such as `database shop on db.example:5432`.
fn place(endpoint: &Endpoint) -> String {
    match &endpoint.url.location {
        Location::Server { host, port, database, .. } => {
            let on = format!("{host}:{}", port.unwrap_or(5432));
            match database {
                Some(database) => format!("database {database} on {on}"),
                None => on,
            }
        }
        Location::Path(path) => path.display().to_string(),
    }
}
