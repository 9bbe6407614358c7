//! `cargo xtask bench-window`: how quickly the real window answers with very large schemas.
//!
//! What is measured, and how, is in `tests/window/bench`; the schemas are made by `tests/examples/wide.rs`.

use std::process::ExitCode;

use crate::display::Xvfb;
use crate::failure::{Result, While};
use crate::rust::{self, Packages};
use crate::scratch::Scratch;
use crate::servers::keyring::Keyring;
use crate::{packages, paths, process, test, ui};

pub struct How {
    pub release: bool,
    pub publish: bool,
    pub install: bool,
}

pub fn bench(how: &How) -> Result<ExitCode> {
    packages::provide(packages::WINDOW, how.install)?;
    packages::provide(packages::TESTS, how.install)?;
    ui::build_if_older()?;
    let folder = test::window_folder();
    ui::install(&folder)?;
    rust::build(&["--bin", "rowferry-app", "--example", "rowferry-wide"], Packages::All, how.release)?;
    let scratch = Scratch::new()?;
    let schemas = scratch.path().join("schemas");
    println!("Making the schemas");
    let wide = paths::built("examples", how.release).join(format!("rowferry-wide{}", std::env::consts::EXE_SUFFIX));
    process::foreground(process::command(wide).arg(&schemas))?;

    let keyring = Keyring::start(&scratch)?;
    let display = Xvfb::start(scratch.path())?;
    let result = scratch.path().join("window.md");
    let mut command = ui::npx(&folder, &["playwright", "test", "--config", "bench/bench.config.ts"])?;
    command
        .env("ROWFERRY_APP", paths::built("rowferry-app", how.release))
        .env("ROWFERRY_BENCH_SCHEMAS", &schemas)
        .env("ROWFERRY_BENCH_RESULT", &result)
        .env("ROWFERRY_BENCH_BUILD", if how.release { "release build" } else { "debug build" })
        .env("DBUS_SESSION_BUS_ADDRESS", &keyring.bus)
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY");
    process::foreground(&mut command)?;
    let table = std::fs::read_to_string(&result).during(format!("{} cannot be read", result.display()))?;
    println!("\n{table}");
    if how.publish {
        let page = paths::root().join("docs/benchmarks/window.md");
        std::fs::write(&page, table).during(format!("{} cannot be written", page.display()))?;
        println!("Written to {}", page.display());
    }
    Ok(ExitCode::SUCCESS)
}
