use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::answer::end_of_answer;

/// Each has its own share of the schedule, so that one slow answer holds up only the calls of its own connection.
const CONNECTIONS: u32 = 8;
/// Calls of the first second are not counted: connections are made in it.
const WARM_UP: Duration = Duration::from_secs(1);

/// Latencies from the moment at which a call was due, whether it could be sent then or not.
pub(crate) struct Latencies {
    sorted: Vec<Duration>,
}

/// Calls `rate` times a second for `seconds`, evenly spaced.
///
/// Threads that block are woken within 0.1 ms of the moment they ask for; the timer of tokio counts whole milliseconds.
pub(crate) fn run(address: SocketAddr, request: &[u8], rate: u32, seconds: u64) -> Latencies {
    let start = now();
    let end = start + WARM_UP + Duration::from_secs(seconds);
    let gap = Duration::from_secs(1) / rate;
    let mut latencies: Vec<Duration> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                let first = start + gap * number;
                scope.spawn(move || {
                    let mut caller = Caller { stream: connect(address), received: Vec::new(), request };
                    let moments =
                        (0..).map(|round| first + gap * CONNECTIONS * round).take_while(|moment| *moment < end);
                    let calls = moments.map(|moment| (moment, caller.call_at(moment)));
                    calls
                        .filter(|(moment, _)| *moment >= start + WARM_UP)
                        .map(|(_, latency)| latency)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    latencies.sort_unstable();
    Latencies { sorted: latencies }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

struct Caller<'a> {
    stream: TcpStream,
    received: Vec<u8>,
    request: &'a [u8],
}

impl Caller<'_> {
    #[expect(clippy::disallowed_methods, reason = "a thread that does nothing else until then")]
    fn call_at(&mut self, moment: Instant) -> Duration {
        thread::sleep(moment.saturating_duration_since(now()));
        self.stream.write_all(self.request).unwrap();
        self.received.clear();
        while end_of_answer(&self.received).is_none() {
            let mut buffer = [0; 4096];
            let length = self.stream.read(&mut buffer).unwrap();
            assert!(length > 0, "the connection was closed before the answer");
            self.received.extend_from_slice(&buffer[..length]);
        }
        now() - moment
    }
}

#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

impl Latencies {
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let micros = |percent| self.percentile(percent).as_secs_f64() * 1e6;
        json!({ "calls": self.sorted.len(), "p50_micros": micros(50), "p99_micros": micros(99) })
    }

    /// The smallest latency that at least `percent` of the calls do not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted[rank.saturating_sub(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_latency_that_was_seen() {
        let latencies = |count: u64| Latencies { sorted: (1..=count).map(Duration::from_micros).collect() };
        let check = |count: u64, percent: usize, expected: u64| {
            let found = latencies(count).percentile(percent);
            assert_eq!(found, Duration::from_micros(expected), "p{percent} of {count}");
        };
        check(1, 50, 1);
        check(4, 50, 2);
        check(5, 50, 3);
        check(100, 99, 99);
        check(101, 99, 100);
        check(1000, 99, 990);
        check(10, 99, 10);
    }
}
