use rowferry_matching::task::Task;
fn main() {
    for file in std::env::args().skip(1) {
        let start = std::time::Instant::now();
        let task = Task::read(std::path::Path::new(&file)).unwrap();
        let rows: Vec<_> = task.rows(5).into_iter().map(|r| (r.source, r.target, r.score)).collect();
        let mut o = serde_json::Map::new();
        o.insert(task.name.clone(), serde_json::to_value(rows).unwrap());
        o.insert("_meta".into(), serde_json::json!({"task": task.name, "seconds": start.elapsed().as_secs_f64()}));
        println!("{}", serde_json::to_string(&o).unwrap());
    }
}
