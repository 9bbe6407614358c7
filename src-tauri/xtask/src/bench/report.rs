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
            "date": today(),
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
        println!("\n{}", markdown(&self.document()));
    }

    fn document(&self) -> Value {
        let memory: Vec<Value> = self
            .memory
            .iter()
            .flat_map(|m| {
                m.figures.iter().map(|(scale, seconds, bytes)| {
                    json!({ "name": m.name, "scale": scale, "seconds": seconds, "peak_bytes": bytes })
                })
            })
            .collect();
        json!({
            "machine": machine(),
            "scale": self.scale,
            "rounds": self.rounds,
            "measurements": self.lines.iter().map(Line::json).collect::<Vec<_>>(),
            "memory": memory,
        })
    }

    /// Writes the figures, the picture, and the table in the README. What was not measured this time stays as it was
    /// measured last, with its date, its machine and its scale.
    pub fn publish(&self) -> Result<()> {
        let folder = paths::root().join("docs/benchmarks");
        let mut document = self.document();
        let before = std::fs::read_to_string(folder.join("latest.json")).unwrap_or_default();
        if let Ok(before) = serde_json::from_str::<Value>(&before) {
            keep(&mut document, &before, "measurements", |one| one["name"].to_string());
            keep(&mut document, &before, "memory", |one| format!("{} {}", one["name"], one["scale"]));
        }
        let text = serde_json::to_string_pretty(&document).during("the figures cannot be written as JSON")?;
        write(&folder.join("latest.json"), &(text + "\n"))?;
        write(&folder.join("latest.svg"), &picture(&document))?;
        let readme = paths::root().join("README.md");
        let text = std::fs::read_to_string(&readme).during("README.md cannot be read")?;
        let replaced = text.split_once(BEGIN).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(END)?;
            Some(format!("{before}{BEGIN}\n{}{END}{after}", markdown(&document)))
        });
        let replaced = replaced.ok_or_else(|| Failure::new("README.md has no place for the benchmarks"))?;
        write(&readme, &replaced)
    }
}

/// Puts the entries of `before` that were not measured anew among those of `now`, in their old places.
fn keep(now: &mut Value, before: &Value, list: &str, name: impl Fn(&Value) -> String) {
    let mut new: Vec<Value> = entries(now, list).to_vec();
    let mut all: Vec<Value> = Vec::new();
    for old in entries(before, list) {
        match new.iter().position(|one| name(one) == name(old)) {
            Some(at) => all.push(new.remove(at)),
            None => {
                let mut old = old.clone();
                for what in ["machine", "scale"] {
                    if old[what].is_null() {
                        old[what] = before[what].clone();
                    }
                }
                all.push(old);
            }
        }
    }
    all.append(&mut new);
    now[list] = Value::Array(all);
}

/// What is said behind a figure that was measured elsewhere, or on other data, than the others.
fn elsewhere(document: &Value, one: &Value, scale_is_told: bool) -> Option<String> {
    let other = |what: &str| !one[what].is_null() && one[what] != document[what];
    let machine = other("machine").then(|| one["machine"].as_str().unwrap_or_default().to_string());
    let scale = (!scale_is_told && other("scale")).then(|| format!("scale {}", one["scale"]));
    let said: Vec<String> = machine.into_iter().chain(scale).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn entries<'a>(document: &'a Value, list: &str) -> &'a [Value] {
    document[list].as_array().map_or(&[], Vec::as_slice)
}

fn seconds(one: &Value, whose: &str) -> Option<f64> {
    one[whose]["median_seconds"].as_f64()
}

fn memory_of(one: &Value, whose: &str) -> String {
    megabytes(one[whose]["peak_bytes"].as_u64().unwrap_or(0))
}

fn markdown(document: &Value) -> String {
    let dates: std::collections::BTreeSet<&str> =
        entries(document, "measurements").iter().filter_map(|one| one["date"].as_str()).collect();
    let mut text = format!(
        "TPC-H `lineitem` at scale {}, medians of {} (with expressions and for other tables of 3) in turn with the rival, {}, {}. A \
         ratio is Rowferry's time divided by the rival's; times are whole processes, memory is the greatest resident size of the \
         process.\n\n\
         | crossing | rival | rival | Rowferry | ratio | bar | memory (rival) |\n|---|---|---:|---:|---:|---:|---:|\n",
        document["scale"],
        document["rounds"],
        dates.into_iter().collect::<Vec<_>>().join(", "),
        document["machine"].as_str().unwrap_or_default(),
    );
    let mut notes: Vec<String> = Vec::new();
    let mut mark = |one: &Value, scale_is_told: bool| match elsewhere(document, one, scale_is_told) {
        Some(note) => {
            let at = notes.iter().position(|n| *n == note).unwrap_or_else(|| {
                notes.push(note);
                notes.len() - 1
            });
            format!(" ({})", at + 1)
        }
        None => String::new(),
    };
    for one in entries(document, "measurements") {
        let rival = one["rival"]["name"].as_str().unwrap_or("–").replace('|', "\\|");
        let time = |whose| seconds(one, whose).map_or("–".into(), |s| format!("{s:.2} s"));
        let bar = match (one["bar_ratio"].as_f64(), one["bar_seconds"].as_f64()) {
            (Some(bar), _) => format!("{bar:.2}"),
            (None, Some(bar)) => format!("{bar:.1} s"),
            (None, None) => "–".into(),
        };
        let missed = if one["met"] == json!(false) { ", missed" } else { "" };
        let theirs = if one["rival"].is_null() { String::new() } else { format!(" ({})", memory_of(one, "rival")) };
        text += &format!(
            "| {}{} | {rival} | {} | {} | {} | {bar}{missed} | {}{theirs} |\n",
            one["name"].as_str().unwrap_or_default(),
            mark(one, false),
            time("rival"),
            time("rowferry"),
            one["ratio"].as_f64().map_or("–".into(), |r| format!("{r:.2}")),
            memory_of(one, "rowferry"),
        );
    }
    let memory = entries(document, "memory");
    if !memory.is_empty() {
        text += "\nGreatest resident size with three expressions, by TPC-H scale:\n\n";
        let mut names: Vec<&str> = memory.iter().filter_map(|one| one["name"].as_str()).collect();
        names.dedup();
        for name in names {
            let of_name = memory.iter().filter(|one| one["name"] == json!(name));
            let figures: Vec<String> = of_name
                .map(|one| {
                    let bytes = megabytes(one["peak_bytes"].as_u64().unwrap_or(0));
                    format!("{bytes} at {}{}", one["scale"], mark(one, true))
                })
                .collect();
            text += &format!("* {}: {}\n", name.trim_end_matches(", three expressions"), figures.join(", "));
        }
    }
    for (at, note) in notes.iter().enumerate() {
        text += &format!("\n({}) measured before, on: {note}\n", at + 1);
    }
    text
}

/// One bar a crossing: the rival's time is 100 %, Rowferry's is drawn beside it, and a line marks the bar.
fn picture(document: &Value) -> String {
    const LEFT: f64 = 350.0;
    const FULL: f64 = 340.0;
    const ROW: f64 = 34.0;
    let lines: Vec<&Value> = entries(document, "measurements").iter().filter(|one| !one["rival"].is_null()).collect();
    let height = 62.0 + ROW * lines.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 920 {height}\" font-family=\"system-ui, sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"Rowferry's time as a share of the best rival's\">\n\
         <rect width=\"920\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"#1b2430\">Rowferry's time as a share of \
         the rival's (shorter is faster; the line is the bar)</text>\n"
    );
    for (i, one) in lines.into_iter().enumerate() {
        let y = 44.0 + ROW * i as f64;
        let ratio = one["ratio"].as_f64().unwrap_or(0.0);
        let width = FULL * ratio.min(1.3);
        let fill = if one["met"] == json!(false) { "#d9822b" } else { "#2c7be5" };
        let name = one["name"].as_str().unwrap_or_default().replace('&', "&amp;");
        let rival = one["rival"]["name"].as_str().unwrap_or_default().replace('&', "&amp;");
        svg += &format!(
            "<text x=\"16\" y=\"{:.0}\" fill=\"#1b2430\">{name}</text>\n\
             <text x=\"16\" y=\"{:.0}\" font-size=\"10\" fill=\"#5b6775\">against {rival}</text>\n\
             <rect x=\"{LEFT}\" y=\"{:.0}\" width=\"{FULL}\" height=\"16\" fill=\"#e8ecf1\"/>\n\
             <rect x=\"{LEFT}\" y=\"{:.0}\" width=\"{width:.0}\" height=\"16\" fill=\"{fill}\"/>\n\
             <text x=\"800\" y=\"{:.0}\" fill=\"#1b2430\">{:.0} % of {:.1} s</text>\n",
            y + 10.0,
            y + 22.0,
            y + 2.0,
            y + 2.0,
            y + 14.0,
            ratio * 100.0,
            seconds(one, "rival").unwrap_or(0.0),
        );
        if let Some(bar) = one["bar_ratio"].as_f64() {
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

fn megabytes(bytes: u64) -> String {
    if bytes == 0 { "–".into() } else { format!("{:.0} MB", bytes as f64 / 1e6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(machine: &str, names: &[&str]) -> Value {
        let measured = names.iter().map(|name| json!({ "name": name, "date": "2026-01-01" })).collect::<Vec<_>>();
        json!({ "machine": machine, "scale": 0.5, "rounds": 1, "measurements": measured, "memory": [] })
    }

    #[test]
    fn what_was_not_measured_stays_with_the_machine_that_it_was_measured_on() {
        let before = document("the old one", &["a", "b"]);
        let mut now = document("the new one", &["b", "c"]);
        keep(&mut now, &before, "measurements", |one| one["name"].to_string());
        let names: Vec<&Value> = entries(&now, "measurements").iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(now["measurements"][0]["machine"], "the old one");
        assert!(now["measurements"][1]["machine"].is_null());
        let text = markdown(&now);
        assert!(text.contains("| a (1) |") && text.contains("| b |"), "{text}");
        assert!(text.contains("(1) measured before, on: the old one"), "{text}");
    }
}
