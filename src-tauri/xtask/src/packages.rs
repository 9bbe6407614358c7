//! The system packages that a build and the tests need: installed on Debian and Ubuntu, named elsewhere.

use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::{paths, process};

/// What the command line needs to be built.
pub const HEADLESS: &[&str] = &["build-essential", "pkg-config"];

/// What the window needs to be built.
pub const WINDOW: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "librsvg2-dev",
    "libayatana-appindicator3-dev",
    "libssl-dev",
];

/// What the tests need beside that, except the browser.
pub const TESTS: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "fonts-dejavu-core",
    "postgresql",
    "mariadb-server",
];

/// The names under which a browser that Playwright can drive is known.
pub const BROWSERS: &[&str] =
    &["chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "microsoft-edge"];

/// Sees to it that these packages are there: `install` says whether it may install them.
pub fn provide(packages: &[&str], install: bool) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return other_system();
    }
    if paths::find(&["dpkg-query"]).is_none() || paths::find(&["apt-get"]).is_none() {
        println!(
            "This is neither Debian nor Ubuntu: nothing is installed. What these packages hold is needed:\n  {}",
            packages.join(" ")
        );
        return Ok(());
    }
    let missing = missing(packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("sudo apt-get update && sudo apt-get install --yes {}", missing.join(" "));
    if !install {
        return Err(Failure::new(format!("these packages are missing: {}", missing.join(" "))).remedy(by_hand));
    }
    println!("Installing {}", missing.join(" "));
    let installed = apt(&["update"]).and_then(|()| {
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(missing.iter().map(String::as_str));
        apt(&arguments)
    });
    installed.map_err(|e| Failure::new(format!("the packages cannot be installed: {e}")).remedy(by_hand))
}

/// Sees to it that there is a browser.
pub fn provide_browser(install: bool) -> Result<()> {
    if browser().is_some() {
        return Ok(());
    }
    // On Ubuntu the package of this name only fetches a snap, which many machines cannot run; it is still the one way.
    if cfg!(target_os = "linux") && install {
        provide(&["chromium"], true).or_else(|_| provide(&["chromium-browser"], true))?;
    }
    match browser() {
        Some(_) => Ok(()),
        None => Err(Failure::new("no browser is found for the browser tests")
            .remedy("Install Chromium or Chrome, or name one in ROWFERRY_BROWSER.")),
    }
}

/// The browser for the tests: `ROWFERRY_BROWSER`, or the first one found.
pub fn browser() -> Option<std::path::PathBuf> {
    std::env::var_os("ROWFERRY_BROWSER").map(Into::into).or_else(|| {
        let installed = [
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        ];
        paths::find(BROWSERS).or_else(|| installed.iter().map(std::path::PathBuf::from).find(|path| path.is_file()))
    })
}

fn other_system() -> Result<()> {
    let (needed, remedy) = if cfg!(target_os = "macos") {
        (["cc", "clang"].as_slice(), "Install the command line tools: xcode-select --install")
    } else {
        // The linker of the Microsoft toolchain is not on the PATH; rustc has found it if this program was built.
        (&[][..], "")
    };
    if !needed.is_empty() && paths::find(needed).is_none() {
        return Err(Failure::new("no C compiler is found").remedy(remedy));
    }
    Ok(())
}

fn missing(packages: &[&str]) -> Result<Vec<String>> {
    // dpkg-query fails when it does not know one of them: what it does know is what counts.
    let known = process::command("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output()
        .map_err(|e| Failure::new(format!("dpkg-query cannot be started: {e}")))?;
    let known = String::from_utf8_lossy(&known.stdout).into_owned();
    let installed: Vec<&str> = known.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(packages.iter().filter(|package| !installed.contains(package)).map(|p| p.to_string()).collect())
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = if process::is_root() {
        Command::new("env")
    } else {
        if paths::find(&["sudo"]).is_none() {
            return Err(Failure::new("this needs root, and there is no sudo"));
        }
        let mut command = Command::new("sudo");
        command.arg("env");
        command
    };
    // The option waits for another apt-get on this machine to end.
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300", "--quiet"]);
    process::foreground(command.args(arguments))
}
