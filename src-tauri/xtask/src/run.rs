//! `cargo xtask run`: from a fresh checkout to the open window, or to the sample's report.

use std::path::Path;
use std::process::{Command, ExitCode};

use serde_json::Value;

use crate::failure::{Failure, Result, While};
use crate::rust::{self, Packages};
use crate::{display, packages, paths, process, ui};

pub struct How {
    pub release: bool,
    pub headless: bool,
    pub install: bool,
}

pub fn run(how: &How) -> Result<ExitCode> {
    if how.headless {
        return headless(how);
    }
    display::require()?;
    packages::provide(packages::WINDOW, how.install)?;
    ui::build_if_older()?;
    println!("Building the application (the first time takes about ten minutes on two cores)");
    rust::build(&["--bin", "rowferry-app"], Packages::All, how.release)?;
    println!("Opening the window");
    process::foreground(process::command(paths::built("rowferry-app", how.release)).args(["--sample", "chinook"]))?;
    Ok(ExitCode::SUCCESS)
}

/// The sample by the command line, in a workspace of its own that stays to be looked at.
fn headless(how: &How) -> Result<ExitCode> {
    packages::provide(packages::HEADLESS, how.install)?;
    println!("Building the command line (the first time takes about ten minutes on two cores)");
    rust::build(&["--bin", "rowferry"], Packages::at_hand(), how.release)?;

    let folder = paths::target().with_file_name("sample");
    fresh_sample(&folder)?;
    let rowferry = |arguments: &[&str]| {
        let mut command: Command = process::command(paths::built("rowferry", how.release));
        command.args(arguments).current_dir(&folder).env("ROWFERRY_HOME", folder.join("workspace"));
        println!("\n$ rowferry {}", arguments.join(" "));
        command
    };
    process::foreground(&mut rowferry(&["check", PROJECT]))?;
    process::foreground(&mut rowferry(&["run", PROJECT, "--yes"]))?;
    let runs = process::output(&mut rowferry(&["runs", "--json"]))?;
    let run = run_of(&runs).ok_or_else(|| Failure::new("the run is not in the list of runs"))?;
    process::foreground(&mut rowferry(&["report", &run, "--format", "text"]))?;
    println!("\nAll of it is in {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

const PROJECT: &str = "chinook.rowferry.json";

fn fresh_sample(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).during(format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).during(format!("{} cannot be made", folder.display()))?;
    for name in [PROJECT, "chinook.sqlite"] {
        let from = paths::root().join("fixtures/chinook").join(name);
        std::fs::copy(&from, folder.join(name)).during(format!("{} cannot be copied", from.display()))?;
    }
    Ok(())
}

/// The id of the first run of `rowferry runs --json`, which is one array or one object a line.
fn run_of(text: &str) -> Option<String> {
    let first: Value = serde_json::Deserializer::from_str(text).into_iter().next()?.ok()?;
    let first = first.get(0).unwrap_or(&first);
    first["run"].as_str().map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::run_of;

    #[test]
    fn the_run_is_found_in_the_list_of_runs() {
        assert_eq!(run_of(r#"[{"run":"a"},{"run":"b"}]"#).as_deref(), Some("a"));
        assert_eq!(run_of("{\"run\":\"a\"}\n{\"run\":\"b\"}\n").as_deref(), Some("a"));
        assert_eq!(run_of(""), None);
    }
}
