//! Reading rows from JSON files.
//!
//! Ranges are bytes between documents; a position is the number of a document. A document's rows are all in the range
//! that its first byte is in.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use futures::stream;
use tokio::sync::mpsc;

use super::JsonConnection;
use super::layout::{Layout, Slot, Stop};
use super::rows::{Maker, Row, Taker, fault};
use super::source::{Document, Source};
use crate::catalog::Table;
use crate::connectors::cells::RowsBuilder;
use crate::connectors::files::blocking;
use crate::connectors::stand_in::StandIns;
use crate::connectors::{Range, Read, RowStream, Rows, Scan};
use crate::error::{Error, ErrorKind, Result};

/// Batches that wait for their reader.
const WAITING: usize = 2;

/// Documents between two looks whether anybody still listens.
const LOOK_EVERY: u64 = 4_096;

#[async_trait]
impl Read for JsonConnection {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let fields = columns
            .iter()
            .map(|name| {
                let column = table.column(name).ok_or_else(|| {
                    Error::new(ErrorKind::NotFound, format!("table {} has no column {name}", table.name))
                        .table(table.name.to_string())
                        .column(name)
                })?;
                Ok(Field::new(name, column.logical.arrow(), true))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }

    fn position_word(&self, _table: &Table) -> &'static str {
        "document"
    }

    /// One pass over the structure of the files. Ranges hold about `rows` documents, also those of a child table.
    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (root, _) = connection.locate(&table)?;
            let mut source = Source::open(&root, &Range::All)?;
            let mut ranges = Vec::new();
            let mut first = None;
            let mut found = 0;
            while let Some(Document { place, .. }) = source.advance()? {
                let (from, line, number) = *first.get_or_insert((place.at, place.line, place.number));
                if found == rows.max(1) {
                    ranges.push(Range::Documents { from, to: place.at, line, number });
                    first = Some((place.at, place.line, place.number));
                    found = 0;
                }
                found += 1;
            }
            if let Some((from, line, number)) = first {
                ranges.push(Range::Documents { from, to: source.at(), line, number });
            }
            Ok(ranges)
        })
        .await
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let connection = self.clone();
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(e) = read(&connection, &scan, schema, &sender) {
                // The receiver is gone when the scan was dropped: then nobody wants the error.
                let _ = sender.blocking_send(Err(e.table(scan.table.name.to_string()).range(&scan.range)));
            }
        });
        Ok(Box::pin(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|rows| (rows, receiver))
        })))
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (root, keys) = connection.locate(&table)?;
            let layout = Layout::new(&table, &root.name, &keys, &[]);
            let mut source = Source::open(&root, &Range::All)?;
            let mut counting = Counting(0);
            let mut maker = Maker::new(&layout);
            while let Some(document) = source.advance()? {
                match layout.way {
                    None => counting.0 += 1,
                    Some(_) => drop(maker.rows(&document, &mut counting)?),
                }
            }
            Ok(counting.0)
        })
        .await
    }
}

struct Counting(u64);

impl Taker for Counting {
    fn row(&mut self, _row: &Row<'_>) -> Result<bool> {
        self.0 += 1;
        Ok(true)
    }

    fn fault(&mut self, _text: &str, _own: Option<Slot>, _stop: Stop) -> Result<bool> {
        self.0 += 1;
        Ok(true)
    }
}

/// Builds batches and hands them on.
struct Building<'a> {
    layout: &'a Layout,
    stand_ins: StandIns,
    builder: RowsBuilder,
    sender: &'a mpsc::Sender<Result<Rows>>,
    left: u64,
    document: Option<&'a Document<'a>>,
    file: Option<String>,
}

impl Taker for Building<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<bool> {
        let Building { layout, builder, stand_ins, .. } = self;
        let mut stands_in = |column: usize, why: &'static str| {
            let stands_in = stand_ins.has(column);
            if stands_in {
                builder.stand_in(column, why);
            }
            stands_in
        };
        match row.cells(layout, &mut stands_in) {
            Ok(cells) => self.builder.row(Some(row.number), &cells)?,
            Err(stop) => return self.fault(row.text, Some(row.own.clone()), stop),
        }
        self.added()
    }

    fn fault(&mut self, text: &str, own: Option<Slot>, stop: Stop) -> Result<bool> {
        if let Some(document) = self.document {
            self.builder.fault(fault(document, self.file.as_deref(), text, own, stop));
        }
        self.added()
    }
}

impl Building<'_> {
    fn added(&mut self) -> Result<bool> {
        self.left -= 1;
        if self.builder.is_full() && self.sender.blocking_send(self.builder.take()).is_err() {
            return Ok(false);
        }
        Ok(self.left > 0)
    }
}

fn read(
    connection: &JsonConnection,
    scan: &Scan,
    schema: SchemaRef,
    sender: &mpsc::Sender<Result<Rows>>,
) -> Result<()> {
    let (root, keys) = connection.locate(&scan.table)?;
    let layout = Layout::new(&scan.table, &root.name, &keys, &scan.columns);
    if layout.wanted.len() != scan.columns.len() {
        return Err(Error::internal("a column of a JSON table is no path"));
    }
    let mut source = Source::open(&root, &scan.range)?;
    let mut maker = Maker::new(&layout);
    let mut builder = Some(RowsBuilder::new(schema, true, scan.batch_bytes)?);
    let mut left = scan.limit.unwrap_or(u64::MAX);
    let mut documents = 0u64;
    while left > 0 {
        let Some(document) = source.advance()? else { break };
        documents += 1;
        let name = || root.files[document.place.file].0.file_name().map(|n| n.to_string_lossy().into_owned());
        let Some(collected) = builder.take() else { break };
        let mut building = Building {
            layout: &layout,
            stand_ins: StandIns::of(&scan.table, &scan.columns),
            builder: collected,
            sender,
            left,
            document: Some(&document),
            file: if root.files.len() > 1 { name() } else { None },
        };
        let on = maker.rows(&document, &mut building)?;
        left = building.left;
        builder = Some(building.builder);
        if sender.is_closed() && (!on || documents.is_multiple_of(LOOK_EVERY)) {
            return Ok(());
        }
    }
    if let Some(mut builder) = builder
        && !builder.is_empty()
    {
        // Nobody listens any more when this fails.
        let _ = sender.blocking_send(builder.take());
    }
    Ok(())
}
