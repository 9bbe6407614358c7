//! Questions about writing files, whose rows are seen when they are published and not before.

use std::sync::Arc;

use rowferry_engine::catalog::Table;
use rowferry_engine::connectors::{Access, Checkpoint, Connection, Write};

use super::sample::{Row, Sample, batch, every_type, numbered, read_all};
use super::{Harness, Place};

/// A folder in which a run has prepared its tables.
struct Target {
    place: Place,
    connection: Arc<dyn Connection>,
    table: Table,
}

const PREPARED: u32 = 1_000;
const FINISHED: u32 = 1_001;

fn checkpoint(run: &str, step: u32, chunk: u32) -> Checkpoint {
    let fingerprint = "f".to_string();
    let run = run.to_string();
    Checkpoint { run, fingerprint, step, chunk, read: 10, written: 7, rejected: 2, filtered: 1, bytes: 1 << 40 }
}

/// The sample's table with the types that the format keeps.
fn planned(connection: &dyn Connection, sample: &Sample) -> Table {
    let mut table = sample.in_schema("files");
    for column in &mut table.columns {
        column.logical = connection.dialect().stored_as(&column.logical);
    }
    table
}

impl Target {
    async fn new<H: Harness>(harness: &H, existing: &[Sample], sample: &Sample) -> Target {
        let place = harness.source(existing).await;
        let connection = place.open(Access::ReadWrite).await;
        let table = planned(&*connection, sample);
        let target = Target { place, connection, table };
        target.writer().prepare_checkpoints().await.unwrap();
        target
    }

    fn writer(&self) -> &dyn Write {
        self.connection.write().expect("it was opened for writing")
    }

    fn create(&self) -> Vec<String> {
        self.connection.dialect().create_table(&self.table)
    }

    fn empty(&self) -> Vec<String> {
        vec![self.connection.dialect().delete_all(&self.table.name)]
    }

    async fn prepare(&self, statements: &[String]) {
        self.writer().apply(statements, Some(&checkpoint("run", PREPARED, 0))).await.expect("the run is prepared");
    }

    async fn publish(&self) {
        let publish = self.connection.dialect().publish(&self.table.name).expect("files are published");
        self.writer().apply(&[publish], Some(&checkpoint("run", FINISHED, 0))).await.expect("the file is published");
    }

    async fn load(&self, rows: &[Row], chunk: u32) {
        let columns: Vec<_> = self.table.columns.iter().map(|c| c.name.clone()).collect();
        let mut writer = self.writer().begin(&self.table, &columns).await.expect("a chunk begins");
        let batch = batch(&self.writer().schema(&self.table, &columns).unwrap(), rows);
        assert!(writer.write(&batch).await.expect("the rows are written") > 0);
        writer.commit(&checkpoint("run", 0, chunk)).await.expect("the rows are committed");
    }

    async fn rows(&self) -> Vec<Row> {
        read_all(&*self.connection, &self.table).await
    }

    fn entries(&self) -> Vec<String> {
        let folder = self.place.endpoint.url.path().unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    async fn tables(&self) -> Vec<String> {
        self.connection.catalog().await.unwrap().tables().map(|t| t.name.table.clone()).collect()
    }
}

pub async fn what_was_published_reads_back<H: Harness>(harness: &H) {
    let sample = every_type();
    let target = Target::new(harness, &[], &sample).await;
    target.prepare(&target.create()).await;
    // The chunks come in any order.
    target.load(&sample.rows[1..], 1).await;
    target.load(&sample.rows[..1], 0).await;
    assert_eq!(target.tables().await, Vec::<String>::new(), "nothing is seen before it is published");
    target.publish().await;
    assert_eq!(target.rows().await, sample.rows);
    target.writer().forget_checkpoints("run").await.unwrap();
    assert_eq!(target.entries().len(), 1, "{:?}", target.entries());
    assert_eq!(target.tables().await, ["every_type"]);
}

pub async fn a_table_without_rows_is_a_file_with_columns<H: Harness>(harness: &H) {
    let sample = every_type();
    let target = Target::new(harness, &[], &sample).await;
    target.prepare(&target.create()).await;
    target.publish().await;
    assert_eq!(target.rows().await, Vec::<Row>::new());
    let catalog = target.connection.catalog().await.unwrap();
    let names: Vec<_> = catalog.tables().flat_map(|t| &t.columns).map(|c| c.name.clone()).collect();
    assert_eq!(names, sample.table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>());
}

pub async fn a_chunk_is_in_once_or_not_at_all<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, &[], &sample).await;
    target.prepare(&target.create()).await;
    target.load(&sample.rows, 3).await;
    let columns: Vec<_> = target.table.columns.iter().map(|c| c.name.clone()).collect();
    let rows = batch(&target.writer().schema(&target.table, &columns).unwrap(), &sample.rows);
    let mut chunks = Vec::new();
    for _ in 0..3 {
        let mut chunk = target.writer().begin(&target.table, &columns).await.unwrap();
        chunk.write(&rows).await.unwrap();
        chunks.push(chunk);
    }
    drop(chunks.pop());
    chunks.pop().unwrap().rollback().await.unwrap();
    assert!(chunks.pop().unwrap().commit(&checkpoint("run", 0, 3)).await.is_err(), "it is written already");
    let found = target.writer().checkpoints("run").await.unwrap();
    assert_eq!(found, [checkpoint("run", 0, 3), checkpoint("run", PREPARED, 0)]);
    target.publish().await;
    assert_eq!(target.rows().await.len(), sample.rows.len());
}

pub async fn old_rows_stay_until_the_new_ones_are_published<H: Harness>(harness: &H) {
    let old = numbered("numbered", 20, 8);
    let new = Sample { rows: vec![vec![Some("-7".into()), Some("new".into())]], ..old.clone() };
    for keeps in [true, false] {
        let target = Target::new(harness, std::slice::from_ref(&old), &old).await;
        let folder = target.place.endpoint.url.path().unwrap().to_path_buf();
        let file = folder.join(target.entries().remove(0));
        let before = std::fs::read(&file).unwrap();
        target.prepare(&if keeps { Vec::new() } else { target.empty() }).await;
        target.load(&new.rows, 0).await;
        assert_eq!(target.rows().await.len(), old.rows.len());
        target.publish().await;
        let mut expected = if keeps { old.rows.clone() } else { Vec::new() };
        expected.extend(new.rows.clone());
        expected.sort();
        assert_eq!(target.rows().await, expected);
        // A process that was killed between the publishing and its mark publishes again.
        let run = folder.join(".rowferry-run");
        let mark = run.join(format!("{FINISHED:010}-{:010}.mark", 0));
        std::fs::remove_file(&mark).unwrap();
        target.publish().await;
        assert_eq!(target.rows().await, expected, "published twice");
        // One that was killed just before the rename has the new file ready, and goes on with it.
        std::fs::remove_file(&mark).unwrap();
        let listed = std::fs::read_dir(&run).unwrap().map(|e| e.unwrap().path());
        let published = listed.filter(|f| f.extension().is_some_and(|e| e == "published")).collect::<Vec<_>>();
        std::fs::rename(&file, published[0].with_extension("ready")).unwrap();
        std::fs::write(&file, &before).unwrap();
        target.publish().await;
        assert_eq!(target.rows().await, expected, "published once more");
        // One that was killed while it made the new file makes it anew.
        std::fs::remove_file(&mark).unwrap();
        std::fs::remove_file(&published[0]).unwrap();
        std::fs::write(published[0].with_extension("ready"), "half").unwrap();
        std::fs::write(&file, &before).unwrap();
        target.publish().await;
        assert_eq!(target.rows().await, expected, "made anew");
        assert_eq!(target.writer().checkpoints("run").await.unwrap().len(), 3);
    }
}

pub async fn checkpoints_of_a_run_are_forgotten_alone<H: Harness>(harness: &H) {
    let target = Target::new(harness, &[], &numbered("numbered", 0, 0)).await;
    let writer = target.writer();
    for (run, chunk) in [("one", 1), ("two", 0), ("one", 0)] {
        let chunk = checkpoint(run, 0, chunk);
        writer.begin(&target.table, &[]).await.unwrap().commit(&chunk).await.unwrap();
    }
    assert_eq!(writer.checkpoints("one").await.unwrap(), [checkpoint("one", 0, 0), checkpoint("one", 0, 1)]);
    writer.forget_checkpoints("one").await.unwrap();
    assert_eq!(writer.checkpoints("one").await.unwrap(), []);
    assert_eq!(writer.checkpoints("two").await.unwrap(), [checkpoint("two", 0, 0)]);
    writer.forget_checkpoints("two").await.unwrap();
    writer.forget_checkpoints("two").await.unwrap();
}

pub async fn statements_without_a_run_are_obeyed_at_once_or_not_at_all<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 20, 8);
    let target = Target::new(harness, std::slice::from_ref(&sample), &sample).await;
    let writer = target.writer();
    let dialect = target.connection.dialect();
    let error = writer.apply(&target.create(), None).await.unwrap_err();
    assert!(error.to_string().contains("numbered"), "{error}");
    let more = &Sample::new("", &[("more", rowferry_engine::types::LogicalType::TEXT)]).table.columns[0];
    assert!(writer.apply(&[dialect.add_column(&target.table.name, more)], None).await.is_err());
    assert_eq!(target.rows().await.len(), sample.rows.len());
    writer.apply(&target.empty(), None).await.unwrap();
    assert_eq!(target.connection.read().count(&target.table).await.unwrap(), 0);
    writer.apply(&[dialect.drop_table(&target.table.name)], None).await.unwrap();
    assert_eq!(target.entries(), Vec::<String>::new());
    let mut odd = target.table.clone();
    odd.name.table = "../up".into();
    assert!(writer.apply(&dialect.create_table(&odd), None).await.is_err(), "no file can have this name");
}

pub async fn a_column_is_added_when_the_old_rows_go<H: Harness>(harness: &H) {
    let old = numbered("numbered", 20, 8);
    let mut target = Target::new(harness, std::slice::from_ref(&old), &old).await;
    let more = Sample::new("", &[("more", rowferry_engine::types::LogicalType::TEXT)]).table.columns.remove(0);
    let mut statements = vec![target.connection.dialect().add_column(&target.table.name, &more)];
    statements.extend(target.empty());
    target.table.columns.push(more);
    target.prepare(&statements).await;
    let row = vec![Some("1".to_string()), None, Some("x".into())];
    target.load(std::slice::from_ref(&row), 0).await;
    target.publish().await;
    assert_eq!(target.rows().await, [row]);
}
