//! A broken rule: where, which, and what to do.

use std::{fmt, path::PathBuf};

use anyhow::{Result, bail};

/// One place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Relative to the root of the checkout.
    pub(crate) path: PathBuf,
    /// Counted from one; zero speaks of the whole file.
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    /// What is wrong and what to do instead.
    pub(crate) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": [{}] {}", self.rule, self.message)
    }
}

/// Prints the findings; an error if there is one.
pub(crate) fn conclude(check: &str, mut findings: Vec<Finding>) -> Result<()> {
    findings.sort();
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{check}: nothing to report");
            Ok(())
        }
        count => bail!("{check}: {count} finding(s), listed above"),
    }
}
