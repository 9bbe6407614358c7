//! `cargo xtask bench`: Rowferry against the best tool known for each crossing, in the same run, one after the other.
//!
//! A figure is the whole process from start to end, and the median of several; a ratio is of two medians that were
//! taken in turn. Rowferry runs as a person runs it: checkpoints, ledger and rejects on, rows counted on both sides
//! afterwards.

mod cases;
mod ground;
mod measure;
mod proofs;
mod report;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;

use cases::{Case, End, Places};
use ground::Ground;
use measure::Sample;
use report::{Bars, Line, Report};

use crate::failure::Result;
use crate::process;
use crate::scratch::Scratch;

pub struct How {
    pub scale: f64,
    pub rounds: usize,
    pub only: Vec<String>,
    pub publish: bool,
    pub install: bool,
}

impl How {
    fn wants(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.only.is_empty() || self.only.iter().any(|text| name.contains(&text.to_lowercase()))
    }
}

/// Sizes for which memory must be the same.
const MEMORY_SCALES: [f64; 2] = [0.1, 2.0];

pub fn bench(how: &How) -> Result<ExitCode> {
    process::foreground(process::command("cargo").args([
        "build",
        "--locked",
        "--profile",
        "bench",
        "--package",
        "rowferry-cli",
    ]))?;
    // Dropped in reverse: the servers end before their folder goes.
    let scratch = Scratch::new()?;
    let ground = Ground::start(&scratch, how.install)?;
    let mut report = Report::new(how);
    crossings(how, &ground, &mut report)?;
    proofs::proofs(how, &ground, &mut report)?;
    memory(how, &ground, &mut report)?;
    catalogs(how, &ground, &mut report)?;
    drop(ground);
    report.show();
    if how.publish {
        report.publish()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn crossings(how: &How, ground: &Ground, report: &mut Report) -> Result<()> {
    let cases: Vec<Case> = cases::crossings(how.rounds).into_iter().filter(|c| how.wants(&c.name)).collect();
    if cases.is_empty() {
        return Ok(());
    }
    let (csv, rows) = fill(how, ground, &cases)?;
    let places = Places { ground, csv: &csv, rows };
    for case in &cases {
        prepare(ground, case)?;
        let (mut peer, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..case.rounds {
            places.empty_target(case)?;
            peer.push(measure::run(&mut places.peer(case)?)?);
            places.check(case)?;
            places.empty_target(case)?;
            ours.push(measure::run(&mut places.rowferry(case, case.expressions, "counts")?)?);
            places.check(case)?;
        }
        report.add(Line::compared(case, &peer, &ours, rows));
    }
    Ok(())
}

/// `lineitem` in every source that these cases read, and its rows.
fn fill(how: &How, ground: &Ground, cases: &[Case]) -> Result<(PathBuf, u64)> {
    let csv = ground.lineitem(how.scale)?;
    let needs = |end: End| cases.iter().any(|c| c.from == end);
    println!("Filling the sources");
    let rows = tables::load_sources(ground, &csv, |source| match source {
        "mariadb" => needs(End::MariaDb),
        _ => needs(End::Sqlite),
    })?;
    Ok((csv, rows))
}

/// The tables that only one case has.
fn prepare(ground: &Ground, case: &Case) -> Result<()> {
    for table in case.tables.iter().filter(|t| t.name != "lineitem") {
        let rows = match table.columns.len() {
            4 => 50_000,
            11 => 30_000,
            _ => 30_000,
        };
        ground.sql("source", &format!("{}; {}", table.drop(), table.create()))?;
        ground.sql("source", &tables::fill(table, rows))?;
    }
    if case.tables.iter().any(|t| t.name != "lineitem") {
        ground.sql("source", "vacuum analyze")?;
    }
    Ok(())
}

/// The greatest resident size at two scales, over a crossing that decodes every value.
fn memory(how: &How, ground: &Ground, report: &mut Report) -> Result<()> {
    if !how.wants("memory") {
        return Ok(());
    }
    let cases: Vec<Case> = cases::crossings(1).into_iter().filter(|c| c.expressions).collect();
    let mut figures: Vec<Vec<(f64, Sample)>> = vec![Vec::new(); cases.len()];
    for scale in MEMORY_SCALES {
        let csv = ground.lineitem(scale)?;
        println!("Filling the sources at scale {scale}");
        let rows = tables::load_sources(ground, &csv, |_| true)?;
        let places = Places { ground, csv: &csv, rows };
        for (case, figures) in cases.iter().zip(&mut figures) {
            places.empty_target(case)?;
            figures.push((scale, measure::run(&mut places.rowferry(case, true, "counts")?)?));
            places.check(case)?;
        }
    }
    for (case, figures) in cases.iter().zip(&figures) {
        report.memory(&case.name, figures);
    }
    Ok(())
}

/// A thousand tables of twenty columns, discovered.
fn catalogs(how: &How, ground: &Ground, report: &mut Report) -> Result<()> {
    for end in [End::Postgres, End::MariaDb] {
        let name = format!("catalog of 1,000 × 20, {}", end.name());
        if !how.wants(&name) {
            continue;
        }
        let tables: Vec<String> = (0..1000).map(|i| tables::empty(i).create() + ";\n").collect();
        let url = match end {
            End::Postgres => {
                ground.sql("postgres", "create database catalog")?;
                let file = ground.files.join("catalog.sql");
                ground::write(&file, &tables.concat())?;
                process::output(ground.psql("catalog").arg("--file").arg(&file))?;
                &ground.postgres_url
            }
            _ => {
                ground.mysql("mysql", "create database catalog")?;
                let file = ground.files.join("catalog.sql");
                ground::write(&file, &tables.concat())?;
                ground.mysql("catalog", &format!("source {}", file.display()))?;
                &ground.mariadb_url
            }
        };
        let url = format!("{}/catalog", url.rsplit_once('/').map_or(url.as_str(), |(base, _)| base));
        let mut samples = Vec::new();
        for _ in 0..how.rounds {
            let mut command = process::command(cases::rowferry());
            command.args(["discover", &url, "--json"]);
            let places = Places { ground, csv: std::path::Path::new(""), rows: 0 };
            places.surroundings(&mut command);
            samples.push(measure::run(&mut command)?);
        }
        report.add(Line::alone(&name, &samples, Bars { seconds: Some(1.0), ..Bars::default() }));
    }
    Ok(())
}

/// What the machine is, for the table's caption.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.lines().find_map(|l| l.strip_prefix("MemTotal:"));
    let gigabytes = kilobytes.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok());
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        model.lines().find_map(|l| l.strip_prefix("model name")).map(|l| l.trim_start_matches([' ', '\t', ':']));
    format!(
        "{cores} cores{}, {:.0} GiB",
        model.map(|m| format!(" ({m})")).unwrap_or_default(),
        gigabytes.unwrap_or(0.0) / f64::from(1 << 20)
    )
}

/// Today, as the system's clock has it.
fn today() -> String {
    process::output(std::process::Command::new("date").arg("+%Y-%m-%d")).unwrap_or_default().trim().to_string()
}
