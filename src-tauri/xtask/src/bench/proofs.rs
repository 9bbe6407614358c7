//! What a proof costs beside the load that it proves: every value of both sides read and compared by checksums.

use super::cases::{self, Case, Peer, Places};
use super::ground::Ground;
use super::report::{Line, Report};
use super::{How, fill, measure};
use crate::failure::Result;

pub fn proofs(how: &How, ground: &Ground, report: &mut Report) -> Result<()> {
    let proof = |case: Case| Case {
        name: format!("checksums, {}", case.name),
        peer: Peer::Load,
        bar: Some(1.0),
        rounds: how.rounds.min(3),
        ..case
    };
    let plain = cases::crossings(how.rounds).into_iter().filter(|c| !c.expressions && c.tables.len() == 1);
    let cases: Vec<Case> =
        plain.filter(|c| c.tables[0].name == "lineitem").map(proof).filter(|c| how.wants(&c.name)).collect();
    if cases.is_empty() {
        return Ok(());
    }
    let (csv, rows) = fill(how, ground, &cases)?;
    let places = Places { ground, csv: &csv, rows };
    for case in &cases {
        let (mut loads, mut proofs) = (Vec::new(), Vec::new());
        for _ in 0..case.rounds {
            places.empty_target(case)?;
            loads.push(measure::run(&mut places.rowferry(case, false, "counts")?)?);
            places.check(case)?;
            proofs.push(measure::run(&mut places.proof())?);
        }
        report.add(Line::compared(case, &loads, &proofs, rows));
    }
    Ok(())
}
