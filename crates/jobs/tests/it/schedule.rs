use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use glaux_jobs::{Failure, Job, Reach, Schedule};
use glaux_kernel::{NodeId, Timestamp};
use glaux_testkit::{clock::ManualClock, database::TestDatabase, on_both, rng::SeededRng};
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

on_both!(
    a_job_runs_once_a_day_on_one_node,
    a_killed_run_goes_on_at_the_next_start,
    a_node_that_is_gone_is_followed_after_a_minute,
    a_node_that_stops_is_followed_at_once,
    a_job_that_fails_is_tried_again,
);

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What happened to the jobs of a test.
struct World {
    database: TestDatabase,
    clock: Arc<ManualClock>,
    rng: SeededRng,
    runs: Arc<Mutex<Vec<String>>>,
    /// What a run must get to come to its end.
    permits: Arc<Semaphore>,
    failures: Arc<AtomicU32>,
    /// Told when a run begins.
    began: Arc<Notify>,
}

struct Noted {
    name: &'static str,
    reach: Reach,
    /// Who runs it.
    by: &'static str,
    runs: Arc<Mutex<Vec<String>>>,
    permits: Arc<Semaphore>,
    failures: Arc<AtomicU32>,
    began: Arc<Notify>,
}

#[async_trait]
impl Job for Noted {
    fn name(&self) -> &'static str {
        self.name
    }

    fn every(&self) -> Duration {
        DAY
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    async fn run(&self, now: Timestamp) -> Result<(), Failure> {
        self.runs.lock().push(format!("{} {} {}", self.by, self.name, &now.to_string()[..13]));
        self.began.notify_waiters();
        self.permits.acquire().await?.forget();
        let failing = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        failing.map_or(Ok(()), |_| Err("it is to fail".into()))
    }
}

impl World {
    fn new(database: TestDatabase) -> Self {
        Self {
            database,
            clock: Arc::new(ManualClock::at("2026-11-21T09:00:00Z")),
            rng: SeededRng::new(11),
            runs: Arc::default(),
            permits: Arc::new(Semaphore::new(100)),
            failures: Arc::default(),
            began: Arc::default(),
        }
    }

    fn node(&self) -> NodeId {
        NodeId::new(glaux_kernel::Clock::now(&*self.clock), &self.rng)
    }

    /// `rows` for the installation, `files` for each node.
    fn schedule(&self, node: NodeId, by: &'static str) -> Schedule {
        let jobs = [("rows", Reach::Installation), ("files", Reach::Node)];
        let jobs = jobs.map(|(name, reach)| {
            Box::new(Noted {
                name,
                reach,
                by,
                runs: Arc::clone(&self.runs),
                permits: Arc::clone(&self.permits),
                failures: Arc::clone(&self.failures),
                began: Arc::clone(&self.began),
            }) as Box<dyn Job>
        });
        Schedule::new(self.database.db().clone(), self.clock.clone(), node, jobs.into())
    }

    fn runs(&self) -> Vec<String> {
        std::mem::take(&mut self.runs.lock())
    }

    /// Begins what is due and kills it as soon as it has begun.
    async fn kill_at_work(&self, schedule: &mut Schedule) {
        self.permits.forget_permits(100);
        let began = self.began.notified();
        tokio::select! {
            done = schedule.run_due() => panic!("came to its end: {done:?}"),
            () = began => {}
        }
        self.permits.add_permits(100);
    }
}

async fn a_job_runs_once_a_day_on_one_node(database: TestDatabase) {
    let world = World::new(database);
    let nodes = [world.node(), world.node()];
    let (mut a, mut b) = (world.schedule(nodes[0], "a"), world.schedule(nodes[1], "b"));
    assert_eq!(a.run_due().await.unwrap(), ["rows", "files"]);
    assert_eq!(b.run_due().await.unwrap(), ["files"]);
    assert_eq!(world.runs(), ["a rows 2026-11-21T09", "a files 2026-11-21T09", "b files 2026-11-21T09"]);

    world.clock.advance(HOUR * 14);
    let mut restarted = world.schedule(nodes[0], "a");
    assert_eq!(restarted.run_due().await.unwrap().len() + b.run_due().await.unwrap().len(), 0, "all is done today");
    world.clock.advance(HOUR);
    assert_eq!(b.run_due().await.unwrap(), ["rows", "files"], "midnight");
    assert_eq!(restarted.run_due().await.unwrap(), ["files"]);
    assert_eq!(world.runs().len(), 3);
}

async fn a_killed_run_goes_on_at_the_next_start(database: TestDatabase) {
    let world = World::new(database);
    let node = world.node();
    world.kill_at_work(&mut world.schedule(node, "a")).await;
    assert_eq!(world.runs(), ["a rows 2026-11-21T09"]);
    let mut again = world.schedule(node, "a again");
    assert_eq!(again.run_due().await.unwrap(), ["rows", "files"]);
    assert_eq!(world.runs()[0], "a again rows 2026-11-21T09");
}

async fn a_node_that_is_gone_is_followed_after_a_minute(database: TestDatabase) {
    let world = World::new(database);
    world.kill_at_work(&mut world.schedule(world.node(), "a")).await;
    let mut b = world.schedule(world.node(), "b");
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(b.run_due().await.unwrap(), ["files"]);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(b.run_due().await.unwrap(), ["rows"]);
}

async fn a_node_that_stops_is_followed_at_once(database: TestDatabase) {
    let world = World::new(database);
    let mut a = world.schedule(world.node(), "a");
    world.kill_at_work(&mut a).await;
    tokio::spawn(a.run_until(std::future::ready(()))).await.unwrap();
    assert_eq!(world.schedule(world.node(), "b").run_due().await.unwrap(), ["rows", "files"]);
}

async fn a_job_that_fails_is_tried_again(database: TestDatabase) {
    let world = World::new(database);
    let mut a = world.schedule(world.node(), "a");
    world.failures.store(1, Ordering::SeqCst);
    assert_eq!(a.run_due().await.unwrap(), ["files"]);
    assert_eq!(a.run_due().await.unwrap(), Vec::<&str>::new(), "it rests");
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(a.run_due().await.unwrap(), ["rows"]);
    assert_eq!(world.runs().len(), 3);
}
