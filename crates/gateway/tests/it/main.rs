//! Calls through the gateway over real sockets, answered by the sandbox and by scripted providers, checked against the ledger.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod aborts;
mod books;
mod bounds;
mod budgets;
mod calls;
mod configuration;
mod random;
mod shape;
mod upstreams;
mod world;

/// Whether the long runs were asked for; says that they were not.
#[expect(clippy::disallowed_methods, reason = "the switch of the long runs")]
fn is_soaking() -> bool {
    let asked = std::env::var_os("GLAUX_SOAK").is_some();
    if !asked {
        glaux_testkit::skip("GLAUX_SOAK is not set", 1);
    }
    asked
}
