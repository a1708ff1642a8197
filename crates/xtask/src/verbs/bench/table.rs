use super::machine;

/// A line of the table.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) nginx: Option<f64>,
    pub(super) glaux: f64,
    pub(super) goal: Option<Goal>,
    /// Digits behind the point.
    pub(super) digits: usize,
}

/// What was promised.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtMost(bound) => figure <= bound,
            Self::AtLeast(bound) => figure >= bound,
        }
    }

    fn show(self) -> String {
        let (sign, bound) = match self {
            Self::AtMost(bound) => ("≤", bound),
            Self::AtLeast(bound) => ("≥", bound),
        };
        let digits = if bound.fract() == 0.0 { 0 } else { 1 };
        format!("{sign} {}", show(bound, digits))
    }
}

impl Row {
    fn to_markdown(&self) -> String {
        let Self { what, nginx, glaux, goal, digits } = self;
        let absent = || "–".to_owned();
        let yardstick = nginx.map_or_else(absent, |nginx| show(nginx, *digits));
        // Noise can make less than nothing of an added latency.
        let ratio = nginx.filter(|nginx| *nginx > 0.0).map_or_else(absent, |nginx| show(glaux / nginx, 2));
        let (goal, verdict) = match goal {
            Some(goal) => (goal.show(), if goal.is_met(*glaux) { "met" } else { "**missed**" }),
            None => (absent(), "–"),
        };
        format!("| {what} | {yardstick} | {} | {ratio} | {goal} | {verdict} |", show(*glaux, *digits))
    }
}

/// The middle one; of an even number the greater of the middle two.
pub(super) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints the table as Markdown.
pub(super) fn print(runs: usize, rows: &[Row]) -> anyhow::Result<()> {
    println!("\n`make bench`, median of {runs}, on {}. One core for the server, one for", machine::describe()?);
    println!("the load and the provider.\n");
    println!("| | nginx | Glaux | ratio | goal | |");
    println!("|---|---|---|---|---|---|");
    for row in rows {
        println!("{}", row.to_markdown());
    }
    Ok(())
}

/// With `digits` behind the point and commas between thousands.
pub(super) fn show(figure: f64, digits: usize) -> String {
    let text = format!("{figure:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut shown = String::new();
    for (place, character) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && !shown.ends_with('-') {
            shown.push(',');
        }
        shown.push(character);
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_figure_that_was_seen() {
        let check = |figures: &[f64], expected: f64| assert_eq!(median(figures.iter().copied()), expected);
        check(&[3.0, 1.0, 2.0], 2.0);
        check(&[3.0, 1.0], 3.0);
        check(&[-1.0, -3.0, 7.0], -1.0);
        assert!(median([]).is_nan());
    }

    #[test]
    fn figures_are_easy_to_read() {
        let check = |figure: f64, digits: usize, expected: &str| assert_eq!(show(figure, digits), expected);
        check(25.04, 1, "25.0");
        check(999.0, 0, "999");
        check(14903.4, 0, "14,903");
        check(1_234_567.25, 2, "1,234,567.25");
        check(-0.021, 3, "-0.021");
        check(-123.0, 0, "-123");
    }

    #[test]
    fn a_miss_is_visible() {
        let check = |glaux: f64, nginx: Option<f64>, goal: Option<Goal>, expected: &str| {
            let row = Row { what: "it".to_owned(), nginx, glaux, goal, digits: 1 };
            assert_eq!(row.to_markdown(), expected);
        };
        check(30.0, Some(12.0), Some(Goal::AtMost(25.0)), "| it | 12.0 | 30.0 | 2.50 | ≤ 25 | **missed** |");
        check(1.0, Some(-0.5), None, "| it | -0.5 | 1.0 | – | – | – |");
        check(25.0, None, Some(Goal::AtMost(25.0)), "| it | – | 25.0 | – | ≤ 25 | met |");
        check(6999.9, None, Some(Goal::AtLeast(7000.0)), "| it | – | 6,999.9 | – | ≥ 7,000 | **missed** |");
        check(0.2, None, Some(Goal::AtMost(0.2)), "| it | – | 0.2 | – | ≤ 0.2 | met |");
        check(1.0, None, None, "| it | – | 1.0 | – | – | – |");
    }
}
