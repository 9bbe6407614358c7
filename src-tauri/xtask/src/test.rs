//! `cargo xtask test`: everything a change must pass, on servers and displays of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::display::Xvfb;
use crate::failure::{Failure, Result};
use crate::rust::{self, Packages};
use crate::scratch::Scratch;
use crate::servers::keyring::Keyring;
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::servers::{PASSWORD, Purpose};
use crate::suite::Summary;
use crate::{codegen, packages, paths, process, typescript, ui};

pub struct How {
    pub quick: bool,
    pub install: bool,
}

/// What the tests find running. A field that is `None` was left out.
#[derive(Default)]
struct Ground {
    keyring: Option<Keyring>,
    postgres: Option<Postgres>,
    mariadb: Option<MariaDb>,
    display: Option<Xvfb>,
}

impl Ground {
    fn start(&mut self, scratch: &Scratch) -> Result<()> {
        self.postgres = Some(Postgres::start(scratch, Purpose::Tests)?);
        self.mariadb = Some(MariaDb::start(scratch, Purpose::Tests)?);
        if cfg!(target_os = "linux") {
            self.keyring = Some(Keyring::start(scratch)?);
            self.display = Some(Xvfb::start(scratch.path())?);
        }
        Ok(())
    }

    fn tell(&self, command: &mut Command) {
        rust::executables(command);
        if let Some(keyring) = &self.keyring {
            command.env("DBUS_SESSION_BUS_ADDRESS", &keyring.bus).env("ROWFERRY_TEST_KEYRING", "1");
        }
        if let Some(postgres) = &self.postgres {
            command.env("ROWFERRY_TEST_POSTGRES", &postgres.url).env("ROWFERRY_TEST_POSTGRES_PASSWORD", PASSWORD);
        }
        if let Some(mariadb) = &self.mariadb {
            command.env("ROWFERRY_TEST_MARIADB", &mariadb.url).env("ROWFERRY_TEST_MARIADB_PASSWORD", PASSWORD);
        }
        if let Some(display) = &self.display {
            command.env("DISPLAY", &display.name).env("GDK_BACKEND", "x11").env_remove("WAYLAND_DISPLAY");
        }
        if let Some(browser) = packages::browser() {
            command.env("ROWFERRY_BROWSER", browser);
        }
    }
}

pub fn test(how: &How) -> Result<ExitCode> {
    let mut summary = Summary::default();
    // Dropped in reverse: the servers end before their folder goes.
    let scratch = Scratch::new()?;
    let mut ground = Ground::default();
    if prepare(how, &mut summary, &scratch, &mut ground) {
        run(how, &mut summary, &scratch, &ground);
    }
    drop(ground);
    Ok(summary.end())
}

/// What must be there before anything can be tested; the summary holds the remedy when it is not.
fn prepare(how: &How, summary: &mut Summary, scratch: &Scratch, ground: &mut Ground) -> bool {
    let mut needed = if how.quick { packages::HEADLESS.to_vec() } else { packages::WINDOW.to_vec() };
    if !how.quick {
        needed.extend(packages::TESTS);
    }
    let ready = summary.step("system packages", || {
        packages::provide(&needed, how.install)?;
        if how.quick { Ok(()) } else { packages::provide_browser(how.install) }
    }) && summary.step("Node.js packages", || {
        ui::check_node()?;
        ui::install(&ui::folder())?;
        if how.quick {
            return Ok(());
        }
        ui::install(&browser_folder())?;
        ui::install(&window_folder())
    });
    if !ready || how.quick {
        return ready;
    }
    summary.step("servers", || ground.start(scratch))
}

/// `cargo xtask with-servers COMMAND …`: one command in the surroundings of the tests.
pub fn with_servers(command: &[&str], install: bool) -> Result<ExitCode> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new("with-servers needs a command")
            .remedy("For example: cargo xtask with-servers cargo nextest run -p rowferry-tests"));
    };
    packages::provide(packages::TESTS, install)?;
    let scratch = Scratch::new()?;
    let mut ground = Ground::default();
    ground.start(&scratch)?;
    let mut command = process::command(program);
    ground.tell(command.args(arguments));
    process::foreground(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

fn run(how: &How, summary: &mut Summary, scratch: &Scratch, ground: &Ground) {
    let packages = if how.quick { Packages::WithoutWindow } else { Packages::All };
    let folder = ui::folder();
    // The application holds the built user interface, so this comes before its build.
    let ui_built = summary.step("ui: build", || process::foreground(&mut ui::npm(&folder, &["run", "build"])?));
    summary.step("ui: lint", || process::foreground(&mut ui::npm(&folder, &["run", "lint"])?));
    summary.step("ui: types", || process::foreground(&mut ui::npm(&folder, &["run", "typecheck"])?));
    summary.suite("ui: unit tests", || typescript::vitest(&folder, &scratch.path().join("vitest.json")));

    let built =
        (ui_built || how.quick) && summary.step("rust: build", || rust::build(&["--all-targets"], packages, false));
    if !built {
        summary.suite("everything after the build", || Err(Failure::new("not run, because the build failed")));
        return;
    }
    summary.step("generated files", codegen::check);
    if how.quick {
        summary.suite("rust: tests", || rust::test(packages, NEED_A_SERVER, |command| ground.tell(command)));
        for left_out in [
            "Rust tests named after PostgreSQL, MySQL, MariaDB, Northwind or passwords",
            "browser tests",
            "window tests",
        ] {
            summary.leave_out(left_out, "--quick");
        }
        return;
    }
    summary.suite("rust: tests", || rust::test(packages, &[], |command| ground.tell(command)));
    for (name, tests) in [("browser: types", browser_folder()), ("window: types", window_folder())] {
        summary.step(name, || process::foreground(&mut ui::npm(&tests, &["run", "typecheck"])?));
    }
    summary.suite("browser: tests", || {
        typescript::playwright(&browser_folder(), &scratch.path().join("browser.json"), |c| ground.tell(c))
    });
    if cfg!(target_os = "linux") {
        summary.suite("window: tests", || window(ground, scratch.path(), false));
    } else {
        summary.leave_out("window tests", "only Linux has a driver for the real window");
    }
}

/// What the names of tests hold that need a server.
const NEED_A_SERVER: &[&str] = &["postgres", "mysql", "mariadb", "northwind", "password", "keychain"];

fn window(ground: &Ground, scratch: &Path, screenshots: bool) -> Result<crate::suite::Counts> {
    typescript::playwright(&window_folder(), &scratch.join("window.json"), |command| {
        ground.tell(command);
        if screenshots {
            command.env("ROWFERRY_SCREENSHOTS", paths::root().join("assets/screenshots"));
        }
    })
}

/// `cargo xtask screenshots`: the window test, keeping its pictures.
pub fn screenshots(install: bool) -> Result<ExitCode> {
    packages::provide(packages::WINDOW, install)?;
    packages::provide(packages::TESTS, install)?;
    ui::build_if_older()?;
    ui::install(&window_folder())?;
    rust::build(&["--bin", "rowferry-app"], Packages::All, false)?;
    let scratch = Scratch::new()?;
    let ground = Ground {
        keyring: Some(Keyring::start(&scratch)?),
        display: Some(Xvfb::start(scratch.path())?),
        ..Ground::default()
    };
    let mut summary = Summary::default();
    summary.suite("window: tests", || window(&ground, scratch.path(), true));
    drop(ground);
    Ok(summary.end())
}

fn browser_folder() -> PathBuf {
    paths::root().join("tests/browser")
}

pub fn window_folder() -> PathBuf {
    paths::root().join("tests/window")
}
