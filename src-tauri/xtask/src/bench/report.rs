//! The figures as a table, as JSON, and as a picture.

use serde_json::{Value, json};

use super::cases::Case;
use super::ground::write;
use super::measure::{Sample, median};
use super::{How, machine, today};
use crate::failure::{Failure, Result, While};
use crate::paths;

const BEGIN: &str = "<!-- benchmarks: written by `cargo xtask bench --publish` -->";
const END: &str = "<!-- end of benchmarks -->";

/// What is asked of a figure.
#[derive(Default, Clone, Copy)]
pub struct Bars {
    pub ratio: Option<f64>,
    pub seconds: Option<f64>,
}

/// One measurement.
pub struct Line {
    name: String,
    peer: Option<(&'static str, Sample)>,
    ours: Option<Sample>,
    all: Vec<f64>,
    peer_all: Vec<f64>,
    bars: Bars,
}

impl Line {
    pub fn compared(case: &Case, peer: &[Sample], ours: &[Sample], _rows: u64) -> Self {
        let line = Line {
            name: case.name.clone(),
            peer: median(peer).map(|sample| (case.peer.name(), sample)),
            ours: median(ours),
            all: ours.iter().map(|s| s.seconds).collect(),
            peer_all: peer.iter().map(|s| s.seconds).collect(),
            bars: Bars { ratio: case.bar, seconds: None },
        };
        println!("{}", line.text());
        line
    }

    pub fn alone(name: &str, ours: &[Sample], bars: Bars) -> Self {
        let line = Line {
            name: name.into(),
            peer: None,
            ours: median(ours),
            all: ours.iter().map(|s| s.seconds).collect(),
            peer_all: Vec::new(),
            bars,
        };
        println!("{}", line.text());
        line
    }

    fn seconds(&self) -> f64 {
        self.ours.as_ref().map_or(f64::NAN, |s| s.seconds)
    }

    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, sample)| self.seconds() / sample.seconds)
    }

    fn met(&self) -> Option<bool> {
        match (self.bars.ratio, self.bars.seconds) {
            (Some(bar), _) => self.ratio().map(|r| r <= bar),
            (None, Some(bar)) => Some(self.seconds() <= bar),
            (None, None) => None,
        }
    }

    fn bar(&self) -> String {
        match (self.bars.ratio, self.bars.seconds) {
            (Some(bar), _) => format!("{bar:.2}"),
            (None, Some(bar)) => format!("{bar:.1} s"),
            (None, None) => "–".into(),
        }
    }

    fn text(&self) -> String {
        let peer = match &self.peer {
            Some((name, s)) => format!("{name} {:.2} s, {}", s.seconds, megabytes(s.memory)),
            None => "–".into(),
        };
        let verdict = match self.met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        format!(
            "{:<52} {peer} | Rowferry {:.2} s, {} | ratio {} (bar {}) {verdict}",
            self.name,
            self.seconds(),
            megabytes(self.ours.as_ref().map_or(0, |s| s.memory)),
            self.ratio().map_or("–".into(), |r| format!("{r:.2}")),
            self.bar(),
        )
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "rival": self.peer.as_ref().map(|(name, s)| json!({
                "name": name, "median_seconds": s.seconds, "seconds": self.peer_all, "peak_bytes": s.memory,
            })),
            "rowferry": self.ours.as_ref().map(|s| json!({
                "median_seconds": s.seconds, "seconds": self.all, "peak_bytes": s.memory,
            })),
            "ratio": self.ratio(),
            "bar_ratio": self.bars.ratio,
            "bar_seconds": self.bars.seconds,
            "met": self.met(),
        })
    }
}

struct Memory {
    name: String,
    figures: Vec<(f64, f64, u64)>,
}

pub struct Report {
    lines: Vec<Line>,
    memory: Vec<Memory>,
    scale: f64,
    rounds: usize,
}

impl Report {
    pub fn new(how: &How) -> Self {
        Report { lines: Vec::new(), memory: Vec::new(), scale: how.scale, rounds: how.rounds }
    }

    pub fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub fn memory(&mut self, name: &str, figures: &[(f64, Sample)]) {
        let figures: Vec<_> = figures.iter().map(|(scale, s)| (*scale, s.seconds, s.memory)).collect();
        for (scale, seconds, bytes) in &figures {
            println!("memory, {name}, scale {scale}: {} in {seconds:.1} s", megabytes(*bytes));
        }
        self.memory.push(Memory { name: name.into(), figures });
    }

    pub fn show(&self) {
        println!("\n{}", self.markdown());
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "TPC-H `lineitem` at scale {}, medians of {} in turn with the rival, {}, {}. A ratio is Rowferry's time \
             divided by the rival's; times are whole processes, memory is the greatest resident size of the process.\n\n\
             | crossing | rival | rival | Rowferry | ratio | bar | memory (rival) |\n|---|---|---:|---:|---:|---:|---:|\n",
            self.scale,
            self.rounds,
            today(),
            machine()
        );
        for line in &self.lines {
            let (name, seconds, memory) = match &line.peer {
                Some((name, s)) => (*name, format!("{:.2} s", s.seconds), format!(" ({})", megabytes(s.memory))),
                None => ("–", "–".into(), String::new()),
            };
            let missed = if line.met() == Some(false) { ", missed" } else { "" };
            text += &format!(
                "| {} | {name} | {seconds} | {:.2} s | {} | {}{missed} | {}{memory} |\n",
                line.name,
                line.seconds(),
                line.ratio().map_or("–".into(), |r| format!("{r:.2}")),
                line.bar(),
                megabytes(line.ours.as_ref().map_or(0, |s| s.memory)),
            );
        }
        for memory in &self.memory {
            let figures: Vec<String> = memory
                .figures
                .iter()
                .map(|(scale, _, bytes)| format!("{} at scale {scale}", megabytes(*bytes)))
                .collect();
            text += &format!("\nMemory of {}: {}.\n", memory.name, figures.join(", "));
        }
        text
    }

    /// Writes the figures, the picture, and the table in the README.
    pub fn publish(&self) -> Result<()> {
        let folder = paths::root().join("docs/benchmarks");
        let memory: Vec<Value> = self
            .memory
            .iter()
            .flat_map(|m| {
                m.figures.iter().map(|(scale, seconds, bytes)| {
                    json!({ "name": m.name, "scale": scale, "seconds": seconds, "peak_bytes": bytes })
                })
            })
            .collect();
        let document = json!({
            "date": today(),
            "machine": machine(),
            "scale": self.scale,
            "rounds": self.rounds,
            "measurements": self.lines.iter().map(Line::json).collect::<Vec<_>>(),
            "memory": memory,
        });
        let text = serde_json::to_string_pretty(&document).during("the figures cannot be written as JSON")?;
        write(&folder.join("latest.json"), &(text + "\n"))?;
        write(&folder.join("latest.svg"), &self.picture())?;
        let readme = paths::root().join("README.md");
        let text = std::fs::read_to_string(&readme).during("README.md cannot be read")?;
        let replaced = text.split_once(BEGIN).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(END)?;
            Some(format!("{before}{BEGIN}\n{}{END}{after}", self.markdown()))
        });
        let replaced = replaced.ok_or_else(|| Failure::new("README.md has no place for the benchmarks"))?;
        write(&readme, &replaced)
    }

    /// One bar a crossing: the rival's time is 100 %, Rowferry's is drawn beside it, and a line marks the bar.
    fn picture(&self) -> String {
        const LEFT: f64 = 330.0;
        const FULL: f64 = 420.0;
        const ROW: f64 = 34.0;
        let lines: Vec<&Line> = self.lines.iter().filter(|l| l.peer.is_some()).collect();
        let height = 62.0 + ROW * lines.len() as f64;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {height}\" font-family=\"system-ui, sans-serif\" \
             font-size=\"13\" role=\"img\" aria-label=\"Rowferry's time as a share of the best rival's\">\n\
             <rect width=\"860\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             <text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"#1b2430\">Rowferry's time as a share of \
             the rival's (shorter is faster)</text>\n"
        );
        for (i, line) in lines.iter().enumerate() {
            let y = 44.0 + ROW * i as f64;
            let ratio = line.ratio().unwrap_or(0.0);
            let width = FULL * ratio.min(1.15);
            let fill = if line.met() == Some(false) { "#d9822b" } else { "#2c7be5" };
            let rival = line.peer.as_ref().map_or("", |(name, _)| name);
            svg += &format!(
                "<text x=\"16\" y=\"{:.0}\" fill=\"#1b2430\">{}</text>\n\
                 <text x=\"16\" y=\"{:.0}\" font-size=\"10\" fill=\"#5b6775\">against {rival}</text>\n\
                 <rect x=\"{LEFT}\" y=\"{:.0}\" width=\"{FULL}\" height=\"16\" fill=\"#e8ecf1\"/>\n\
                 <rect x=\"{LEFT}\" y=\"{:.0}\" width=\"{width:.0}\" height=\"16\" fill=\"{fill}\"/>\n\
                 <text x=\"{:.0}\" y=\"{:.0}\" fill=\"#1b2430\">{:.0} %  ({:.1} s of {:.1} s)</text>\n",
                y + 10.0,
                line.name.replace('&', "&amp;"),
                y + 22.0,
                y + 2.0,
                y + 2.0,
                LEFT + FULL.max(width) - 130.0,
                y + 14.0,
                ratio * 100.0,
                line.seconds(),
                line.peer.as_ref().map_or(0.0, |(_, s)| s.seconds),
            );
            if let Some(bar) = line.bars.ratio.filter(|b| *b <= 1.0) {
                let x = LEFT + FULL * bar;
                svg += &format!(
                    "<line x1=\"{x:.0}\" x2=\"{x:.0}\" y1=\"{:.0}\" y2=\"{:.0}\" stroke=\"#1b2430\" stroke-width=\"1.5\"/>\n",
                    y,
                    y + 20.0
                );
            }
        }
        svg + "</svg>\n"
    }
}

fn megabytes(bytes: u64) -> String {
    if bytes == 0 { "–".into() } else { format!("{:.0} MB", bytes as f64 / 1e6) }
}
