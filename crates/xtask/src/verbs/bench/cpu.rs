use std::{fs, path::Path, thread, time::Duration};

use anyhow::{Context, Result, bail};

/// Jiffies per second, as Linux shows them to programs on every platform that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Threads that carry the ledger into the database. Names are cut to 15 bytes.
const PROJECTION_THREADS: [&str; 2] = ["glaux-control", "sqlx-sqlite"];

/// Longer than the projection waits before it looks again.
const QUIET: Duration = Duration::from_millis(600);
/// Looks at a projection that never comes to an end.
const PATIENCE: usize = 100;

/// User and system time that a process has spent, by what it was spent for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cpu {
    pub(super) serving_seconds: f64,
    pub(super) projection_seconds: f64,
}

impl Cpu {
    /// Reads it from `/proc`.
    pub(super) fn read(process: u32) -> Result<Self> {
        let folder = format!("/proc/{process}");
        let (_, total) = read_stat(Path::new(&folder))?;
        let mut projection = 0.0;
        for task in fs::read_dir(format!("{folder}/task"))? {
            // A thread may end between being listed and being read; its time stays in the total.
            let Ok((name, seconds)) = read_stat(&task?.path()) else { continue };
            if PROJECTION_THREADS.iter().any(|prefix| name.starts_with(prefix)) {
                projection += seconds;
            }
        }
        Ok(Self { serving_seconds: total - projection, projection_seconds: projection })
    }

    /// Reads it when the projection has carried all there was.
    #[expect(clippy::disallowed_methods, reason = "a tool that has nothing else to do meanwhile")]
    pub(super) fn read_when_projected(process: u32) -> Result<Self> {
        let mut last = Self::read(process)?;
        for _ in 0..PATIENCE {
            thread::sleep(QUIET);
            let now = Self::read(process)?;
            if now.projection_seconds <= last.projection_seconds {
                return Ok(now);
            }
            last = now;
        }
        bail!("the projection does not come to an end")
    }

    /// What was spent after `before`.
    pub(super) fn since(self, before: &Self) -> Self {
        Self {
            serving_seconds: self.serving_seconds - before.serving_seconds,
            projection_seconds: self.projection_seconds - before.projection_seconds,
        }
    }
}

/// User and system time of a process that has just begun, whose ticks would be too few to count: nanoseconds of its
/// threads, as the scheduler knows them.
pub(super) fn read_finely(process: u32) -> Result<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let path = task?.path().join("schedstat");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let spent = text.split_whitespace().next().and_then(|field| field.parse::<u64>().ok());
        nanos += spent.with_context(|| format!("{} is not what it was: {text}", path.display()))?;
    }
    Ok(Duration::from_nanos(nanos))
}

fn read_stat(folder: &Path) -> Result<(String, f64)> {
    let path = folder.join("stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    parse_stat(&text).with_context(|| format!("{} is not what proc(5) says", path.display()))
}

/// Name and seconds from a line of proc(5)'s `stat`: the name stands in parentheses and may hold any; fields 14 and 15
/// are user and system time.
fn parse_stat(text: &str) -> Option<(String, f64)> {
    let (before, after) = text.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some((name, (ticks(14)? + ticks(15)?) / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_is_read_behind_the_name() {
        let check = |text: &str, expected: Option<(&str, f64)>| {
            let expected = expected.map(|(name, seconds)| (name.to_owned(), seconds));
            assert_eq!(parse_stat(text), expected, "{text}");
        };
        check("7 (glaux-gateway) S 1 7 7 0 -1 4194304 11 0 0 0 150 50 0 0 20 0 1", Some(("glaux-gateway", 2.0)));
        check("7 (a) b (c)) R 1 7 7 0 -1 4194304 11 0 0 0 3 0 0 0 20", Some(("a) b (c)", 0.03)));
        check("7 glaux S", None);
        check("7 (glaux) S 1 2", None);
    }
}
