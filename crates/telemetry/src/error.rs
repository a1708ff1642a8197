/// Why telemetry could not start or answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not a filter as `tracing_subscriber::EnvFilter` documents it.
    #[error("`{filter}` is not a log filter")]
    Filter {
        /// What was given.
        filter: String,
        /// Where it breaks.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// The text names no log format.
    #[error("`{0}` is not a log format; use text or json")]
    Format(String),
    /// A subscriber is installed already: [`init`](crate::init) was called twice.
    #[error("logging has been set up already")]
    AlreadySet(#[source] tracing_subscriber::util::TryInitError),
    /// A metric could not be written out.
    #[error("the metrics could not be written out")]
    Exposition(#[source] std::fmt::Error),
}
