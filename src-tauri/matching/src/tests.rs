//! The suggester as its callers see it, on schemas that people know.

use std::collections::HashSet;

use super::combine::Weights;
use super::names::tokens::words;
use super::task::Task;
use super::*;
use rowferry_core::catalog::{Catalog, TableName};

const CHINOOK: &str = "
Album: AlbumId int pk, Title varchar(160), ArtistId int > Artist.ArtistId
Artist: ArtistId int pk, Name varchar(120)
Customer: CustomerId int pk, FirstName varchar(40), LastName varchar(20), Company varchar(80), Address varchar(70), City varchar(40), State varchar(40), Country varchar(40), PostalCode varchar(10), Phone varchar(24), Fax varchar(24), Email varchar(60), SupportRepId int > Employee.EmployeeId
Employee: EmployeeId int pk, LastName varchar(20), FirstName varchar(20), Title varchar(30), ReportsTo int > Employee.EmployeeId, BirthDate datetime, HireDate datetime, Address varchar(70), City varchar(40), State varchar(40), Country varchar(40), PostalCode varchar(10), Phone varchar(24), Fax varchar(24), Email varchar(60)
Genre: GenreId int pk, Name varchar(120)
Invoice: InvoiceId int pk, CustomerId int > Customer.CustomerId, InvoiceDate datetime, BillingAddress varchar(70), BillingCity varchar(40), BillingState varchar(40), BillingCountry varchar(40), BillingPostalCode varchar(10), Total numeric(10,2)
InvoiceLine: InvoiceLineId int pk, InvoiceId int > Invoice.InvoiceId, TrackId int > Track.TrackId, UnitPrice numeric(10,2), Quantity int
MediaType: MediaTypeId int pk, Name varchar(120)
Playlist: PlaylistId int pk, Name varchar(120)
PlaylistTrack: PlaylistId int pk > Playlist.PlaylistId, TrackId int pk > Track.TrackId
Track: TrackId int pk, Name varchar(200), AlbumId int > Album.AlbumId, MediaTypeId int > MediaType.MediaTypeId, GenreId int > Genre.GenreId, Composer varchar(220), Milliseconds int, Bytes int, UnitPrice numeric(10,2)
";

/// A catalog from lines `Table: column type [pk] [> Table.column], …`.
pub(crate) fn catalog(text: &str) -> Catalog {
    let column = |text: &str| {
        let (definition, reference) = text.split_once(" > ").map_or((text, None), |(d, r)| (d, Some(r.trim())));
        let mut parts = definition.split_whitespace();
        let (name, of_type) = (parts.next().unwrap(), parts.next().unwrap());
        let key = parts.next() == Some("pk");
        serde_json::json!({"name": name, "type": of_type, "primary_key": key, "nullable": !key, "references": reference})
    };
    let table = |line: &str| {
        let (name, columns) = line.split_once(": ").unwrap();
        // A comma inside a type is not followed by a space.
        serde_json::json!({"name": name, "columns": columns.split(", ").map(column).collect::<Vec<_>>()})
    };
    let tables: Vec<_> = text.lines().filter(|l| !l.is_empty()).map(table).collect();
    let side = serde_json::json!({"tables": tables});
    Task::parse(&serde_json::json!({"source": side, "target": {"tables": []}}).to_string()).unwrap().source
}

/// Every name of the text in another convention.
fn renamed(text: &str, rename: impl Fn(&str) -> String) -> String {
    let is_type = |w: &str| w.starts_with(char::is_lowercase);
    let mut result = String::new();
    for piece in text.split_inclusive([' ', ':', '.', ',', '\n']) {
        let end = piece.trim_end_matches([' ', ':', '.', ',', '\n']);
        result.push_str(&if is_type(end) { end.to_owned() } else { rename(end) });
        result.push_str(&piece[end.len()..]);
    }
    result
}

fn snake(name: &str) -> String {
    words(name).join("_")
}

fn table(name: &str) -> TableName {
    TableName::new("main", name)
}

fn column(table_name: &str, name: &str) -> ColumnRef {
    ColumnRef::new(table(table_name), name)
}

#[test]
fn chinook_in_snake_case_is_found_whole_and_surely() {
    let (source, target) = (catalog(CHINOOK), catalog(&renamed(CHINOOK, snake)));
    let suggested = Suggester::new(&source, &target).suggest(&Decisions::default());
    assert_eq!(suggested.len(), 11);
    for pair in &suggested {
        assert_eq!(snake(&pair.from.table), pair.to.table);
        assert!(pair.score >= 0.9, "{} {}", pair.from, pair.score);
        assert_eq!(pair.columns.len(), source.table(&pair.from).unwrap().columns.len(), "{}", pair.from);
        for c in &pair.columns {
            assert_eq!(snake(&c.from), c.to);
            assert!(c.score >= 0.9, "{}.{} {}", pair.from, c.from, c.score);
            assert!(!c.reasons.is_empty());
        }
    }
}

#[test]
fn plural_tables_and_short_forms_are_found() {
    let source = catalog(
        "
tbl_cust: cust_no int pk, cust_nm varchar(40), dob date, tel varchar(20), zip char(5)
tbl_ord: ord_no int pk, cust_no int > tbl_cust.cust_no, qty int, tot_amt decimal(10,2), ord_dt date
tbl_emp: emp_no int pk, fname varchar(20), lname varchar(20), mgr_no int > tbl_emp.emp_no
",
    );
    let target = catalog(
        "
employees: id int pk, first_name text, last_name text, manager_id int > employees.id
orders: id int pk, customer_id int > customers.id, quantity int, total_amount decimal(12,2), order_date date
customers: id int pk, name text, birth_date date, phone text, postal_code text
",
    );
    let suggested = Suggester::new(&source, &target).suggest(&Decisions::default());
    let pairs: HashSet<String> = suggested
        .iter()
        .flat_map(|t| t.columns.iter().map(|c| format!("{} {}.{}", c.from, t.to.table, c.to)))
        .collect();
    for expected in [
        "cust_nm customers.name",
        "dob customers.birth_date",
        "tel customers.phone",
        "zip customers.postal_code",
        "cust_no orders.customer_id",
        "qty orders.quantity",
        "tot_amt orders.total_amount",
        "ord_dt orders.order_date",
        "fname employees.first_name",
        "lname employees.last_name",
        "mgr_no employees.manager_id",
        "emp_no employees.id",
    ] {
        assert!(pairs.contains(expected), "{expected} is missing in {pairs:?}");
    }
}

#[test]
fn reasons_say_in_words_why() {
    let source = catalog("Item: ItemId int pk, OrderQty decimal(10,2), Price decimal(10,2)");
    let target = catalog("items: item_id int pk, order_quantity decimal(10,2), unit_price decimal(8,2)");
    let suggester = Suggester::new(&source, &target);
    let candidates = suggester.columns(&table("Item"), &table("items"));
    let texts = |from: &str, to: &str| -> Vec<String> {
        let found = candidates.iter().find(|c| c.source.column == from && c.target.column == to);
        found.unwrap().reasons.iter().map(|r| r.text.clone()).collect()
    };
    let id = texts("ItemId", "item_id");
    assert!(id.contains(&"same name after splitting words: ItemId = item_id".to_owned()), "{id:?}");
    assert!(id.contains(&"both the primary key".to_owned()), "{id:?}");
    let quantity = texts("OrderQty", "order_quantity");
    assert!(quantity.iter().any(|t| t.contains("qty is short for quantity")), "{quantity:?}");
    assert!(quantity.contains(&"both decimal(10,2)".to_owned()), "{quantity:?}");
    let tables = suggester.tables();
    assert!(tables[0].reasons.iter().any(|r| r.text.contains("plural")), "{:?}", tables[0]);
}

#[test]
fn what_is_decided_stays_and_is_taken() {
    let (source, target) = (catalog(CHINOOK), catalog(&renamed(CHINOOK, snake)));
    let suggester = Suggester::new(&source, &target);
    let decisions = Decisions {
        confirmed_tables: vec![(table("Genre"), table("artist"))],
        confirmed_columns: vec![(column("Customer", "Fax"), column("customer", "phone"))],
        rejected_tables: vec![(table("Album"), table("album"))],
        rejected_columns: vec![(column("Track", "Bytes"), column("track", "bytes"))],
    };
    let suggested = suggester.suggest(&decisions);
    let of = |from: &str| suggested.iter().find(|t| t.from.table == from);
    let to = |from: &str| of(from).map(|t| t.to.table.as_str());
    assert_eq!(to("Genre"), Some("artist"));
    assert_eq!(of("Genre").unwrap().score, 1.0);
    assert_ne!(to("Artist"), Some("artist"));
    assert_ne!(to("Album"), Some("album"));
    assert_eq!(to("Customer"), Some("customer"));
    let customer = of("Customer").unwrap();
    assert!(customer.columns.iter().all(|c| c.from != "Fax" && c.to != "phone"));
    assert!(customer.columns.iter().any(|c| c.from == "Email" && c.to == "email"));
    assert!(of("Track").unwrap().columns.iter().all(|c| (c.from.as_str(), c.to.as_str()) != ("Bytes", "bytes")));
}

#[test]
fn each_table_and_column_is_suggested_at_most_once() {
    let (source, target) = (catalog(CHINOOK), catalog(&renamed(&CHINOOK.replace("Employee", "Person"), snake)));
    let suggested = Suggester::new(&source, &target).suggest(&Decisions::default());
    let mut taken = HashSet::new();
    for pair in &suggested {
        assert!(taken.insert(pair.to.to_string()));
        let targets: HashSet<_> = pair.columns.iter().map(|c| &c.to).collect();
        let sources: HashSet<_> = pair.columns.iter().map(|c| &c.from).collect();
        assert_eq!((targets.len(), sources.len()), (pair.columns.len(), pair.columns.len()));
    }
}

#[test]
fn strangers_stay_without_a_counterpart() {
    let source = catalog("Weather: StationCode char(4), Humidity float, WindSpeed float");
    let target = catalog("invoices: number int pk, customer text, due date");
    let suggester = Suggester::new(&source, &target);
    let sure = suggester.suggest(&Decisions::default()).into_iter().flat_map(|t| t.columns);
    assert_eq!(sure.filter(|c| c.score >= 0.5).count(), 0);
    assert!(suggester.rank(3).iter().all(|c| c.score < 0.5));
}

#[test]
fn the_same_input_gives_the_same_output() {
    let (source, target) = (catalog(CHINOOK), catalog(&renamed(CHINOOK, snake)));
    let (one, other) = (Suggester::new(&source, &target), Suggester::new(&source, &target));
    assert_eq!(one.rank(5), other.rank(5));
    assert_eq!(one.tables(), other.tables());
    assert_eq!(one.suggest(&Decisions::default()), other.suggest(&Decisions::default()));
}

#[test]
fn large_schemas_find_the_same_by_blocks() {
    let (source, target) = (catalog(CHINOOK), catalog(&renamed(CHINOOK, snake)));
    let none = Samples::new();
    let blocked = Suggester::comparing((&source, &none), (&target, &none), Weights::learned(), 0);
    let pairs = |suggester: &Suggester<'_>| -> Vec<(String, String, usize)> {
        let suggested = suggester.suggest(&Decisions::default());
        suggested.iter().map(|t| (t.from.to_string(), t.to.to_string(), t.columns.len())).collect()
    };
    assert_eq!(pairs(&blocked), pairs(&Suggester::new(&source, &target)));
}

#[test]
fn an_empty_side_has_no_candidates() {
    let (source, empty) = (catalog(CHINOOK), catalog(""));
    for (from, to) in [(&source, &empty), (&empty, &source), (&empty, &empty)] {
        let suggester = Suggester::new(from, to);
        assert!(suggester.tables().is_empty());
        assert!(suggester.rank(5).is_empty());
        assert!(suggester.suggest(&Decisions::default()).is_empty());
        assert!(suggester.columns(&table("Album"), &table("album")).is_empty());
    }
}
