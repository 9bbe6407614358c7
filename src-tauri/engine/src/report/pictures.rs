//! What the report shows as pictures: bars, each with its name before it and its figure behind it, so that nothing is
//! said by length or colour alone.
//!
//! They are data, drawn alike by the HTML page and by the window. They must say nothing that the report does not.

mod agreement;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Report;
use super::words::{counted, duration, grouped};
use crate::run::{Phase, TableProgress};
use agreement::agreement;

/// Bars of one picture; what is beyond is one bar more.
const MOST: usize = 12;

/// Of the width, so that one row among millions can be seen.
const LEAST: f64 = 0.004;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Picture {
    pub about: PictureAbout,
    pub title: String,
    /// What it shows, in one sentence.
    pub summary: String,
    /// What the parts of the bars mean, where they have more than one.
    pub legend: Vec<PictureKind>,
    pub bars: Vec<PictureBar>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureAbout {
    RowsByTable,
    MatchRate,
    RejectsByReason,
    TimeByPhase,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PictureBar {
    pub name: String,
    /// From the start to the end; together at most 1.
    pub parts: Vec<PicturePart>,
    /// The figure, in words.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PicturePart {
    pub kind: PictureKind,
    /// Share of the picture's width.
    pub share: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureKind {
    Written,
    Rejected,
    Filtered,
    Equal,
    Different,
    Time,
}

/// The report's pictures, in the order in which they are shown.
pub fn pictures(report: &Report) -> Vec<Picture> {
    let mut all = vec![rows_by_table(report)];
    all.extend(match_rate(report));
    all.push(rejects_by_reason(report));
    all.extend(time_by_phase(report));
    all
}

fn rows_by_table(report: &Report) -> Picture {
    let mut tables: Vec<(String, [u64; 3])> = report
        .tables
        .iter()
        .map(|t| (t.progress.target.to_string(), counts(&t.progress)))
        .filter(|(_, counts)| counts.iter().sum::<u64>() > 0)
        .collect();
    tables.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>()));
    let empty = report.tables.len() - tables.len();
    let rest = tables.split_off(tables.len().min(MOST));
    if !rest.is_empty() {
        let sum = |i: usize| rest.iter().map(|(_, counts)| counts[i]).sum();
        tables.push((format!("{} more", counted(rest.len() as u64, "table")), [sum(0), sum(1), sum(2)]));
    }
    let most = tables.iter().map(|(_, counts)| counts.iter().sum::<u64>()).max().unwrap_or(0);
    let kinds = [PictureKind::Written, PictureKind::Rejected, PictureKind::Filtered];
    let occurs = |i: usize| tables.iter().any(|(_, counts)| counts[i] > 0);
    let legend = (0..kinds.len()).filter(|i| occurs(*i)).map(|i| kinds[i]).collect();
    let read: u64 = report.tables.iter().map(|t| t.progress.read).sum();
    let verb = if report.dry_run { "would be written" } else { "written" };
    let mut summary = format!("{} read in {}", counted(read, "row"), counted(report.tables.len() as u64, "table"));
    if empty > 0 {
        summary += &format!("; {} without rows", if empty == 1 { "one is".into() } else { format!("{empty} are") });
    }
    let bars = tables
        .into_iter()
        .map(|(name, counts)| PictureBar {
            name,
            parts: parts(kinds.iter().copied().zip(counts), most),
            text: match counts {
                [written, 0, 0] => grouped(written),
                [written, rejected, filtered] => {
                    let mut said = vec![format!("{} {verb}", grouped(written))];
                    said.extend((rejected > 0).then(|| format!("{} rejected", grouped(rejected))));
                    said.extend((filtered > 0).then(|| format!("{} filtered", grouped(filtered))));
                    said.join(", ")
                }
            },
        })
        .collect();
    Picture { about: PictureAbout::RowsByTable, title: "Rows by table".into(), summary: summary + ".", legend, bars }
}

fn counts(table: &TableProgress) -> [u64; 3] {
    [table.written, table.rejected, table.filtered]
}

/// `None` where nothing was verified.
fn match_rate(report: &Report) -> Option<Picture> {
    let verification = report.verification.as_ref()?;
    let tables: Vec<_> = verification.tables.iter().map(|t| (t.target.to_string(), agreement(t))).collect();
    let rows = tables.iter().all(|(_, a)| a.of_rows);
    let (equal, of) = tables.iter().fold((0, 0), |(equal, of), (_, a)| (equal + a.equal, of + a.of));
    let what = if rows { "row" } else { "figure" };
    let summary = match of {
        0 => "There was nothing to compare.".into(),
        _ if equal == of && of == 1 => format!("The one {what} that was compared is equal on both sides."),
        _ if equal == of => format!("All {} that were compared are equal on both sides.", counted(of, what)),
        _ => format!("{} of {} are equal on both sides, {}.", grouped(equal), counted(of, what), percent(equal, of)),
    };
    // What agrees needs no bar of its own.
    let mut apart: Vec<_> = tables.into_iter().filter(|(_, a)| a.equal < a.of).collect();
    apart.sort_by(|(_, a), (_, b)| (a.equal * b.of).cmp(&(b.equal * a.of)));
    apart.truncate(MOST);
    let bar = |name: String, equal: u64, of: u64| PictureBar {
        name,
        parts: parts([(PictureKind::Equal, equal), (PictureKind::Different, of - equal)].into_iter(), of),
        text: format!("{} of {}, {}", grouped(equal), grouped(of), percent(equal, of)),
    };
    let legend = if apart.is_empty() { Vec::new() } else { vec![PictureKind::Equal, PictureKind::Different] };
    let mut bars = if of > 0 { vec![bar("All tables".into(), equal, of)] } else { Vec::new() };
    bars.extend(apart.into_iter().map(|(name, a)| bar(name, a.equal, a.of)));
    Some(Picture { about: PictureAbout::MatchRate, title: "Match rate".into(), summary, legend, bars })
}

fn rejects_by_reason(report: &Report) -> Picture {
    let mut reasons: Vec<(String, u64)> = Vec::new();
    for reason in report.tables.iter().flat_map(|t| &t.reject_reasons) {
        match reasons.iter_mut().find(|(known, _)| *known == reason.reason) {
            Some((_, rows)) => *rows += reason.rows,
            None => reasons.push((reason.reason.clone(), reason.rows)),
        }
    }
    reasons.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let all = reasons.iter().map(|(_, rows)| rows).sum::<u64>();
    let distinct = reasons.len() as u64;
    let rest = reasons.split_off(reasons.len().min(MOST));
    if !rest.is_empty() {
        let rows = rest.iter().map(|(_, rows)| rows).sum();
        reasons.push((format!("{} more", counted(rest.len() as u64, "reason")), rows));
    }
    let most = reasons.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
    let summary = match all {
        0 => "No row was rejected.".into(),
        _ => format!("{} rejected for {}.", counted(all, "row"), counted(distinct, "reason")),
    };
    let bars = reasons
        .into_iter()
        .map(|(name, rows)| PictureBar {
            name,
            parts: parts([(PictureKind::Rejected, rows)].into_iter(), most),
            text: grouped(rows),
        })
        .collect();
    Picture {
        about: PictureAbout::RejectsByReason,
        title: "Rejects by reason".into(),
        summary,
        legend: Vec::new(),
        bars,
    }
}

/// `None` for a run of a version that did not keep them.
fn time_by_phase(report: &Report) -> Option<Picture> {
    let all: f64 = report.phases.iter().map(|p| p.seconds).sum();
    if all <= 0.0 {
        return None;
    }
    let most = report.phases.iter().map(|p| p.seconds).fold(0.0, f64::max);
    let bars = report
        .phases
        .iter()
        .map(|p| PictureBar {
            name: name_of(p.phase).into(),
            parts: vec![PicturePart { kind: PictureKind::Time, share: (p.seconds / most).max(LEAST) }],
            text: format!("{}, {:.0} %", duration(p.seconds), p.seconds / all * 100.0),
        })
        .collect();
    let summary = format!("{} in all.", duration(all));
    Some(Picture { about: PictureAbout::TimeByPhase, title: "Time by phase".into(), summary, legend: Vec::new(), bars })
}

fn name_of(phase: Phase) -> &'static str {
    match phase {
        Phase::Preparing => "Prepare",
        Phase::Loading => "Load",
        Phase::Finishing => "Finish",
        Phase::Verifying => "Verify",
        Phase::Done => "After",
    }
}

/// Shares of `most`; what is not nothing can be seen, and together they are not wider than the picture.
fn parts(counts: impl Iterator<Item = (PictureKind, u64)>, most: u64) -> Vec<PicturePart> {
    let mut parts: Vec<PicturePart> = counts
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| PicturePart { kind, share: (count as f64 / most as f64).max(LEAST) })
        .collect();
    let wide: f64 = parts.iter().map(|p| p.share).sum();
    if wide > 1.0 {
        parts.iter_mut().for_each(|p| p.share /= wide);
    }
    parts
}

/// Rounded down, so that 100 % is only said of what is complete.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part as u128 * 1000 / whole.max(1) as u128) as u64;
    match tenths {
        1000 => "100 %".into(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_among_millions_can_be_seen_and_nothing_is_wider_than_the_picture() {
        let parts = parts([(PictureKind::Written, 9_999_999), (PictureKind::Rejected, 1)].into_iter(), 10_000_000);
        assert!(parts[1].share > 0.003);
        assert!(parts.iter().map(|p| p.share).sum::<f64>() <= 1.0 + 1e-9);
    }

    #[test]
    fn only_what_is_complete_is_a_hundred_percent() {
        assert_eq!(percent(9_999_999, 10_000_000), "99.9 %");
        assert_eq!(percent(7, 7), "100 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
