use super::load::Reply;

/// What a run has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figures {
    /// CPU on the path of a call.
    pub(super) serving_micros: f64,
    /// CPU that carries the call's records into the database.
    pub(super) projection_micros: f64,
    pub(super) per_second: f64,
}

/// A line of the table.
pub(super) struct Row {
    pub(super) subject: &'static str,
    pub(super) reply: Reply,
    pub(super) connections: u32,
    pub(super) median: Figures,
}

/// The median of each figure on its own. Of an even number the greater of the middle two.
pub(super) fn median(runs: &[Figures]) -> Figures {
    let middle = |figure: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Figures {
        serving_micros: middle(|figures| figures.serving_micros),
        projection_micros: middle(|figures| figures.projection_micros),
        per_second: middle(|figures| figures.per_second),
    }
}

/// Prints the table as Markdown.
pub(super) fn print(runs: usize, rows: &[Row]) {
    println!("\nMedian of {runs}. One core for the server, one for wrk and the provider.\n");
    println!("| | connections | CPU µs per call | goal | CPU µs for projection | per second | goal |");
    println!("|---|---|---|---|---|---|---|");
    for Row { subject, reply, connections, median } in rows {
        let (asked, cpu_goal, rate_goal) = match reply {
            Reply::Whole => ("1 KB POST", "≤ 25", "–"),
            Reply::Stream => ("24-event stream", "≤ 120", "≥ 7,000"),
        };
        let (cpu_goal, rate_goal) = if *subject == "glaux" { (cpu_goal, rate_goal) } else { ("–", "–") };
        println!(
            "| {subject}, {asked} | {connections} | {:.1} | {cpu_goal} | {:.1} | {:.0} | {rate_goal} |",
            median.serving_micros, median.projection_micros, median.per_second
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_taken_of_each_figure() {
        let runs = [(3.0, 10.0), (1.0, 30.0), (2.0, 20.0)];
        let runs =
            runs.map(|(serving_micros, per_second)| Figures { serving_micros, projection_micros: 0.0, per_second });
        assert_eq!(median(&runs), Figures { serving_micros: 2.0, projection_micros: 0.0, per_second: 20.0 });
    }
}
