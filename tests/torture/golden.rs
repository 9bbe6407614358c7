//! The golden files: what a person has read and found right.

use std::path::PathBuf;

use super::judge::Judged;
use super::side::Base;

/// Demands that a crossing is as the golden file says, and that nothing in it changed in silence.
pub fn hold(from: Base, to: Base, judged: &Judged) {
    let path = file(from, to);
    let actual = judged.lines.join("\n") + "\n";
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|v| v == "1");
    if update {
        std::fs::write(&path, &actual).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    // No golden file excuses these.
    assert!(judged.faults.is_empty(), "{} to {}:\n{}", from.name(), to.name(), judged.faults.join("\n"));
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} is not what came of it. If the change is right, UPDATE_GOLDEN=1 writes it anew; read every line then.\n{}",
        path.display(),
        difference(&expected, &actual)
    );
}

fn file(from: Base, to: Base) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/torture/golden");
    folder.join(format!("{}-{}.txt", from.name(), to.name()))
}

/// The lines from the first to the last that differ.
fn difference(expected: &str, actual: &str) -> String {
    let (a, b): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let before = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = (a.len() - before).min(b.len() - before);
    let after = (0..rest).take_while(|i| a[a.len() - 1 - i] == b[b.len() - 1 - i]).count();
    let shown = |mark: &str, lines: &[&str]| lines.iter().map(|l| format!("{mark} {l}\n")).collect::<String>();
    shown("-", &a[before..a.len() - after]) + &shown("+", &b[before..b.len() - after])
}
