//! The matcher as it is, on every task.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::figures::{self, Figures};
use crate::reliability::{self, First};
use crate::truth::Known;

/// As many suggestions for each column as `rowferry match` gives.
const TOP: usize = 5;

pub fn run(tasks: &[Known]) {
    println!("{:40} {:>6} {:>6} {} {:>8}", "task", "columns", "truth", heading(), "seconds");
    let mut families: BTreeMap<&str, Vec<Figures>> = BTreeMap::new();
    let mut firsts: Vec<First> = Vec::new();
    let of_family = |family: &str| -> f64 {
        tasks.iter().filter(|t| t.family == family).map(|t| t.labelled.len() as f64).sum::<f64>().max(1.0)
    };
    for known in tasks {
        let start = Instant::now();
        let rows = known.task.rows(TOP);
        let seconds = start.elapsed().as_secs_f64();
        let pairs = figures::counted(known, rows.into_iter().map(|r| (r.source, r.target, r.score)));
        let figures = figures::of(known, &pairs);
        let (columns, truth) = (known.labelled.len(), known.right.len());
        println!("{:40} {columns:>6} {truth:>6} {} {seconds:>8.2}", known.task.name, line(&figures));
        firsts.extend(reliability::firsts(known, &pairs, 1.0 / of_family(&known.family)));
        families.entry(&known.family).or_default().push(figures);
    }
    let all = print_families(&families);
    println!("{:54} {}", format!("mean of {} families", families.len()), line(&all));
    reliability::print(&firsts, families.len() as f64);
}

/// Prints each family's mean; their mean.
pub fn print_families(families: &BTreeMap<&str, Vec<Figures>>) -> Figures {
    println!("-- families");
    let mut means = Vec::new();
    for (family, figures) in families {
        let mean = Figures::mean(figures.iter());
        println!("{:54} {}", format!("{family} ({})", figures.len()), line(&mean));
        means.push(mean);
    }
    Figures::mean(means.iter())
}

fn heading() -> String {
    Figures::NAMES.map(|name| format!("{name:>6}")).join(" ")
}

pub fn line(figures: &Figures) -> String {
    figures.values().map(|value| format!("{value:6.3}")).join(" ")
}
