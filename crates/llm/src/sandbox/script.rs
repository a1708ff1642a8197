use std::time::Duration;

use http::StatusCode;

/// What a model's name tells the sandbox to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Script {
    pub(super) say: Option<usize>,
    pub(super) reason: u64,
    pub(super) slow: Duration,
    pub(super) pace: Duration,
    pub(super) error: Option<StatusCode>,
    pub(super) cut: Option<usize>,
    pub(super) fail: Option<usize>,
    pub(super) garbled: bool,
    pub(super) silent: bool,
    pub(super) overshoot: bool,
}

const MAX_WAIT_MS: u64 = 60_000;
const MAX_WORDS: u64 = 1_000_000;

impl Script {
    pub(super) fn parse(text: &str) -> Self {
        let mut script = Self::default();
        for word in text.split(['+', '/']) {
            let (verb, number) = word.split_once('-').map_or((word, None), |(verb, n)| (verb, n.parse::<u64>().ok()));
            match (verb, number) {
                ("say", Some(n)) => script.say = usize::try_from(n.min(MAX_WORDS)).ok(),
                ("reason", Some(n)) => script.reason = n.min(MAX_WORDS),
                ("slow", Some(ms)) => script.slow = Duration::from_millis(ms.min(MAX_WAIT_MS)),
                ("pace", Some(ms)) => script.pace = Duration::from_millis(ms.min(MAX_WAIT_MS)),
                ("error", Some(status @ 400..=599)) => {
                    script.error = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
                }
                ("cut", Some(n)) => script.cut = usize::try_from(n).ok(),
                ("fail", Some(n)) => script.fail = usize::try_from(n).ok(),
                ("garbled", None) => script.garbled = true,
                ("silent", None) => script.silent = true,
                ("overshoot", None) => script.overshoot = true,
                _ => {}
            }
        }
        script
    }
}
