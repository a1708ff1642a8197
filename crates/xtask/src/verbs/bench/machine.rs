use std::{collections::BTreeSet, fs};

use anyhow::Result;

/// What the figures were measured on: `2 cores of AMD EPYC`.
pub(super) fn describe() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let Processors { count, models } = read(&text);
    // Not every architecture names its models.
    let models = if models.is_empty() { "an unnamed model".to_owned() } else { models.join(", ") };
    Ok(format!("{count} cores of {models}"))
}

#[derive(Debug, PartialEq, Eq)]
struct Processors {
    count: usize,
    models: Vec<String>,
}

fn read(text: &str) -> Processors {
    let fields = || text.lines().filter_map(|line| line.split_once(':'));
    let models: BTreeSet<&str> =
        fields().filter(|(name, _)| name.trim() == "model name").map(|(_, model)| model.trim()).collect();
    Processors {
        count: fields().filter(|(name, _)| name.trim() == "processor").count(),
        models: models.into_iter().map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_counted_and_named_once() {
        let check = |text: &str, count: usize, models: &[&str]| {
            let models = models.iter().map(|model| (*model).to_owned()).collect();
            assert_eq!(read(text), Processors { count, models });
        };
        let one = "processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nflags\t\t: a b\n\n";
        check(&(one.to_owned() + &one.replace("r\t: 0", "r\t: 1")), 2, &["AMD EPYC"]);
        check("processor\t: 0\nBogoMIPS\t: 50\n", 1, &[]);
    }
}
