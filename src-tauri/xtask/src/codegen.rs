//! Files that are made from the Rust types: the window's TypeScript types and the project file's JSON Schema.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use crate::failure::{Failure, Result, While};
use crate::rust::{self, Packages};
use crate::{paths, process, ui};

pub fn codegen(check: bool) -> Result<ExitCode> {
    ui::check_node()?;
    ui::install(&ui::folder())?;
    rust::build(&["--examples"], Packages::WithoutWindow, false)?;
    if check {
        self::check()?
    } else {
        write()?
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a committed file is not what would be written. The examples must have been built.
pub fn check() -> Result<()> {
    for (path, made) in files()? {
        // A checkout on Windows may have other line ends.
        let committed = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if committed != made {
            return Err(Failure::new(format!("{} is not up to date with the Rust types", shown(&path)))
                .remedy("Run `cargo xtask codegen` and commit what it writes."));
        }
    }
    Ok(())
}

fn write() -> Result<()> {
    for (path, made) in files()? {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).during(format!("{} cannot be made", folder.display()))?;
        }
        std::fs::write(&path, made).during(format!("{} cannot be written", path.display()))?;
        println!("wrote {}", shown(&path));
    }
    Ok(())
}

/// Each file and what should be in it.
fn files() -> Result<Vec<(PathBuf, String)>> {
    let operations = process::output(&mut process::command(paths::example("schema")))?;
    let project = process::output(&mut process::command(paths::example("project_schema")))?;
    Ok(vec![
        (paths::root().join("ui/src/bindings/index.ts"), bindings(&operations)?),
        (paths::root().join("docs/project.schema.json"), project),
    ])
}

/// TypeScript from the operations' JSON Schema: `npm run codegen` reads one and prints the other.
fn bindings(schema: &str) -> Result<String> {
    let mut command = ui::npm(&ui::folder(), &["run", "--silent", "codegen"])?;
    let name = process::name(&command);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().during(format!("{name} cannot be started"))?;
    let input = child.stdin.take().map(|mut pipe| {
        let schema = schema.to_string();
        std::thread::spawn(move || pipe.write_all(schema.as_bytes()))
    });
    let output = child.wait_with_output().during(format!("{name} cannot be waited for"))?;
    let _ = input.map(std::thread::JoinHandle::join);
    if !output.status.success() {
        return Err(Failure::new(format!("{name} failed ({})", output.status)));
    }
    String::from_utf8(output.stdout).during(format!("{name} printed what is not text"))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(paths::root()).unwrap_or(path).display().to_string()
}
