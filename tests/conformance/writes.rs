//! Questions about writing. The place is made empty by the harness, the tables by the connector's own dialect.

use std::sync::Arc;

use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::{Identity, Index, Table};
use rowferry_engine::connectors::{Access, Checkpoint, ChunkWriter, Connection, Write};
use rowferry_engine::error::Advice;
use rowferry_engine::types::LogicalType;

use super::reads::found;
use super::sample::{Row, Sample, batch, every_type, numbered, read_all, shown};
use super::{Harness, Place};

struct Target {
    place: Place,
    connection: Arc<dyn Connection>,
}

impl Target {
    /// A new database in which the connector has made these tables.
    async fn new<H: Harness>(harness: &H, samples: &[&Sample]) -> Target {
        let place = harness.source(&[]).await;
        let connection = place.open(Access::ReadWrite).await;
        let target = Target { place, connection };
        let dialect = target.connection.dialect();
        let tables: Vec<_> = samples.iter().map(|s| s.in_schema(target.place.schema)).collect();
        let statements: Vec<_> = tables.iter().flat_map(|t| dialect.create_table(t)).collect();
        target.writer().apply(&statements, None).await.expect("the tables can be made");
        target.writer().prepare_checkpoints().await.expect("checkpoints can be prepared");
        target
    }

    fn writer(&self) -> &dyn Write {
        self.connection.write().expect("it was opened for writing")
    }

    /// The table as the catalog has it now.
    async fn table(&self, name: &str) -> Table {
        found(&self.connection.catalog().await.unwrap(), &self.place, name).clone()
    }

    async fn begin(&self, table: &Table) -> Box<dyn ChunkWriter> {
        self.writer().begin(table, &names(table)).await.expect("a chunk begins")
    }

    fn batch(&self, table: &Table, rows: &[Row]) -> datafusion::arrow::array::RecordBatch {
        batch(&self.writer().schema(table, &names(table)).unwrap(), rows)
    }

    async fn load(&self, table: &Table, rows: &[Row]) {
        let mut chunk = self.begin(table).await;
        chunk.write(&self.batch(table, rows)).await.expect("the rows are written");
        chunk.commit(&checkpoint("load", 0)).await.expect("the rows are committed");
    }

    async fn count(&self, table: &Table) -> u64 {
        self.connection.read().count(table).await.unwrap()
    }
}

fn names(table: &Table) -> Vec<String> {
    table.columns.iter().map(|c| c.name.clone()).collect()
}

fn checkpoint(run: &str, chunk: u32) -> Checkpoint {
    Checkpoint {
        run: run.into(),
        fingerprint: "f".into(),
        step: 2,
        chunk,
        read: 10,
        written: 7,
        rejected: 2,
        filtered: 1,
        bytes: 1 << 40,
    }
}

fn row(values: &[Option<&str>]) -> Row {
    values.iter().map(|v| v.map(String::from)).collect()
}

pub async fn what_was_written_reads_back<H: Harness>(harness: &H) {
    let sample = every_type();
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("every_type").await;
    let dialect = target.connection.dialect();
    for (made, asked) in table.columns.iter().zip(&sample.table.columns) {
        // A key may have been widened to what numbers rows.
        if asked.name != "id" {
            assert_eq!(made.logical, dialect.stored_as(&asked.logical), "{}", asked.name);
        }
        assert_eq!(made.nullable, asked.nullable, "{}", asked.name);
    }
    assert_eq!(table.primary_key.as_ref().unwrap().columns, ["id"]);
    target.load(&table, &sample.rows).await;
    assert_eq!(read_all(&*target.connection, &table).await, shown(harness, &sample));
}

pub async fn batches_of_any_size_are_written<H: Harness>(harness: &H) {
    let target = Target::new(harness, &[&numbered("numbered", 0, 0)]).await;
    let table = target.table("numbered").await;
    let rows: Vec<Row> = (0..3_000).map(|i| vec![Some(format!("{}", 1_000_000 + i)), Some(format!("n{i}"))]).collect();
    let mut chunk = target.begin(&table).await;
    let mut rest = &rows[..];
    for size in [0, 1, 2, 49, 50, 51, 499, 500, 501, usize::MAX] {
        let (now, later) = rest.split_at(size.min(rest.len()));
        let bytes = chunk.write(&target.batch(&table, now)).await.unwrap();
        assert_eq!(bytes > 0, !now.is_empty());
        rest = later;
    }
    chunk.commit(&checkpoint("run", 0)).await.unwrap();
    assert_eq!(read_all(&*target.connection, &table).await, rows);
}

pub async fn a_refused_row_takes_its_batch_back_and_no_more<H: Harness>(harness: &H) {
    let target = Target::new(harness, &[&numbered("numbered", 0, 0)]).await;
    let table = target.table("numbered").await;
    let good = |id: &str| row(&[Some(id), Some("good")]);
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &[good("1"), good("2")])).await.unwrap();
    for _ in 0..3 {
        let error = chunk.write(&target.batch(&table, &[good("3"), good("1"), good("4")])).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Constraint, "{error}");
        assert_eq!(error.kind.advice(), Advice::RejectRows);
    }
    chunk.write(&target.batch(&table, &[good("5")])).await.unwrap();
    chunk.commit(&checkpoint("run", 0)).await.unwrap();
    assert_eq!(read_all(&*target.connection, &table).await, [good("1"), good("2"), good("5")]);
}

pub async fn a_refusal_names_table_and_column_but_no_value<H: Harness>(harness: &H) {
    let columns = [("id", LogicalType::INT64), ("code", LogicalType::TEXT), ("must", LogicalType::TEXT)];
    let mut sample = Sample::new("strict", &columns).key(&["id"]).unique(&["code"]);
    sample.table.columns[2].nullable = false;
    let target = Target::new(harness, &[&sample]).await;
    // Where a unique key can be added to a table that exists, it is.
    let after = target.connection.dialect().after_load(&sample.in_schema(target.place.schema));
    target.writer().apply(&after, None).await.unwrap();
    let table = target.table("strict").await;
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &[row(&[Some("1"), Some("hush-hush"), Some("x")])])).await.unwrap();
    let again = row(&[Some("2"), Some("hush-hush"), Some("x")]);
    let missing = row(&[Some("3"), Some("hush-hush-too"), None]);
    for (bad, column) in [(again, "code"), (missing, "must")] {
        let error = chunk.write(&target.batch(&table, &[bad])).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Constraint);
        let text = format!("{error}");
        assert!(text.contains("strict") && text.contains(column), "{text}");
        assert!(!text.contains("hush"), "{text}");
        assert_eq!(error.context.table, Some(table.name.to_string()));
    }
    chunk.rollback().await.unwrap();
}

pub async fn rows_and_checkpoint_are_committed_together<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("numbered").await;
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &sample.rows)).await.unwrap();
    assert_eq!(target.count(&table).await, 0, "nothing is seen before the commit");
    assert_eq!(target.writer().checkpoints("run").await.unwrap(), []);
    chunk.commit(&checkpoint("run", 3)).await.unwrap();
    assert_eq!(read_all(&*target.connection, &table).await.len(), sample.rows.len());
    assert_eq!(target.writer().checkpoints("run").await.unwrap(), [checkpoint("run", 3)]);
    // The same chunk a second time is refused with all its rows.
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &[row(&[Some("-7"), Some("twice")])])).await.unwrap();
    assert!(chunk.commit(&checkpoint("run", 3)).await.is_err());
    assert_eq!(target.count(&table).await, sample.rows.len() as u64);
}

pub async fn a_rollback_leaves_nothing<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("numbered").await;
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &sample.rows)).await.unwrap();
    chunk.rollback().await.unwrap();
    assert_eq!(target.count(&table).await, 0);
    target.load(&table, &sample.rows).await;
    assert_eq!(target.count(&table).await, sample.rows.len() as u64);
}

pub async fn a_dropped_chunk_leaves_nothing<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("numbered").await;
    let mut chunk = target.begin(&table).await;
    chunk.write(&target.batch(&table, &sample.rows)).await.unwrap();
    drop(chunk);
    target.load(&table, &sample.rows[..5]).await;
    assert_eq!(target.count(&table).await, 5);
}

pub async fn checkpoints_of_a_run_are_forgotten_alone<H: Harness>(harness: &H) {
    let target = Target::new(harness, &[&numbered("numbered", 0, 0)]).await;
    let table = target.table("numbered").await;
    let writer = target.writer();
    for (run, chunk) in [("one", 1), ("two", 0), ("one", 0)] {
        target.begin(&table).await.commit(&checkpoint(run, chunk)).await.unwrap();
    }
    assert_eq!(writer.checkpoints("one").await.unwrap(), [checkpoint("one", 0), checkpoint("one", 1)]);
    writer.forget_checkpoints("one").await.unwrap();
    assert_eq!(writer.checkpoints("one").await.unwrap(), []);
    assert_eq!(writer.checkpoints("two").await.unwrap(), [checkpoint("two", 0)]);
    let tables: Vec<_> = target.connection.catalog().await.unwrap().tables().map(|t| t.name.table.clone()).collect();
    assert_eq!(tables, ["numbered"], "the checkpoint table is nobody's");
    writer.forget_checkpoints("two").await.unwrap();
    writer.forget_checkpoints("two").await.unwrap();
    assert_eq!(writer.checkpoints("two").await.unwrap(), []);
    writer.prepare_checkpoints().await.unwrap();
    writer.prepare_checkpoints().await.unwrap();
}

pub async fn the_next_number_is_free<H: Harness>(harness: &H) {
    let mut sample = numbered("numbered", 0, 0);
    sample.table.columns[0].identity = Some(Identity::ByDefault);
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("numbered").await;
    assert!(table.columns[0].identity.is_some());
    assert_eq!(target.writer().set_sequences(&table).await.unwrap(), [], "an empty table is left as it is");
    target.load(&table, &[row(&[Some("41"), Some("x")]), row(&[Some("7"), Some("y")])]).await;
    let set = target.writer().set_sequences(&table).await.unwrap();
    assert_eq!(set.iter().map(|s| (s.column.as_str(), s.next)).collect::<Vec<_>>(), [("id", 42)]);
    assert_eq!(harness.next_number(&target.place, "numbered", "id").await, 42);
}

pub async fn orphans_are_counted<H: Harness>(harness: &H) {
    // Loaded without the reference, as a run does before it adds it.
    let parent = Sample::new("parent", &[("id", LogicalType::INT64)]).key(&["id"]);
    let child = Sample::new("child", &[("id", LogicalType::INT64), ("up", LogicalType::INT64)]).key(&["id"]);
    let with_reference = child.clone().references("up", "parent", "id").in_schema("");
    let target = Target::new(harness, &[&parent, &child]).await;
    let (parent, child) = (target.table("parent").await, target.table("child").await);
    let mut key = with_reference.foreign_keys[0].clone();
    key.references.schema = target.place.schema.into();
    target.load(&parent, &[row(&[Some("1")])]).await;
    let mut chunk = target.begin(&child).await;
    let rows = [
        row(&[Some("1"), Some("1")]),
        row(&[Some("2"), None]),
        row(&[Some("3"), Some("9")]),
        row(&[Some("4"), Some("8")]),
    ];
    chunk.write(&target.batch(&child, &rows)).await.unwrap();
    chunk.commit(&checkpoint("load", 1)).await.unwrap();
    assert_eq!(target.writer().orphans(&child, &key).await.unwrap(), 2);
}

pub async fn statements_are_applied_all_or_none<H: Harness>(harness: &H) {
    let target = Target::new(harness, &[]).await;
    let dialect = target.connection.dialect();
    let table = numbered("numbered", 0, 0).in_schema(target.place.schema);
    let mut statements = dialect.create_table(&table);
    statements.push(dialect.drop_table(&numbered("nowhere", 0, 0).in_schema(target.place.schema).name));
    let error = target.writer().apply(&statements, None).await.unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let made = target.connection.catalog().await.unwrap().tables().count();
    assert_eq!(made == 0, target.connection.descriptor().capabilities.transactional_ddl);
}

pub async fn what_comes_after_the_load_is_made<H: Harness>(harness: &H) {
    let parent = numbered("parent", 0, 0);
    let mut child = Sample::new("child", &[("id", LogicalType::INT64), ("up", LogicalType::INT64)])
        .key(&["id"])
        .unique(&["up", "id"])
        .references("up", "parent", "id");
    child.table.indexes.push(Index {
        name: "child by up".into(),
        columns: vec!["up".into(), "id".into()],
        unique: false,
        definition: "create index \"child by up\" on child (up, id)".into(),
    });
    let target = Target::new(harness, &[&parent, &child]).await;
    let wanted = child.in_schema(target.place.schema);
    target.writer().apply(&target.connection.dialect().after_load(&wanted), None).await.unwrap();
    let made = target.table("child").await;
    assert_eq!(made.unique_keys[0].columns, ["up", "id"]);
    assert_eq!(made.foreign_keys[0].references, target.table("parent").await.name);
    assert_eq!(
        made.indexes.iter().map(|i| &i.columns).collect::<Vec<_>>(),
        [&vec!["up".to_string(), "id".to_string()]],
        "the name is the dialect's to choose: one from elsewhere may be taken"
    );
}

pub async fn a_table_is_emptied_widened_and_dropped<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, &[&sample]).await;
    let table = target.table("numbered").await;
    let dialect = target.connection.dialect();
    target.load(&table, &sample.rows).await;
    let more = &Sample::new("", &[("more", LogicalType::TEXT)]).table.columns[0];
    target.writer().apply(&[dialect.add_column(&table.name, more)], None).await.unwrap();
    assert_eq!(names(&target.table("numbered").await), ["id", "note", "more"]);
    target.writer().apply(&[dialect.delete_all(&table.name)], None).await.unwrap();
    assert_eq!(target.count(&table).await, 0);
    target.writer().apply(&[dialect.drop_table(&table.name)], None).await.unwrap();
    assert_eq!(target.connection.catalog().await.unwrap().tables().count(), 0);
}
