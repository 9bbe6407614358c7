//! Reading, checking and writing the document.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use super::{Connection, FORMAT, Project, TableMapping};
use crate::error::{Error, ErrorContext, ErrorKind, Result};

/// Reads and checks a project file. Errors name the file and the path in it.
pub fn read(path: &Path) -> Result<Project> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::from(e).file(path.display())).map_err(|mut e| {
        e.what = format!("the project file {} cannot be read", path.display());
        e
    })?;
    parse(&text).map_err(|e| e.file(path.display()))
}

/// Reads and checks a project's text.
///
/// # Errors
/// `InvalidProject` with the path in the document, and line and character where the text itself is at fault.
pub fn parse(text: &str) -> Result<Project> {
    let mut json = serde_json::Deserializer::from_str(text);
    let project: Project = serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.into_inner();
        let what = if inner.is_data() {
            format!("the project is not valid at {path}")
        } else {
            "the project file is not valid JSON".to_string()
        };
        let error = Error::new(ErrorKind::InvalidProject, what).at(inner.line() as u64, inner.column() as u64);
        let message = inner.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message).to_string();
        if path == "." { error.detail(message) } else { error.path(path).detail(message) }
    })?;
    json.end().or_error(ErrorKind::InvalidProject, "the project file holds text after its end")?;
    validate(&project)?;
    Ok(project)
}

/// Checks what serde cannot: versions, references and bounds.
pub fn validate(project: &Project) -> Result<()> {
    let invalid = |path: String, what: String| Err(Error::new(ErrorKind::InvalidProject, what).path(path));
    if project.rowferry != FORMAT {
        return invalid(
            "rowferry".into(),
            format!("this file has form {}, and this version of Rowferry reads form {FORMAT}", project.rowferry),
        );
    }
    for (role, name) in [("source", &project.source), ("target", &project.target)] {
        if !project.connections.is_empty() && !project.connections.contains_key(name) {
            let known: Vec<_> = project.connections.keys().map(String::as_str).collect();
            return invalid(
                role.into(),
                format!("{role} names the connection {name:?}, which is not among {}", known.join(", ")),
            );
        }
    }
    for (name, connection) in &project.connections {
        refuse_password(name, connection)?;
    }
    let mut targets = HashSet::new();
    for (t, table) in project.tables.iter().enumerate() {
        if !targets.insert(&table.to) {
            return invalid(format!("tables[{t}].to"), format!("the target table {} is mapped twice", table.to));
        }
        validate_table(t, table)?;
    }
    let o = &project.options;
    if !(1..=10_000_000).contains(&o.chunk_rows) {
        return invalid("options.chunk_rows".into(), "chunk_rows is 1 to 10,000,000".into());
    }
    if o.reject_share.is_some_and(|share| !(0.0..=100.0).contains(&share)) {
        return invalid("options.reject_share".into(), "reject_share is 0 to 100 percent".into());
    }
    if !(65_536..=268_435_456).contains(&o.batch_bytes) {
        return invalid("options.batch_bytes".into(), "batch_bytes is 65,536 to 268,435,456".into());
    }
    Ok(())
}

fn validate_table(t: usize, table: &TableMapping) -> Result<()> {
    let mut seen = HashSet::new();
    for (c, column) in table.columns.iter().enumerate() {
        let path = format!("tables[{t}].columns[{c}]");
        let invalid = |what: String| {
            Err(Error::new(ErrorKind::InvalidProject, what)
                .path(path.clone())
                .table(table.to.to_string())
                .column(&column.to))
        };
        if !seen.insert(&column.to) {
            return invalid(format!("the column {} of {} is mapped twice", column.to, table.to));
        }
        if column.expression.is_none() && column.from.len() != 1 {
            return invalid(format!(
                "the column {} of {} needs one source column, or an expression",
                column.to, table.to
            ));
        }
        if let Some(score) = column.suggestion.as_ref().map(|s| s.score)
            && !(0.0..=1.0).contains(&score)
        {
            return invalid("a score is between 0 and 1".into());
        }
        if table.skipped.contains(&column.to) {
            return invalid(format!("the column {} of {} is both mapped and skipped", column.to, table.to));
        }
    }
    Ok(())
}

fn refuse_password(name: &str, connection: &Connection) -> Result<()> {
    if crate::connectors::url::holds_password(&connection.url) {
        return Err(Error::new(
            ErrorKind::InvalidProject,
            format!("the URL of connection {name:?} holds a password, which a project file never does"),
        )
        .path(format!("connections.{name}.url"))
        .hint("Take the password out of the URL; it comes from the keychain, from ROWFERRY_PASSWORD_<CONNECTION> or from a prompt."));
    }
    Ok(())
}

/// Writes the document whole or not at all: a new file beside it, then a rename.
pub fn write(project: &Project, path: &Path) -> Result<()> {
    validate(project)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let mut text =
        serde_json::to_string_pretty(project).or_error(ErrorKind::Internal, "the project cannot be written as JSON")?;
    text.push('\n');
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        let _ = std::fs::remove_file(&beside);
        let mut error = Error::from(e).file(path.display());
        error.what = format!("the project file {} cannot be written", path.display());
        error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"rowferry":1,"name":"n","connections":{"a":{"url":"sqlite:a.db"},"b":{"url":"sqlite:b.db"}},
        "source":"a","target":"b","tables":[{"from":{"schema":"main","table":"T"},"to":{"schema":"main","table":"t"},
        "columns":[{"to":"x","from":["X"]}]}]}"#;

    #[test]
    fn an_unknown_field_is_named_with_its_path() {
        let error = parse(&SMALL.replace("\"to\":\"x\"", "\"to\":\"x\",\"form\":[]")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidProject);
        assert_eq!(error.context.path.as_deref(), Some("tables[0].columns[0].form"));
        assert!(error.context.line.is_some());
    }

    #[test]
    fn a_broken_reference_is_named_with_its_path() {
        let error = parse(&SMALL.replace("\"source\":\"a\"", "\"source\":\"c\"")).unwrap_err();
        assert_eq!(error.context.path.as_deref(), Some("source"));
        assert!(error.to_string().contains("\"c\""), "{error}");
    }

    #[test]
    fn a_password_is_refused() {
        let error = parse(&SMALL.replace("sqlite:a.db", "postgres://u:secret@h/db")).unwrap_err();
        assert_eq!(error.context.path.as_deref(), Some("connections.a.url"));
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let project = parse(SMALL).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.rowferry.json");
        write(&project, &path).unwrap();
        assert_eq!(read(&path).unwrap(), project);
    }
}
