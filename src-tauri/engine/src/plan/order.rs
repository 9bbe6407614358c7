//! Tables in the order of their foreign keys.

use std::collections::HashMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Step;
use crate::catalog::TableName;

/// Referred-to tables come first; what has no order between them keeps the project's. Also the circles: each as the
/// tables on it. A table that refers to itself is not a circle.
pub(super) fn by_foreign_keys(steps: Vec<Step>) -> (Vec<Step>, Vec<Vec<TableName>>) {
    let position: HashMap<TableName, usize> = steps.iter().enumerate().map(|(i, s)| (s.to.clone(), i)).collect();
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..steps.len()).map(|i| graph.add_node(i)).collect();
    for (i, step) in steps.iter().enumerate() {
        for key in &step.target.foreign_keys {
            if let Some(&other) = position.get(&key.references)
                && other != i
            {
                graph.update_edge(nodes[i], nodes[other], ());
            }
        }
    }
    // Tarjan gives components with the referred-to first. Among tables of a component the project's order stays.
    let mut components: Vec<Vec<usize>> =
        tarjan_scc(&graph).into_iter().map(|c| c.into_iter().map(|n| graph[n]).collect()).collect();
    components.iter_mut().for_each(|c: &mut Vec<usize>| c.sort_unstable());
    let cycles =
        components.iter().filter(|c| c.len() > 1).map(|c| c.iter().map(|i| steps[*i].to.clone()).collect()).collect();
    let order: Vec<usize> = components.into_iter().flatten().collect();
    let mut slots: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut ordered: Vec<Step> = Vec::with_capacity(order.len());
    for i in order {
        if let Some(mut step) = slots[i].take() {
            let mut after: Vec<TableName> = step
                .target
                .foreign_keys
                .iter()
                .map(|k| &k.references)
                .filter(|r| ordered.iter().any(|s| s.to == **r))
                .cloned()
                .collect();
            after.sort();
            after.dedup();
            step.after = after;
            ordered.push(step);
        }
    }
    (ordered, cycles)
}
