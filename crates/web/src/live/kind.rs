/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A feature was activated, deactivated or put into maintenance.
    FeatureStatusChanged,
    /// Numbers of the dashboard moved.
    MetricsUpdated,
    /// A budget passed a threshold, or a settlement its hold.
    SpendingAlert,
    /// A model, provider or assignment took effect.
    ModelDeploymentUpdated,
    /// An experiment moved on.
    ExperimentUpdated,
    /// A queue grew or shrank.
    QueueUpdated,
    /// A job moved on.
    JobProgress,
    /// A health check changed its mind.
    HealthChanged,
    /// An entry was added to the journal.
    JournalAppended,
    /// Calls came to stand in the ledger's rows: many at a time, for those who ask for them.
    UsageAppended,
}

impl EventKind {
    /// Every kind there is.
    pub(super) const ALL: [Self; 10] = [
        Self::FeatureStatusChanged,
        Self::MetricsUpdated,
        Self::SpendingAlert,
        Self::ModelDeploymentUpdated,
        Self::ExperimentUpdated,
        Self::QueueUpdated,
        Self::JobProgress,
        Self::HealthChanged,
        Self::JournalAppended,
        Self::UsageAppended,
    ];

    /// The wire text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FeatureStatusChanged => "feature.status_changed",
            Self::MetricsUpdated => "metrics.updated",
            Self::SpendingAlert => "spending.alert",
            Self::ModelDeploymentUpdated => "model.deployment_updated",
            Self::ExperimentUpdated => "experiment.updated",
            Self::QueueUpdated => "queue.updated",
            Self::JobProgress => "job.progress",
            Self::HealthChanged => "health.changed",
            Self::JournalAppended => "journal.appended",
            Self::UsageAppended => "usage.appended",
        }
    }

    /// Whether it is told only to those who ask for it, and not remembered.
    pub(super) fn is_passing(self) -> bool {
        self == Self::UsageAppended
    }
}
