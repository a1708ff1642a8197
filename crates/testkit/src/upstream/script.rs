use std::{str::FromStr, time::Duration};

/// How an answer is given. Written as terms with commas between, in any order: `in=19,out=10,events=24,delay=5`.
///
/// | term | means |
/// |---|---|
/// | `in=19` | tokens of input that are reported |
/// | `out=10` | tokens that are written, and reported unless a term says otherwise |
/// | `told=500` | tokens of output that are reported, whatever is written |
/// | `untold` | usage is not reported |
/// | `events=24` | events of a stream that carry content |
/// | `delay=5` | milliseconds between two events |
/// | `first=100` | milliseconds before the head of the answer |
/// | `status=429` | an error in the provider's shape |
/// | `retry-after=1` | seconds, in the header of the error |
/// | `times=2` | only so many requests to this model get the error |
/// | `cut=5` | the answer ends after so many events, a whole one after as many bytes, without its end |
/// | `reset=5` | the connection is reset there |
/// | `stall=5` | nothing more comes from there on |
/// | `garbled=5` | the event there, or a whole answer, is not JSON |
/// | `lie=1000` | `content-length` promises so many bytes more than come |
/// | `ignore-cancel` | writes on, and counts it, after the client has hung up |
///
/// `cut`, `reset`, `stall` and `garbled` alone mean after nothing. The last of them counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Tokens of input.
    pub input: u64,
    /// Tokens of output.
    pub output: u64,
    /// What is said of them.
    pub told: Told,
    /// Events that carry content.
    pub events: u64,
    /// Between two events.
    pub delay: Duration,
    /// Before the head.
    pub first: Duration,
    /// An error instead of an answer.
    pub status: Option<u16>,
    /// Seconds.
    pub retry_after: Option<u64>,
    /// How many requests get the error; absent: all.
    pub times: Option<u64>,
    /// How the answer ends.
    pub ending: Ending,
    /// Bytes that are promised and never come.
    pub lie: u64,
    /// What follows when the client hangs up.
    pub after_hang_up: AfterHangUp,
}

/// What an answer says of its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// What was written.
    Truth,
    /// So many tokens of output.
    Lie(u64),
    /// Nothing, also not of the input.
    Nothing,
}

/// How an answer ends. The number counts events of a stream, bytes of a whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Whole,
    /// Early, as if it were whole.
    Cut(u64),
    /// With a reset of the connection.
    Reset(u64),
    /// Never.
    Stall(u64),
    /// As it should, after something that is not JSON.
    Garbled(u64),
}

/// What a provider does when nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterHangUp {
    /// It stops, and charges for what it has written.
    Stops,
    /// It writes everything, and charges for it.
    WritesOn,
}

/// A term that no script has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTerm(pub String);

impl Default for Script {
    fn default() -> Self {
        Self {
            input: 19,
            output: 10,
            told: Told::Truth,
            events: 10,
            delay: Duration::ZERO,
            first: Duration::ZERO,
            status: None,
            retry_after: None,
            times: None,
            ending: Ending::Whole,
            lie: 0,
            after_hang_up: AfterHangUp::Stops,
        }
    }
}

impl FromStr for Script {
    type Err = UnknownTerm;

    fn from_str(text: &str) -> Result<Self, UnknownTerm> {
        let mut script = Self::default();
        for term in text.split(',') {
            let unknown = || UnknownTerm(term.to_owned());
            let (name, number) = term.split_once('=').unwrap_or((term, "0"));
            let number: u64 = number.parse().map_err(|_| unknown())?;
            match name {
                "in" => script.input = number,
                "out" => script.output = number,
                "told" => script.told = Told::Lie(number),
                "untold" => script.told = Told::Nothing,
                "events" => script.events = number,
                "delay" => script.delay = Duration::from_millis(number),
                "first" => script.first = Duration::from_millis(number),
                "status" => script.status = Some(u16::try_from(number).map_err(|_| unknown())?),
                "retry-after" => script.retry_after = Some(number),
                "times" => script.times = Some(number),
                "cut" => script.ending = Ending::Cut(number),
                "reset" => script.ending = Ending::Reset(number),
                "stall" => script.ending = Ending::Stall(number),
                "garbled" => script.ending = Ending::Garbled(number),
                "lie" => script.lie = number,
                "ignore-cancel" => script.after_hang_up = AfterHangUp::WritesOn,
                _ => return Err(unknown()),
            }
        }
        Ok(script)
    }
}

impl Script {
    /// The script that a model's name is. A name with `=` must be one; any other may be.
    pub(super) fn of_model(model: &str, otherwise: &Self) -> Result<Self, UnknownTerm> {
        match model.parse() {
            Err(_) if !model.contains('=') => Ok(otherwise.clone()),
            parsed => parsed,
        }
    }

    /// The tokens of output that are reported when `written` of them are written.
    pub(super) fn reported(&self, written: u64) -> Option<u64> {
        match self.told {
            Told::Truth => Some(written),
            Told::Lie(_) if written < self.output => Some(written),
            Told::Lie(tokens) => Some(tokens),
            Told::Nothing => None,
        }
    }

    /// The tokens from `from` up to `to`, a word each.
    pub(super) fn words(from: u64, to: u64) -> String {
        (from..to).map(|word| format!("word{word} ")).collect()
    }

    /// The first and the end of the tokens in each event that carries content.
    pub(super) fn shares(&self) -> impl Iterator<Item = (u64, u64)> + use<> {
        let (output, events) = (self.output, self.events.max(1));
        (0..events).map(move |event| (output * event / events, output * (event + 1) / events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_scripts() {
        let check = |text: &str, expected: Option<Script>| assert_eq!(text.parse().ok(), expected, "{text}");
        let told = Script { input: 7, output: 3, ..Script::default() };
        check("in=7,out=3", Some(told));
        check("stall", Some(Script { ending: Ending::Stall(0), ..Script::default() }));
        check(
            "cut=5,ignore-cancel",
            Some(Script { ending: Ending::Cut(5), after_hang_up: AfterHangUp::WritesOn, ..Script::default() }),
        );
        check("told=500", Some(Script { told: Told::Lie(500), ..Script::default() }));
        check("in=many", None);
        check("gpt-4.1-mini", None);
        check("", None);
    }

    #[test]
    fn events_share_the_tokens_and_lose_none() {
        for (output, events) in [(10, 24), (24, 10), (1, 1), (0, 3), (7, 0)] {
            let script = Script { output, events, ..Script::default() };
            assert_eq!(script.shares().map(|(from, to)| to - from).sum::<u64>(), output);
        }
    }
}
