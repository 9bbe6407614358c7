//! Where things are: the checkout, and the build cache, which is outside it so that a clean checkout builds in minutes.

use std::path::PathBuf;

/// The checkout's root folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}

/// `CARGO_TARGET_DIR`, or `rowferry/target` in the person's cache folder.
pub fn target() -> PathBuf {
    if let Some(named) = std::env::var_os("CARGO_TARGET_DIR").filter(|v| !v.is_empty()) {
        return named.into();
    }
    match cache() {
        Some(cache) => cache.join("rowferry").join("target"),
        None => root().join("target"),
    }
}

/// Where what is fetched or made once for measurements is kept.
pub fn bench() -> PathBuf {
    cache().map_or_else(|| root().join("target"), |cache| cache.join("rowferry")).join("bench")
}

fn cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        return folder("LOCALAPPDATA");
    }
    folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
}

/// An executable that cargo has built.
pub fn built(name: &str, release: bool) -> PathBuf {
    target().join(if release { "release" } else { "debug" }).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// An example that cargo has built.
pub fn example(name: &str) -> PathBuf {
    target().join("debug").join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The first executable with one of these names on the `PATH`.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Servers are in folders that are on root's PATH only.
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).collect();
    let file = |folder: &PathBuf, name: &str| {
        [name.to_string(), format!("{name}{}", std::env::consts::EXE_SUFFIX), format!("{name}.cmd")]
            .into_iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file())
    };
    names.iter().find_map(|name| folders.iter().find_map(|folder| file(folder, name)))
}
