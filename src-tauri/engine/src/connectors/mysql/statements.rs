//! Statements of a run besides those that write its rows.
//!
//! The server commits each statement of DDL by itself. So with a checkpoint a row says before and after each of them how
//! far it came, and the same call goes on where another one ended, however that ended. Statements that change rows and
//! stand one after the other make one transaction, with their marks in it. `set` speaks to the session, so it is sent
//! each time.

use mysql_async::prelude::Queryable;

use super::Checkpoint;
use super::checkpoints::{self, Marker, Progress};
use super::connect::Session;
use super::dialect::{literal, quote};
use super::errors::from_driver;
use super::write::Writer;
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Definition,
    Rows,
    Session,
}

fn kind_of(statement: &str) -> Kind {
    match statement.split(' ').next() {
        Some("delete" | "insert" | "update") => Kind::Rows,
        Some("set") => Kind::Session,
        _ => Kind::Definition,
    }
}

pub(super) async fn apply(writer: &Writer, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()> {
    let mut session = writer.server.session().await?;
    let mut in_transaction = false;
    for (place, statement) in statements.iter().enumerate() {
        let what = format!("the statement failed: {}", first_line(statement));
        let kind = kind_of(statement);
        let marker = match checkpoint {
            Some(checkpoint) => Some(Marker::new(writer.default_schema()?, checkpoint, place, statement)),
            None => None,
        };
        match kind {
            Kind::Session => {
                session.run(statement, &what).await?;
                continue;
            }
            Kind::Rows if !in_transaction => session.run("start transaction read write", &what).await?,
            Kind::Definition if in_transaction => session.run("commit", &what).await?,
            _ => {}
        }
        in_transaction = kind == Kind::Rows;
        let Some(marker) = marker else {
            session.run(statement, &what).await?;
            continue;
        };
        if kind == Kind::Rows {
            if marker.progress(&mut session).await? != Progress::Done {
                session.run(statement, &what).await?;
                marker.begun(&mut session).await?;
                marker.done(&mut session).await?;
            }
        } else {
            define(&mut session, &marker, statement, what).await?;
        }
    }
    let what = "the statements could not be committed";
    match checkpoint {
        // In the transaction of the last ones, if there is one.
        Some(checkpoint) => {
            checkpoints::insert(&mut session, writer.default_schema()?, checkpoint).await?;
            if in_transaction {
                session.run("commit", what).await?;
            }
        }
        None if in_transaction => session.run("commit", what).await?,
        None => {}
    }
    session.finish();
    Ok(())
}

async fn define(session: &mut Session, marker: &Marker<'_>, statement: &str, what: String) -> Result<()> {
    let before = marker.progress(session).await?;
    if before == Progress::Done {
        return Ok(());
    }
    if before == Progress::New {
        marker.begun(session).await?;
    }
    match session.connection().query_drop(statement).await {
        // Sent before by a process that did not live to note that it was carried out.
        Err(mysql_async::Error::Server(e)) if before == Progress::Begun && is_done_already(e.code) => {}
        done => done.map_err(|e| from_driver(e, what))?,
    }
    marker.done(session).await
}

/// Does the code say that the statement's work is there: a table, column or key of the name, or nothing to drop?
fn is_done_already(code: u16) -> bool {
    matches!(code, 1007 | 1050 | 1051 | 1060 | 1061 | 1091 | 1826 | 1822 | 3822 | 121)
}

/// Enough of a statement to know it; it holds names, no values.
fn first_line(statement: &str) -> String {
    let line = statement.lines().next().unwrap_or_default();
    // Constants stand in comments and defaults only, behind all names.
    let line = line.split('\'').next().unwrap_or_default().trim_end();
    line.chars().take(200).collect()
}

/// The server would drop a database with all that is in it.
pub(super) async fn drop_database_if_empty(writer: &Writer, schema: &str) -> Result<bool> {
    let what = format!("the database {schema} could not be dropped");
    let name = literal(schema);
    let holds = [("tables", "table_schema"), ("routines", "routine_schema"), ("events", "event_schema")]
        .map(|(kind, column)| format!("(select count(*) from information_schema.{kind} where {column} = {name})"));
    let mut session = writer.server.session().await?;
    let there = format!("select count(*) from information_schema.schemata where schema_name = {name}");
    let exists = session.ask::<u64>(&there, &what).await?.pop().unwrap_or(0) > 0;
    let held = session.ask::<u64>(&format!("select {}", holds.join(" + ")), &what).await?.pop();
    let drops = exists && held == Some(0);
    if drops {
        session.run(&format!("drop database {}", quote(schema)), &what).await?;
    }
    session.finish();
    Ok(drops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialects_statements_are_of_their_kinds() {
        assert_eq!(kind_of("delete child from `a`.`b` as child left join"), Kind::Rows);
        assert_eq!(kind_of("insert into `a`.`b` (`c`) select `c` from `a`.`d`"), Kind::Rows);
        assert_eq!(kind_of("alter table `delete`.`b` drop column `c`"), Kind::Definition);
        assert_eq!(kind_of("set foreign_key_checks = 0"), Kind::Session);
    }
}
