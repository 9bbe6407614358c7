//! The form in which keys are compared: as a run writes them, and as the target holds them to be one.
//!
//! Values go through the same exact conversion as a run's; a foreign key's into the types of what it refers to. Text is
//! weighed by the target's own rule. What is left is hashed to 128 bits: among eight million keys two different ones
//! share a hash with a probability of 10⁻²⁵ (n²/2¹²⁹).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::catalog::Table;
use crate::connectors::{Connection, Equality, Read, ValueLimits};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::transform::{Misfit, Rule};
use crate::types::LogicalType;
use crate::verify::{canonical_form, row_hashes};

/// Columns of a target table that together are a key, or that a foreign key refers to.
pub struct KeyForm {
    pub table: Arc<Table>,
    pub columns: Vec<String>,
    types: SchemaRef,
    equality: Vec<Equality>,
}

/// One row's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// The same for keys that the target holds to be one.
    pub key: u128,
    /// Of the values themselves: tells apart, for a finding's words, what only the target holds to be one.
    pub exact: u32,
}

impl KeyForm {
    /// With the target's own rule for each column.
    pub async fn of(target: &dyn Connection, table: &Table, columns: &[String]) -> Result<KeyForm> {
        let write = target.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?;
        let types = write.schema(table, columns)?;
        let mut equality = Vec::with_capacity(columns.len());
        for (name, field) in columns.iter().zip(types.fields()) {
            equality.push(match table.column(name).filter(|_| *field.data_type() == DataType::Utf8) {
                Some(column) => target.read().equality(table, column).await?,
                None => Equality::Exact,
            });
        }
        Ok(KeyForm { table: Arc::new(table.clone()), columns: columns.to_vec(), types, equality })
    }

    /// What does not tell two keys apart; `None` when only equal values are one.
    pub fn overlooks(&self) -> Option<String> {
        let words: Vec<String> = self.equality.iter().filter(|e| !e.is_exact()).map(Equality::overlooks).collect();
        (!words.is_empty()).then(|| words.join(", or "))
    }

    /// One hash for each row of `keys`, whose columns are those of `owner` in this key's order; `None` where one is NULL.
    /// A value that has no meaning in this key's types is equal to nothing.
    ///
    /// # Errors
    /// `Conversion` when the types do not meet at all; what the target says when it weighs texts.
    pub async fn hash(&self, read: &dyn Read, keys: &RecordBatch, owner: &Table) -> Result<Vec<Option<Hashed>>> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for ((name, to), (field, array)) in
            self.columns.iter().zip(self.types.fields()).zip(keys.schema().fields().iter().zip(keys.columns()))
        {
            let logical = |table: &Table, name: &str| table.column(name).map(|c| c.logical.clone());
            let own = logical(owner, field.name()).unwrap_or_else(|| LogicalType::from_arrow(array.data_type()));
            let wanted = logical(&self.table, name).unwrap_or_else(|| LogicalType::from_arrow(to.data_type()));
            let converted = converted(&canonical_form(array, &own), &wanted, to.data_type())?;
            columns.push(canonical_form(&converted, &wanted));
        }
        let exact = row_hashes(&self.batch(&columns)?, &self.table)?;
        let alike = match self.equality.iter().all(Equality::is_exact) {
            true => exact.clone(),
            false => {
                let mut weighed = Vec::with_capacity(columns.len());
                for (column, equality) in columns.iter().zip(&self.equality) {
                    weighed.push(equality.weigh(read, column).await?);
                }
                row_hashes(&self.batch(&weighed)?, &self.table)?
            }
        };
        let whole = |row: usize| keys.columns().iter().all(|c| c.is_valid(row));
        let pairs = alike.into_iter().zip(exact).enumerate();
        Ok(pairs.map(|(row, (key, exact))| whole(row).then_some(Hashed { key, exact: exact as u32 })).collect())
    }

    fn batch(&self, columns: &[ArrayRef]) -> Result<RecordBatch> {
        let fields = self.columns.iter().zip(columns).map(|(name, c)| Field::new(name, c.data_type().clone(), true));
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns.to_vec())
            .or_error(ErrorKind::Internal, "keys do not make a batch")
    }
}

/// NULL in the place of a value that cannot become the type exactly.
fn converted(array: &ArrayRef, wanted: &LogicalType, to: &DataType) -> Result<ArrayRef> {
    let rule = Rule {
        to: wanted.clone(),
        required: false,
        may_change: false,
        limits: ValueLimits::default(),
        misfit: Misfit::Null,
        strip_nul: false,
    };
    Ok(rule.apply(array, to, &mut |_, _| {})?.0)
}

/// Columns of a batch, in this order.
pub(crate) fn chosen(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch> {
    let schema = batch.schema();
    let places: Vec<usize> = columns
        .iter()
        .map(|c| schema.index_of(c))
        .collect::<Result<_, _>>()
        .or_error(ErrorKind::Internal, "a key is not among the batch's columns")?;
    batch.project(&places).or_error(ErrorKind::Internal, "keys cannot be chosen")
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Decimal128Array, Int64Array, StringArray};

    use super::*;
    use crate::catalog::{Column, TableKind, TableName};

    fn table(logical: &LogicalType) -> Table {
        let column = Column {
            name: "k".into(),
            native_type: String::new(),
            logical: logical.clone(),
            nullable: true,
            default: None,
            identity: None,
            generated: None,
            comment: None,
            derived: false,
            collation: None,
            reading: None,
        };
        Table {
            name: TableName::new("s", "t"),
            kind: TableKind::Table,
            comment: None,
            columns: vec![column],
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: None,
            byte_estimate: None,
        }
    }

    struct NoDatabase;

    #[async_trait::async_trait]
    impl Read for NoDatabase {
        fn schema(&self, _: &Table, _: &[String]) -> Result<SchemaRef> {
            Err(Error::internal("nothing to read"))
        }
        async fn ranges(&self, _: &Table, _: u32) -> Result<Vec<crate::connectors::Range>> {
            Ok(Vec::new())
        }
        async fn scan(&self, _: crate::connectors::Scan) -> Result<crate::connectors::RowStream> {
            Err(Error::internal("nothing to read"))
        }
        async fn count(&self, _: &Table) -> Result<u64> {
            Ok(0)
        }
    }

    /// The keys of a child's values and of a parent's, in the parent's form.
    async fn keys(
        child: (LogicalType, ArrayRef),
        parent: (LogicalType, ArrayRef),
        equality: Equality,
    ) -> (Vec<Option<u128>>, Vec<Option<u128>>) {
        let form = KeyForm {
            table: Arc::new(table(&parent.0)),
            columns: vec!["k".into()],
            types: Arc::new(Schema::new(vec![Field::new("k", parent.1.data_type().clone(), true)])),
            equality: vec![equality],
        };
        let mut both = Vec::new();
        for (logical, values) in [child, parent] {
            let batch = RecordBatch::try_from_iter_with_nullable([("k", values, true)]).unwrap();
            let hashed = form.hash(&NoDatabase, &batch, &table(&logical)).await.unwrap();
            both.push(hashed.into_iter().map(|h| h.map(|h| h.key)).collect::<Vec<_>>());
        }
        (both.remove(0), both.remove(0))
    }

    fn text(values: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[tokio::test]
    async fn equal_numbers_of_different_types_are_one_key_and_rounded_ones_are_none() {
        let digits = Decimal128Array::from(vec![100, 150, 200]).with_precision_and_scale(5, 2).unwrap();
        let decimal = LogicalType::Decimal { precision: Some(5), scale: Some(2) };
        let child = (decimal, Arc::new(digits) as ArrayRef);
        let parent = (LogicalType::INT64, Arc::new(Int64Array::from(vec![1, 1, 2])) as ArrayRef);
        let (child, parent) = keys(child, parent, Equality::Exact).await;
        assert_eq!((child[0], child[2]), (parent[0], parent[2]));
        assert!(!parent.contains(&child[1]), "1.50 is not 1");
    }

    #[tokio::test]
    async fn padding_and_a_uuids_letters_do_not_make_another_key() {
        let fixed = LogicalType::Text { max: Some(4), fixed: true };
        let (child, parent) =
            keys((fixed, text(&["ab  ", "b"])), (LogicalType::TEXT, text(&["ab", " b"])), Equality::Exact).await;
        assert_eq!(child[0], parent[0]);
        assert_ne!(child[1], parent[1], "a space in front is a part of the value");
        let upper = text(&["6F9619FF-8B86-D011-B42D-00C04FC964FF"]);
        let lower = text(&["6f9619ff-8b86-d011-b42d-00c04fc964ff"]);
        let (child, parent) = keys((LogicalType::TEXT, upper), (LogicalType::Uuid, lower), Equality::Exact).await;
        assert_eq!(child, parent);
    }

    #[tokio::test]
    async fn what_the_target_holds_to_be_one_is_one_key() {
        let pairs = || ((LogicalType::TEXT, text(&["Ada ", "É"])), (LogicalType::TEXT, text(&["ada ", "é"])));
        let (child, parent) = pairs();
        let (child, parent) = keys(child, parent, Equality::AsciiCase).await;
        assert_eq!(child[0], parent[0]);
        assert_ne!(child[1], parent[1], "NOCASE knows ASCII only");
        let spaces = ((LogicalType::TEXT, text(&["a "])), (LogicalType::TEXT, text(&["a"])));
        let (child, parent) = keys(spaces.0, spaces.1, Equality::TrailingSpaces).await;
        assert_eq!(child, parent);
    }
}
