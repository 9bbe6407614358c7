//! What every connector must do, asked of each of them through the engine's own traits.
//!
//! A connector takes part with one file here: a `Harness` that makes databases by the database's own means (so that
//! they are the oracle), and one line of `answers_reads!` and, when it writes, of `answers_writes!`.

mod csv;
mod file_writes;
mod json;
mod json_property;
mod mysql;
mod parquet;
mod postgres;
mod reads;
mod sample;
mod sqlite;
mod writes;

use std::any::Any;
use std::sync::Arc;

use rowferry_engine::connectors::{Access, Connection, Endpoint, connect};
use rowferry_engine::types::LogicalType;
use sample::Sample;

/// A database made for one test, and whatever must live as long as it is used.
pub struct Place {
    pub endpoint: Endpoint,
    /// The schema that its tables are in.
    pub schema: &'static str,
    pub keep: Box<dyn Any + Send + Sync>,
}

impl Place {
    pub async fn open(&self, access: Access) -> Arc<dyn Connection> {
        connect(&self.endpoint, access).await.expect("the place that the harness made opens")
    }
}

/// How one database is made and looked at without the connector under test.
pub trait Harness {
    /// Does the database know keys and references? A file does not.
    const KEYS: bool;

    /// A new database that holds these tables with their rows.
    async fn source(&self, samples: &[Sample]) -> Place;

    /// Commits the rows of `sample` into its table, which exists.
    async fn append(&self, place: &Place, sample: &Sample);

    /// The logical type that a column of a source made for `logical` is read as.
    fn seen_as(&self, logical: &LogicalType) -> LogicalType;

    /// How a value that was written as `text` into a column for `logical` reads back; not alike only where the plan warns
    /// that the database has no such type.
    fn shown(&self, _logical: &LogicalType, text: String) -> String {
        text
    }

    /// The number that the database gives to a row inserted without one; the insert is taken back. Only for those that
    /// write.
    async fn next_number(&self, _place: &Place, _table: &str, _column: &str) -> i64 {
        unreachable!("this connector does not write")
    }
}

/// One test of each question about reading, for the harness that the expression makes.
macro_rules! answers_reads {
    ($harness:expr) => {
        $crate::conformance::tests_of!(
            $harness,
            reads,
            the_catalog_tells_tables_columns_and_keys,
            every_row_is_in_exactly_one_range,
            batches_are_cut_by_bytes,
            a_limit_is_kept,
            an_empty_table_has_no_rows,
            without_columns_rows_are_counted,
            columns_come_in_the_order_asked_for,
            a_column_that_is_not_there_is_named,
            a_table_that_is_gone_is_named,
            wide_text_arrives_whole,
            every_type_carries_its_values_and_null,
            names_of_any_script_are_found,
            a_dropped_scan_leaves_nothing_behind,
            a_snapshot_hides_what_comes_after_it,
            read_only_means_no_writer,
        );
    };
}

/// One test of each question about writing.
macro_rules! answers_writes {
    ($harness:expr) => {
        $crate::conformance::tests_of!(
            $harness,
            writes,
            what_was_written_reads_back,
            batches_of_any_size_are_written,
            a_refused_row_takes_its_batch_back_and_no_more,
            a_refusal_names_table_and_column_but_no_value,
            rows_and_checkpoint_are_committed_together,
            a_rollback_leaves_nothing,
            a_dropped_chunk_leaves_nothing,
            checkpoints_of_a_run_are_forgotten_alone,
            the_next_number_is_free,
            orphans_are_counted,
            statements_are_applied_all_or_none,
            what_comes_after_the_load_is_made,
            a_table_is_emptied_widened_and_dropped,
        );
    };
}

/// One test of each question about writing files, which are published after a load.
macro_rules! answers_file_writes {
    ($harness:expr) => {
        $crate::conformance::tests_of!(
            $harness,
            file_writes,
            what_was_published_reads_back,
            a_table_without_rows_is_a_file_with_columns,
            a_chunk_is_in_once_or_not_at_all,
            old_rows_stay_until_the_new_ones_are_published,
            checkpoints_of_a_run_are_forgotten_alone,
            statements_without_a_run_are_obeyed_at_once_or_not_at_all,
            a_column_is_added_when_the_old_rows_go,
        );
    };
}

macro_rules! tests_of {
    ($harness:expr, $questions:ident, $($question:ident,)+) => {
        $(
            #[tokio::test]
            async fn $question() {
                $crate::conformance::$questions::$question(&$harness).await;
            }
        )+
    };
}

pub(crate) use {answers_file_writes, answers_reads, answers_writes, tests_of};
