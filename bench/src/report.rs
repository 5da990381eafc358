//! Owns the human form of the results. Refuses to know how they were measured.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::Result;

use crate::rig::{Outcome, Table, write};

/// The order in which measures are shown.
const MEASURES: [&str; 7] = ["sends", "fanout", "idle", "start", "gateway", "rivals", "cluster"];

/// Flags of `bench report`.
#[derive(clap::Args)]
pub struct Args {
    /// Where the results are; the table is written beside them.
    #[arg(long, default_value = "bench/results")]
    pub out: PathBuf,
}

/// Writes `README.md` from the result files that are there.
pub fn run(args: &Args) -> Result<()> {
    let mut text = String::from(
        "# Results\n\nMade by `make bench` (`bench/run.sh`); the JSON files beside this one hold every raw run. Everything ran on \
         loopback, generator and server on the same machine.\n\n",
    );
    let mut outcomes = Vec::new();
    for measure in MEASURES {
        let path = args.out.join(format!("{measure}.json"));
        if path.is_file() {
            outcomes.push(serde_json::from_str::<Outcome>(&std::fs::read_to_string(path)?)?);
        }
    }
    if outcomes.iter().any(|outcome| outcome.quick) {
        text.push_str("**A quick run: it shows that the rig works. Its numbers mean nothing.**\n\n");
    }
    text.push_str(&targets(&outcomes));
    for outcome in &outcomes {
        text.push_str(&section(outcome));
    }
    write(&args.out.join("README.md"), &text)
}

fn targets(outcomes: &[Outcome]) -> String {
    let mut table = Table::new("", &["measure", "what", "to reach", "measured", "reached"]);
    for outcome in outcomes {
        for target in &outcome.targets {
            let met = if target.met { "yes" } else { "**no**" };
            table.row([
                outcome.measure.clone(),
                target.name.clone(),
                target.want.clone(),
                target.got.clone(),
                met.to_owned(),
            ]);
        }
    }
    format!("## Targets\n\n{}\n", render(&table))
}

/// Renders one measure.
pub fn section(outcome: &Outcome) -> String {
    let mut text = format!("## {}\n\n", outcome.measure);
    for table in &outcome.tables {
        let _infallible = writeln!(text, "**{}**\n\n{}", table.title, render(table));
    }
    for sentence in &outcome.method {
        let _infallible = writeln!(text, "- {sentence}");
    }
    let word = |value: &serde_json::Value, key: &str| {
        value.get(key).map_or_else(String::new, |found| {
            found.as_str().map_or_else(|| found.to_string(), str::to_owned)
        })
    };
    let _infallible = writeln!(
        text,
        "\n{} · commit {} · {}, {} CPUs, {}, Linux {}, {} · load average before {}, after {}\n\n```\n{}\n```\n",
        outcome.date,
        outcome.commit,
        word(&outcome.machine, "cpu"),
        word(&outcome.machine, "cpus"),
        word(&outcome.machine, "memory"),
        word(&outcome.machine, "kernel"),
        word(&outcome.machine, "dataFileSystem"),
        word(&outcome.load_before, "average"),
        word(&outcome.load_after, "average"),
        outcome.command,
    );
    text
}

fn render(table: &Table) -> String {
    let mut text = String::new();
    let _infallible = writeln!(text, "| {} |", table.columns.join(" | "));
    let _infallible = writeln!(text, "|{}", "---|".repeat(table.columns.len()));
    for row in &table.rows {
        let _infallible = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}
