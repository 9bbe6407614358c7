//! A folder of JSON into SQLite: child tables, their keys, and the proof.

use serde_json::json;

use super::{PROJECT, Place, scalar};

fn folder(place: &Place) {
    std::fs::create_dir(place.path("data")).expect("a folder");
    let mut orders = String::new();
    for i in 1..=300 {
        let items: Vec<_> = (0..i % 4)
            .map(|n| json!({"sku": format!("s{n}"), "qty": n, "lots": [{"lot": format!("{i}-{n}")}]}))
            .collect();
        let customer =
            json!({"name": format!("customer {i}"), "city": if i % 2 == 0 { json!("صنعاء") } else { json!(null) }});
        let order = json!({"id": i * 10, "customer": customer, "total": f64::from(i) + 0.25, "items": items,
            "tags": ["a", "b"], "placed": format!("2024-02-{:02}T10:00:00Z", i % 28 + 1)});
        orders += &format!("{order}\n");
    }
    place.write("data/orders.jsonl", &orders);
    let events: Vec<_> = (0..50).map(|i| json!({"kind": "seen", "by": [{"user": i}, {"user": i + 1}]})).collect();
    place.write("data/events.json", &serde_json::Value::from(events).to_string());
    let shop = json!({"regions": [{"id": 1, "name": "North"}, {"id": 2, "name": "South"}], "plans": [{"code": "x"}]});
    place.write("data/shop.json", &shop.to_string());
}

#[test]
fn a_folder_becomes_tables_with_keys_and_is_verified() {
    let place = Place::new();
    folder(&place);
    place.project("json:data", "sqlite:target.db", |d| d["options"]["chunk_rows"] = json!(70));
    place.run(&["check", PROJECT]).expect(0);
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    let target = place.sqlite("target.db", "");
    let tables = "select group_concat(name, ' ') from (select name from sqlite_master where type = 'table'
                  and name not like '\\_%' escape '\\' and name not like 'sqlite%' order by name)";
    let names: String = target.query_row(tables, [], |r| r.get(0)).expect("tables");
    assert_eq!(names, "events events_by orders orders_items orders_items_lots shop_plans shop_regions");
    assert_eq!(scalar(&target, "select count(*) from orders where customer_name = 'customer ' || (id / 10)"), 300);
    assert_eq!(scalar(&target, "select count(*) from orders where customer_city is null"), 150);
    assert_eq!(scalar(&target, "select count(*) from orders where json_array_length(tags) = 2"), 300);
    assert_eq!(scalar(&target, "select count(*) from orders_items"), 450);
    assert_eq!(scalar(&target, "select count(*) from orders_items i join orders o on o.id = i.orders_id"), 450);
    let lots = "select count(*) from orders_items_lots where lot = (orders_id / 10) || '-' || \"index\"";
    assert_eq!(scalar(&target, lots), 450);
    assert_eq!(scalar(&target, "select count(*) from events_by where user = parent - 1 + \"index\""), 100);
    // What other columns say is not said again.
    let columns = "select group_concat(name, ' ') from pragma_table_info('orders')";
    let names: String = target.query_row(columns, [], |r| r.get(0)).expect("columns");
    assert_eq!(names, "id customer_name customer_city total tags placed");
    // The keys are the target's own.
    assert_eq!(scalar(&target, "select count(*) from pragma_foreign_key_list('orders_items')"), 1);
    assert_eq!(scalar(&target, "select count(*) from pragma_foreign_key_list('orders_items_lots')"), 2);
    assert_eq!(scalar(&target, "select count(*) from pragma_foreign_key_check"), 0);
    place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
    target.execute_batch("update orders_items set qty = 9 where rowid = 7").expect("an update");
    place.run(&["verify", PROJECT, "--level", "checksums"]).expect(4);
}

#[test]
fn one_broken_line_is_one_reject_that_names_it() {
    let place = Place::new();
    folder(&place);
    let mut text = std::fs::read_to_string(place.path("data/orders.jsonl")).expect("the lines");
    text.insert_str(text.find('\n').expect("a line") + 1, "{\"id\": 5, \"customer\": \n");
    place.write("data/orders.jsonl", &text);
    place.project("json:data/orders.jsonl", "sqlite:target.db", |_| ());
    let ran = place.run(&["run", PROJECT, "--json"]);
    ran.expect(3);
    let last = ran.lines().pop().expect("a last line");
    let table =
        last["tables"].as_array().expect("tables").iter().find(|t| t["rejected"] == json!(1)).expect("a reject");
    let rejects = std::fs::read_to_string(table["rejects"].as_str().expect("a path")).expect("the reject file");
    assert!(rejects.contains("line 2, byte") && rejects.contains("\"key\":\"document=2\""), "{rejects}");
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from orders"), 300);
}
