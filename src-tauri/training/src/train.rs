//! Learns the weights, and says how good they are on families that they were not learned from.

use std::collections::BTreeMap;
use std::path::Path;

use rowferry_matching::combine::Weights;

use crate::bench::{line, print_families};
use crate::examples::{self, Group};
use crate::figures::{self, Figures, Scored};
use crate::fit::fit;
use crate::reliability::{self, First};
use crate::truth::Known;

const TOP: usize = 5;

pub fn run(tasks: &[Known], write: Option<&Path>) -> Result<(), String> {
    let groups: Vec<Vec<Group>> = tasks.iter().map(examples::of).collect();
    let families: Vec<&str> = {
        let mut names: Vec<&str> = tasks.iter().map(|t| t.family.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let learned = |left_out: Option<&str>| {
        let of = |family: &&str| -> Vec<&Group> {
            let own = tasks.iter().zip(&groups).filter(|(task, _)| task.family == **family);
            own.flat_map(|(_, groups)| groups).collect()
        };
        let kept: Vec<Vec<&Group>> = families.iter().filter(|f| Some(**f) != left_out).map(of).collect();
        Ok::<Weights, String>(fit(&Weights::parse(START)?, &kept))
    };
    // Every family by weights that have not seen it.
    let mut suggested: Vec<(&Known, Vec<Scored>)> = Vec::new();
    for family in &families {
        let weights = learned(Some(family))?;
        for task in tasks.iter().filter(|t| t.family == *family) {
            let rows = task.task.rows_by(&weights, TOP).into_iter().map(|r| (r.source, r.target, r.score));
            suggested.push((task, figures::counted(task, rows)));
        }
    }
    let mut by_family: BTreeMap<&str, Vec<Figures>> = BTreeMap::new();
    println!("each family by weights learned from the others");
    for (task, pairs) in &suggested {
        let figures = figures::of(task, pairs);
        println!("{:54} {}", task.task.name, line(&figures));
        by_family.entry(&task.family).or_default().push(figures);
    }
    println!("{:54} {}", "mean of families", line(&print_families(&by_family)));
    // And its scores read as likelihoods by what the other families' scores came to.
    let firsts = |family: &str| -> Vec<First> {
        let own: Vec<_> = suggested.iter().filter(|(task, _)| task.family == family).collect();
        let columns: f64 = own.iter().map(|(task, _)| task.labelled.len() as f64).sum::<f64>().max(1.0);
        own.iter().flat_map(|(task, pairs)| reliability::firsts(task, pairs, 1.0 / columns)).collect()
    };
    let mut held_out = Vec::new();
    for family in &families {
        let others: Vec<First> = families.iter().filter(|f| *f != family).flat_map(|f| firsts(f)).collect();
        let read = reliability::fit(&others);
        held_out.extend(firsts(family).into_iter().map(|f| First { score: read.of(f.score), ..f }));
    }
    reliability::print(&held_out, families.len() as f64);
    let all: Vec<First> = families.iter().flat_map(|f| firsts(f)).collect();
    let weights = learned(None)?.with_confidence(reliability::fit(&all));
    let text = format!("{HEAD}{weights}");
    match write {
        Some(file) => std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display())),
        None => {
            println!("\n{text}");
            Ok(())
        }
    }
}

/// What a person would think, before anything is learned: learning moves it only as far as the tasks insist.
const START: &str = include_str!("start.txt");

const HEAD: &str = "\
# Learned by `cargo xtask train-match`. Each piece of evidence: its name, its weight, and what its speaking adds by
# itself. The log-odds of a pair are the bias and, over the evidence that there is, weight x value + that.
# `confidence`: how the log-odds of what is left of a score after pairs have competed become those that are shown.
";
