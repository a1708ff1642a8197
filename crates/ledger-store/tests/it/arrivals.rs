use glaux_testkit::{database::TestDatabase, on_both};

use crate::world::{World, organization, settlement};

on_both!(calls_that_arrive_are_kept_for_who_wants_them);

async fn calls_that_arrive_are_kept_for_who_wants_them(database: TestDatabase) {
    let world = World::new(67);
    let mut projector = world.projector(database.db());
    let arrivals = projector.arrivals();
    world.serve(world.call(), 1, settlement(1));
    projector.catch_up().await.unwrap();
    assert!(arrivals.take().is_empty(), "nobody wants them");
    arrivals.keep_while(|whose| whose == organization(1));
    let mut strangers = world.call();
    strangers.attribution.organization = organization(2);
    world.serve(strangers, 1, settlement(1));
    for _ in 0..203 {
        world.serve(world.call(), 1, settlement(1));
    }
    projector.catch_up().await.unwrap();
    let (_, records) = world.records();
    let own = records.iter().filter(|call| call.attribution.organization == organization(1));
    let served: Vec<_> = own.map(|call| call.call).collect();
    let mut taken = arrivals.take();
    let arrived = taken.remove(&organization(1)).unwrap();
    assert!(taken.is_empty() && arrivals.take().is_empty());
    assert_eq!(arrived.omitted, 3);
    assert_eq!(Vec::from(arrived.calls), served[4..]);
}
