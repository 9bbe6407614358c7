//! Secrets in the real keychain: the Secret Service of an unlocked keyring daemon.

use rowferry_engine::connectors::Secret;
use rowferry_engine::workspace::{Keychain, SecretOrigin, Secrets, Workspace};

/// `cargo xtask test` starts the daemon on a session bus of its own.
fn a_keyring_daemon_runs() {
    assert!(
        std::env::var_os("ROWFERRY_TEST_KEYRING").is_some(),
        "these tests need an unlocked keyring: run them by `cargo xtask with-servers cargo test -p rowferry-tests keychain`"
    );
}

const NASTY: &str = "p@:/% #?w d-ü-\"'\\";

#[test]
fn a_remembered_secret_is_there_in_the_next_session_and_gone_when_forgotten() {
    a_keyring_daemon_runs();
    assert_eq!(Keychain.problem(), None);
    let project = format!("test-{}", std::process::id());
    Secrets::new().set(&project, "target", Secret::new(NASTY), true).unwrap();

    let next_session = Secrets::new();
    let (secret, origin) = next_session.find(&project, "target").unwrap();
    assert_eq!((secret.expose(), origin), (NASTY, SecretOrigin::Keychain));
    assert!(next_session.find(&project, "source").is_none());

    next_session.forget(&project, "target").unwrap();
    assert!(Secrets::new().find(&project, "target").is_none());
}

#[test]
fn a_secret_that_is_not_remembered_lives_as_long_as_the_session() {
    a_keyring_daemon_runs();
    let project = format!("session-{}", std::process::id());
    let session = Secrets::new();
    session.set(&project, "target", Secret::new(NASTY), false).unwrap();
    assert_eq!(session.clone().find(&project, "target").unwrap().1, SecretOrigin::Session);
    assert!(Secrets::new().find(&project, "target").is_none());
}

#[test]
fn no_secret_reaches_the_workspaces_files() {
    a_keyring_daemon_runs();
    let home = tempfile::tempdir().unwrap();
    let _workspace = Workspace::open_at(home.path()).unwrap();
    let project = format!("files-{}", std::process::id());
    let secrets = Secrets::new();
    secrets.set(&project, "target", Secret::new("unmistakable-secret"), true).unwrap();
    assert!(!format!("{secrets:?}").contains("unmistakable"));
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(12).any(|w| w == b"unmistakable"), "{}", path.display());
        }
    }
    secrets.forget(&project, "target").unwrap();
}
