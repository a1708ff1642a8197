//! A scripted provider as a program of its own: `scripted-upstream [bench] [address]`.
//!
//! Prints the address that it listens on. Without `bench` it answers as the names of models say, and `GET /tally` gives
//! what it has counted; with it, it answers what was made beforehand, on one thread.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for tests and measurements")]

use glaux_testkit::upstream::{Memory, Script, ScriptedUpstream, bench};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_bench = arguments.next_if(|argument| argument == "bench").is_some();
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    if is_bench {
        bench::serve(listener).await;
    } else {
        let _serving = ScriptedUpstream::serve(listener, Script::default(), Memory::TallyOnly);
        std::future::pending::<()>().await;
    }
}
