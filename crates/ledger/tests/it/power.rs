use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
};

use glaux_ledger::{CommitMode, Options};

use crate::{
    audit,
    support::{World, options, settlement},
};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn commits_are_awaited_and_shared() {
    let world = World::new();
    let ledger = world.open_with(&Options { commit: CommitMode::Power, segment_bytes: 4096, ..options() });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let mut call = world.begin(&ledger);
                    let mut hold = world.hold(&mut call, 10, &[]).unwrap();
                    wait(hold.committed()).unwrap();
                    wait(hold.mark_sent().settle_with_call(settlement(9), call).commit).unwrap();
                }
            });
        }
    });
    let mut call = world.begin(&ledger);
    let last = world.hold(&mut call, 10, &[]).unwrap();
    drop(ledger);
    wait(last.mark_sent().settle_with_call(settlement(9), call).commit).unwrap();
    let books = audit::read(&world.segments());
    books.assert_closed();
    assert_eq!((books.calls.len(), books.records.len()), (41, 123));
}
