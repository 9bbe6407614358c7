//! The number that the next row gets: proved by a copy of a row that is rolled back.

use super::connect::Session;
use super::dialect::{literal, quote, quote_table};
use super::{SequenceProof, SequenceSet};
use crate::catalog::Table;
use crate::error::{ErrorKind, Result};

/// InnoDB does not take a number back with its row, so the count is set again, which it does not let below the
/// greatest that is there: a proof that dies before that leaves a gap, and never a number twice.
pub(super) async fn prove(session: &mut Session, table: &Table, mut set: SequenceSet) -> Result<SequenceSet> {
    let what = format!("the next number of {} could not be proved", table.name);
    if !takes_tests(session, table, &what).await? {
        return Ok(set);
    }
    let name = quote_table(&table.name);
    let others = table.columns.iter().filter(|c| c.name != set.column && c.generated.is_none());
    let others = others.map(|c| quote(&c.name)).collect::<Vec<_>>().join(", ");
    let copy = match others.is_empty() {
        true => format!("insert into {name} () values ()"),
        false => format!("insert into {name} ({others}) select {others} from {name} limit 1"),
    };
    session.run("start transaction", &what).await?;
    let inserted = session.run(&copy, &what).await;
    let given = match &inserted {
        Ok(_) => session.ask::<i64>("select last_insert_id()", &what).await?.pop(),
        Err(_) => None,
    };
    session.run("rollback", &what).await?;
    session.run(&format!("alter table {name} auto_increment = {}", set.next), &what).await?;
    match (inserted, given) {
        (Ok(_), Some(given)) => (set.next, set.proof) = (given, SequenceProof::Inserted),
        // Another key of the copied row, or a check.
        (Err(e), _) if e.kind == ErrorKind::Constraint => {}
        (Err(e), _) if matches!(e.kind, ErrorKind::Transient | ErrorKind::Cancelled) => return Err(e),
        (Err(e), _) => set.proof = SequenceProof::Failed { reason: e.to_string() },
        (Ok(_), None) => {}
    }
    Ok(set)
}

/// Only where all of it is taken back: with transactions, and without triggers.
async fn takes_tests(session: &mut Session, table: &Table, what: &str) -> Result<bool> {
    let (schema, name) = (literal(&table.name.schema), literal(&table.name.table));
    let sql = format!(
        "select count(*) from information_schema.tables t join information_schema.engines e on e.engine = t.engine \
         where t.table_schema = {schema} and t.table_name = {name} and e.transactions = 'YES' and not exists (\
         select 1 from information_schema.triggers g where g.event_object_schema = {schema} \
         and g.event_object_table = {name} and g.event_manipulation = 'INSERT')"
    );
    Ok(session.ask::<i64>(&sql, what).await?.pop().unwrap_or(0) > 0)
}
