use std::io::Write;
use rowferry_matching::{Suggester, task::Task, features::Feature};
// dump DIR-out tasks...: for each task raw f32: from,to,label,intruth,score,features...
fn main() {
    let out = std::env::args().nth(1).unwrap();
    for file in std::env::args().skip(2) {
        let path = std::path::Path::new(&file);
        let task = Task::read(path).unwrap();
        let doc: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let names = |c: &rowferry_core::catalog::Catalog| -> Vec<String> { c.tables().flat_map(|t| t.columns.iter().map(|c| format!("{}.{}", t.name.table, c.name).to_lowercase()).collect::<Vec<_>>()).collect() };
        let (a, b) = (names(&task.source), names(&task.target));
        let refs = |side: &str| -> std::collections::HashMap<String, String> {
            let mut m = std::collections::HashMap::new();
            if doc["fk_equiv"] == true { for t in doc[side]["tables"].as_array().unwrap() { for c in t["columns"].as_array().unwrap() { if let Some(r) = c["references"].as_str() { m.insert(format!("{}.{}", t["name"].as_str().unwrap(), c["name"].as_str().unwrap()).to_lowercase(), r.to_lowercase()); } } } }
            m };
        let (ra, rb) = (refs("source"), refs("target"));
        let canon = |m: &std::collections::HashMap<String,String>, k: &str| { let mut k = k.to_lowercase(); let mut n = 0; while let Some(v) = m.get(&k) { k = v.clone(); n += 1; if n > 9 { break } } k };
        let truth: std::collections::HashSet<(String,String)> = doc["ground_truth"].as_array().unwrap().iter().map(|p| (canon(&ra, p["source"].as_str().unwrap()), canon(&rb, p["target"].as_str().unwrap()))).collect();
        let have: std::collections::HashSet<String> = truth.iter().map(|p| p.0.clone()).collect();
        let s = Suggester::with_samples((&task.source, &task.source_samples), (&task.target, &task.target_samples));
        let mut w = std::io::BufWriter::new(std::fs::File::create(format!("{out}/{}.f32", task.name)).unwrap());
        for i in 0..a.len() {
            if ra.contains_key(&a[i]) { continue; }
            let intruth = have.contains(&a[i]);
            let mut rows: Vec<_> = (0..b.len()).map(|j| (j, s.evidence(i, j))).collect();
            rows.sort_by(|x, y| y.1.1.total_cmp(&x.1.1));
            rows.truncate(if intruth { if b.len() > 400 { 200 } else { 1000 } } else { 12 });
            let lab = |j: usize| truth.contains(&(a[i].clone(), canon(&rb, &b[j])));
            for (j, (f, score)) in rows {
                let l = lab(j);
                for v in [i as f32, j as f32, l as u8 as f32, intruth as u8 as f32, score as f32] { w.write_all(&v.to_le_bytes()).unwrap(); }
                for &x in Feature::ALL { w.write_all(&(f.get(x).map_or(f32::NAN, |v| v as f32)).to_le_bytes()).unwrap(); }
            }
        }
    }
    println!("{}", Feature::ALL.iter().map(|f| f.text()).collect::<Vec<_>>().join(" "));
}
