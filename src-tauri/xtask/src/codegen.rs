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
    rust::build(&["--examples"], Packages::at_hand(), false)?;
    if check {
        self::check()?
    } else {
        write()?
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a committed file is not what would be written. The examples must have been built.
pub fn check() -> Result<()> {
    for file in made()? {
        // A checkout on Windows may have other line ends.
        if file.before.replace("\r\n", "\n") != file.after {
            return Err(Failure::new(format!("{} is not up to date with the Rust types", shown(&file.path)))
                .remedy("Run `cargo xtask codegen` and commit what it writes."));
        }
    }
    Ok(())
}

fn write() -> Result<()> {
    for file in made()? {
        if file.before != file.after {
            put(&file.path, &file.after)?;
        }
        println!("{} {}", if file.before == file.after { "unchanged" } else { "written  " }, shown(&file.path));
    }
    Ok(())
}

/// A generated file, as it is in the checkout and as it should be.
struct Generated {
    path: PathBuf,
    before: String,
    after: String,
}

/// Makes every generated file; the checkout is as it was afterwards.
fn made() -> Result<Vec<Generated>> {
    let operations = process::output(&mut process::command(paths::example("schema")))?;
    let project = process::output(&mut process::command(paths::example("project_schema")))?;
    let schema = paths::root().join("docs/project.schema.json");
    Ok(vec![
        bindings(&operations)?,
        Generated { before: std::fs::read_to_string(&schema).unwrap_or_default(), after: project, path: schema },
    ])
}

/// TypeScript from the operations' JSON Schema. `npm run codegen` writes its file in place, so it is put back.
fn bindings(schema: &str) -> Result<Generated> {
    let path = ui::folder().join("src/bindings/index.ts");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let mut command = ui::npm(&ui::folder(), &["run", "--silent", "codegen"])?;
    let name = process::name(&command);
    let mut child = command.stdin(Stdio::piped()).spawn().during(format!("{name} cannot be started"))?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(schema.as_bytes()).during(format!("{name} does not take the schema"))?;
    }
    let status = child.wait().during(format!("{name} cannot be waited for"))?;
    let after = std::fs::read_to_string(&path).unwrap_or_default();
    if after != before {
        put(&path, &before)?;
    }
    if !status.success() {
        return Err(Failure::new(format!("{name} failed ({status})")));
    }
    Ok(Generated { path, before, after })
}

fn put(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).during(format!("{} cannot be made", folder.display()))?;
    }
    std::fs::write(path, text).during(format!("{} cannot be written", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(paths::root()).unwrap_or(path).display().to_string()
}
