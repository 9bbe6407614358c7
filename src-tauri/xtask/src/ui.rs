//! The window's user interface: Node.js, its packages, its build.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::failure::{Failure, Result, While};
use crate::{paths, process};

/// The oldest Node.js that the build tools run on.
const NODE: (u32, u32) = (20, 19);

pub fn folder() -> PathBuf {
    paths::root().join("ui")
}

/// Installs what is needed and builds `ui/dist`, whether it was there or not.
pub fn build() -> Result<()> {
    check_node()?;
    install(&folder())?;
    println!("Building the user interface");
    process::foreground(&mut npm(&folder(), &["run", "build"])?)
}

/// Builds `ui/dist` unless it is newer than everything it is made from.
pub fn build_if_older() -> Result<()> {
    let built = folder().join("dist").join("index.html").metadata().and_then(|m| m.modified()).ok();
    match built {
        Some(built) if newest(&folder()).is_some_and(|source| source < built) => check_node(),
        _ => build(),
    }
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| !["node_modules", "dist", "coverage"].contains(&entry.file_name().to_string_lossy().as_ref()))
        .filter_map(|entry| {
            let meta = entry.metadata().ok()?;
            let own = meta.modified().ok();
            if meta.is_dir() { newest(&entry.path()).max(own) } else { own }
        })
        .max()
}

/// `npm ci` in a folder, unless its lock file is the one that was installed from.
pub fn install(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = std::fs::read(&lock).during(format!("{} cannot be read", lock.display()))?;
    let stamp = folder.join("node_modules").join(".rowferry-installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("Installing the packages of {}", folder.display());
    process::foreground(&mut npm(folder, &["ci", "--no-audit", "--no-fund"])?)
        .map_err(|e| Failure::new(e.to_string()).remedy("Is the npm registry reachable? See: npm ping"))?;
    std::fs::write(&stamp, &lock).during(format!("{} cannot be written", stamp.display()))
}

/// An npm command in a folder.
pub fn npm(folder: &Path, arguments: &[&str]) -> Result<Command> {
    let npm = paths::find(&["npm"]).ok_or_else(no_node)?;
    let mut command = process::command(npm);
    command.args(arguments).current_dir(folder).env("CI", "1").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    Ok(command)
}

/// A program that a folder's packages have brought.
pub fn npx(folder: &Path, arguments: &[&str]) -> Result<Command> {
    let mut all = vec!["exec", "--offline", "--"];
    all.extend(arguments);
    npm(folder, &all)
}

pub fn check_node() -> Result<()> {
    let node = paths::find(&["node"]).ok_or_else(no_node)?;
    let said = process::output(process::command(node).arg("--version"))?;
    match version(&said) {
        Some(version) if version >= NODE => Ok(()),
        _ => Err(Failure::new(format!("Node.js {} is too old: {}.{} or newer is needed", said.trim(), NODE.0, NODE.1))
            .remedy(GET_NODE)),
    }
}

const GET_NODE: &str = "Get Node.js 20.19 or newer from https://nodejs.org or from your version manager.";

fn no_node() -> Failure {
    Failure::new("Node.js is not found").remedy(GET_NODE)
}

/// Major and minor of what `node --version` says.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_of_node_is_understood() {
        assert_eq!(super::version("v20.19.4\n"), Some((20, 19)));
        assert_eq!(super::version("nonsense"), None);
    }
}
