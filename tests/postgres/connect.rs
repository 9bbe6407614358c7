//! Opening, and what is said when it fails.

use rowferry_engine::ErrorKind;
use rowferry_engine::connectors::{Endpoint, Secret, connect, url};

use super::*;

fn endpoint(text: &str, secret: Option<&str>) -> Endpoint {
    let (url, _) = url::parse(text, std::path::Path::new("/")).unwrap();
    Endpoint { name: "shop".into(), url, secret: secret.map(Secret::new) }
}

async fn refused(endpoint: &Endpoint) -> rowferry_engine::Error {
    connect(endpoint, Access::ReadOnly).await.err().expect("the connection is refused")
}

#[tokio::test]
async fn each_failure_has_its_kind_and_none_tells_the_secret() {
    let cluster = PostgresCluster::shared();
    let wrong = refused(&endpoint(&cluster.url, Some("hunter2"))).await;
    assert_eq!(wrong.kind, ErrorKind::Authentication, "{wrong}");
    assert!(!format!("{wrong} {wrong:?}").contains("hunter2"), "{wrong:?}");
    let none = refused(&endpoint(&cluster.url, None)).await;
    assert_eq!(none.kind, ErrorKind::SecretNeeded, "{none}");
    let (base, _) = cluster.url.rsplit_once('/').unwrap();
    let absent = refused(&endpoint(&format!("{base}/no_such_database"), Some(&cluster.password))).await;
    assert_eq!(absent.kind, ErrorKind::NotFound, "{absent}");
    assert!(absent.to_string().contains("no_such_database"), "{absent}");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).unwrap().port();
    let nobody = refused(&endpoint(&format!("postgres://me@127.0.0.1:{free}/x"), Some("x"))).await;
    assert_eq!(nobody.kind, ErrorKind::Unreachable, "{nobody}");
    let mode = refused(&endpoint(&format!("{}?sslmode=perhaps", cluster.url), Some("x"))).await;
    assert_eq!(mode.kind, ErrorKind::InvalidUrl, "{mode}");
    let parameter = refused(&endpoint(&format!("{}?shcema=x", cluster.url), Some("x"))).await;
    assert!(parameter.to_string().contains("shcema"), "{parameter}");
}

#[tokio::test]
async fn a_read_only_connection_cannot_write() {
    let database = database("readonly").await;
    let connection = database.connect(Access::ReadOnly).await;
    assert!(connection.write().is_none());
    database.run("create table t (a int); create function f() returns int language sql volatile as 'insert into t values (1) returning a'; create view v as select f() as a").await;
    let v = table(&*connection, "v").await;
    let mut stream = connection.read().scan(scan(&v, Range::All)).await.unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Permission, "{error}");
}

#[tokio::test]
async fn a_host_that_is_a_folder_is_a_socket() {
    let cluster = PostgresCluster::shared();
    // A server that others started tells its folder itself; it may have none.
    let folder = match &cluster.socket_folder {
        Some(folder) => folder.display().to_string(),
        None => {
            let server = Database { url: cluster.url.clone(), password: cluster.password.clone() };
            let folders: String = server.scalar("select current_setting('unix_socket_directories')").await;
            folders.split(',').next().unwrap_or_default().trim().to_string()
        }
    };
    if folder.is_empty() {
        eprintln!("the server of ROWFERRY_TEST_POSTGRES has no socket folder: only the refusal is tested");
        let error = refused(&endpoint("postgres://me@%2Fno%2Fsuch%2Ffolder/x", Some("x"))).await;
        assert_eq!(error.kind, ErrorKind::Unreachable, "{error}");
        return;
    }
    let (_, port) = cluster.url.rsplit_once('/').unwrap().0.rsplit_once(':').unwrap();
    let text = format!("postgres://postgres@{}:{port}/postgres", folder.replace('/', "%2F"));
    assert!(connect(&endpoint(&text, Some(&cluster.password)), Access::ReadOnly).await.is_ok());
}
