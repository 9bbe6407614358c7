//! Connection URLs: `postgres://user@host:port/db?schema=public`, `sqlite:PATH`, `csv:PATH`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Secret;
use crate::error::{Error, ErrorKind, Result};

/// A URL taken apart. The password, if the text held one, is apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionUrl {
    connector: String,
    pub location: Location,
    /// What stands after `?`, decoded.
    pub parameters: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    Server { host: String, port: Option<u16>, user: Option<String>, database: Option<String> },
    Path(PathBuf),
}

impl ConnectionUrl {
    /// The connector's id.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// The file or folder; an error for a server.
    pub fn path(&self) -> Result<&Path> {
        match &self.location {
            Location::Path(path) => Ok(path),
            Location::Server { .. } => Err(Error::new(
                ErrorKind::InvalidUrl,
                format!("{} needs a path: {}:PATH", self.connector, self.connector),
            )),
        }
    }
}

/// Takes a URL apart. A relative path counts from `base`.
///
/// A password in it is accepted here (a person typed it on the command line) and handed back apart: any characters,
/// percent-encoded or not; `%` followed by two hexadecimal digits is always read as encoded. The host begins after
/// the last `@`.
pub fn parse(text: &str, base: &Path) -> Result<(ConnectionUrl, Option<Secret>)> {
    let invalid = |what: String| Error::new(ErrorKind::InvalidUrl, what);
    let (scheme, rest) = text
        .split_once(':')
        .ok_or_else(|| invalid("a connection URL begins with the kind of database, such as sqlite:PATH".into()))?;
    let scheme = scheme.to_ascii_lowercase();
    let descriptor = super::registry()
        .iter()
        .map(|c| c.descriptor())
        .find(|d| d.id == scheme || d.aliases.contains(&scheme.as_str()))
        .ok_or_else(|| {
            let known: Vec<_> = super::registry().iter().map(|c| c.descriptor().id).collect();
            invalid(format!("{scheme:?} is not a kind of database that Rowferry knows; there are {}", known.join(", ")))
        })?;
    let connector = descriptor.id.to_string();
    if !matches!(descriptor.form, super::Form::Server { .. }) {
        let (path, parameters) = path_and_parameters(rest);
        let path = path.strip_prefix("//").unwrap_or(path);
        if holds_password(text) {
            // It would be cut out of the path where the URL is shown, and stay in it where the file is opened.
            let what = format!("the path of the {scheme} URL holds what looks like a server's user and password");
            return Err(invalid(what).hint("Name the kind of the server first, such as mysql://user@host/database."));
        }
        if path.is_empty() {
            return Err(invalid(format!("the URL names no file: {scheme}:PATH")));
        }
        let location = Location::Path(base.join(path));
        return Ok((ConnectionUrl { connector, location, parameters }, None));
    }
    let rest = rest
        .strip_prefix("//")
        .ok_or_else(|| invalid(format!("a server's URL has two slashes: {scheme}://user@host:port/database")))?;
    let (account, address) = match rest.rsplit_once('@') {
        Some((account, address)) => (Some(account), address),
        None => (None, rest),
    };
    let (user, password) = match account.map(|a| a.split_once(':').map_or((a, None), |(u, p)| (u, Some(p)))) {
        Some((user, password)) => (Some(decode(user)).filter(|u| !u.is_empty()), password.map(decode)),
        None => (None, None),
    };
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let (authority, database) = address.split_once('/').unwrap_or((address, ""));
    let (host, port) = host_and_port(authority)
        .ok_or_else(|| invalid(format!("the port in {authority:?} is not a number between 1 and 65535")))?;
    let location = Location::Server {
        host: if host.is_empty() { "localhost".into() } else { decode(host) },
        port,
        user,
        database: Some(decode(database)).filter(|d| !d.is_empty()),
    };
    let secret = password.filter(|p| !p.is_empty()).map(Secret::new);
    Ok((ConnectionUrl { connector, location, parameters: parameters(query) }, secret))
}

/// Does the URL's text hold a password?
pub fn holds_password(text: &str) -> bool {
    account_of(text).is_some_and(|account| account.split_once(':').is_some_and(|(_, p)| !p.is_empty()))
}

/// The URL without its password.
pub fn without_password(text: &str) -> String {
    match account_of(text).and_then(|account| account.split_once(':').map(|(user, _)| (account, user))) {
        // In its place: the same characters may stand elsewhere too.
        Some((account, user)) => {
            let at = account.as_ptr() as usize - text.as_ptr() as usize;
            format!("{}{user}{}", &text[..at], &text[at + account.len()..])
        }
        None => text.to_string(),
    }
}

/// The URL with a relative path made absolute; a server's URL, and one that cannot be understood, as it is.
pub fn absolute(text: &str, base: &Path) -> String {
    let Ok((ConnectionUrl { connector, location: Location::Path(path), .. }, _)) = parse(text, base) else {
        return text.to_string();
    };
    let query = text.rsplit_once('?').map(|(_, q)| q).filter(|q| q.split('&').all(|p| p.contains('=')));
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    let path = path.display().to_string();
    // Two slashes at the beginning are no part of the path, so that one which begins with two gets two more.
    let slashes = if path.starts_with("//") { "//" } else { "" };
    format!("{connector}:{slashes}{path}{query}")
}

/// Characters of a parameter that need not be encoded.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn query(parameters: &BTreeMap<String, String>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let parts = parameters
        .iter()
        .enumerate()
        .map(|(i, (name, value))| format!("{}{}={}", if i == 0 { '?' } else { '&' }, encode(name), encode(value)));
    parts.collect()
}

/// A file's URL; the path stands in it as it is.
pub fn file_url(scheme: &str, path: &str, parameters: &BTreeMap<String, String>) -> String {
    format!("{scheme}:{path}{}", query(parameters))
}

/// The URL with this parameter in place of what it said of it; one that cannot be understood, as it is.
pub fn with_parameter(text: &str, name: &str, value: &str) -> String {
    let Ok((mut url, _)) = parse(text, Path::new("")) else { return text.to_string() };
    let before = match url.parameters.is_empty() {
        true => text.strip_suffix('?').unwrap_or(text),
        false => text.rsplit_once('?').map_or(text, |(before, _)| before),
    };
    url.parameters.insert(name.to_string(), value.to_string());
    format!("{before}{}", query(&url.parameters))
}

/// A server's URL from its parts, every one encoded.
pub fn server_url(
    scheme: &str,
    host: &str,
    port: Option<u16>,
    user: Option<&str>,
    database: Option<&str>,
    parameters: &BTreeMap<String, String>,
) -> String {
    let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let mut url = format!("{scheme}://");
    if let Some(user) = user.filter(|u| !u.is_empty()) {
        url += &format!("{}@", encode(user));
    }
    // A socket folder or an IPv6 address is kept readable.
    url += &if host.contains(':') { format!("[{host}]") } else { encode(host) };
    if let Some(port) = port {
        url += &format!(":{port}");
    }
    url += &format!("/{}", encode(database.unwrap_or_default()));
    url + &query(parameters)
}

fn account_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    rest.rsplit_once('@').map(|(account, _)| account)
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok().filter(|p| *p > 0)?))),
            None => Some((host, None)),
        };
    }
    match authority.rsplit_once(':') {
        Some((host, port)) => Some((host, Some(port.parse().ok().filter(|p| *p > 0)?))),
        None => Some((authority, None)),
    }
}

fn path_and_parameters(rest: &str) -> (&str, BTreeMap<String, String>) {
    // A file's name may hold `?`: only what looks like name=value after the last one counts as parameters.
    match rest.rsplit_once('?') {
        Some((path, query)) if query.split('&').all(|p| p.contains('=')) => (path, parameters(query)),
        _ => (rest, BTreeMap::new()),
    }
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| p.split_once('=').unwrap_or((p, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_string(), |t| t.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> (Location, Option<String>) {
        let (url, secret) = parse(text, Path::new("/")).unwrap();
        (url.location, secret.map(|s| s.expose().to_string()))
    }

    #[test]
    fn passwords_of_any_characters_are_found() {
        for password in ["p@:/% #?w d", "a@b@c", "100%", "x/y?z=1#f"] {
            let (location, secret) = server(&format!("postgres://me:{password}@db:5433/shop?schema=s"));
            assert_eq!(secret.as_deref(), Some(password));
            let expected = Location::Server {
                host: "db".into(),
                port: Some(5433),
                user: Some("me".into()),
                database: Some("shop".into()),
            };
            assert_eq!(location, expected);
        }
        assert_eq!(server("postgres://me:p%40w@db/x").1.as_deref(), Some("p@w"));
    }

    #[test]
    fn a_password_is_taken_out() {
        assert_eq!(without_password("postgres://me:a@b@db/x"), "postgres://me@db/x");
        // What stands for the account stands elsewhere too.
        assert_eq!(without_password("x:y?z://x:y@db"), "x:y?z://x@db");
        assert_eq!(without_password("postgres://:p:@db"), "postgres://@db");
        assert!(holds_password("postgres://me:a@b@db/x"));
        assert!(!holds_password("postgres://me@db/x"));
        assert!(!holds_password("sqlite:a:b@c"));
    }

    #[test]
    fn a_path_is_not_taken_for_an_account() {
        let error = parse("csv:mysql://root:hidden@host/x", Path::new("/")).unwrap_err();
        assert!(error.kind == ErrorKind::InvalidUrl && !error.to_string().contains("hidden"), "{error}");
        assert!(parse("csv:mysql://root@host/x", Path::new("/")).is_ok(), "a path may hold anything else");
    }

    #[test]
    fn an_absolute_url_stays_as_it_is() {
        for text in ["csv:x", "csv:////server/share", "csv:///x?header=no", "sqlite://x", "parquet://///"] {
            let once = absolute(text, Path::new("/base"));
            assert_eq!(absolute(&once, Path::new("/elsewhere")), once, "{text}");
            let path = |text: &str| parse(text, Path::new("/base")).unwrap().0.path().unwrap().to_path_buf();
            assert_eq!(path(&once), path(text), "{text}");
        }
    }

    #[test]
    fn paths_count_from_the_base() {
        let (url, _) = parse("sqlite:data/a b.db", Path::new("/base")).unwrap();
        assert_eq!(url.path().unwrap(), Path::new("/base/data/a b.db"));
        let (url, _) = parse("csv:/abs/x?delimiter=%3B", Path::new("/base")).unwrap();
        assert_eq!(url.path().unwrap(), Path::new("/abs/x"));
        assert_eq!(url.parameters["delimiter"], ";");
    }

    #[test]
    fn what_is_built_from_parts_reads_back() {
        let text = server_url("postgres", "::1", Some(5432), Some("o'neil@x"), Some("my db"), &BTreeMap::new());
        let (location, _) = server(&text);
        let expected = Location::Server {
            host: "::1".into(),
            port: Some(5432),
            user: Some("o'neil@x".into()),
            database: Some("my db".into()),
        };
        assert_eq!(location, expected);
    }

    #[test]
    fn a_parameter_takes_the_place_of_the_one_before() {
        assert_eq!(with_parameter("csv:a b?c.csv", "encoding", "big5"), "csv:a b?c.csv?encoding=big5");
        let text = with_parameter("csv:x?delimiter=%3B&encoding=utf-8", "encoding", "windows-1256");
        assert_eq!(text, "csv:x?delimiter=%3B&encoding=windows-1256");
        assert_eq!(file_url("csv", "x", &BTreeMap::new()), "csv:x");
    }

    #[test]
    fn an_unknown_kind_is_named() {
        let error = parse("oracle://x", Path::new("/")).unwrap_err();
        assert!(error.to_string().contains("oracle"), "{error}");
    }
}
