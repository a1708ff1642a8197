use glaux_ledger::{DataDirectory, Error};

use crate::support::World;

#[test]
fn a_data_directory_has_one_user_and_one_node() {
    let world = World::new();
    let first = DataDirectory::open(world.home.path(), &*world.clock, &world.rng).unwrap();
    let second = DataDirectory::open(world.home.path(), &*world.clock, &world.rng);
    assert!(matches!(second, Err(Error::Locked { .. })));
    let node = first.node();
    drop(first);
    assert_eq!(DataDirectory::open(world.home.path(), &*world.clock, &world.rng).unwrap().node(), node);
}

#[test]
fn the_lock_is_held_until_the_last_hold_has_ended() {
    let world = World::new();
    let ledger = world.open();
    let mut call = world.begin(&ledger);
    let hold = world.hold(&mut call, 1, &[]).unwrap();
    drop(ledger);
    assert!(DataDirectory::open(world.home.path(), &*world.clock, &world.rng).is_err());
    drop((hold, call));
    assert!(DataDirectory::open(world.home.path(), &*world.clock, &world.rng).is_ok());
}

#[test]
fn a_node_file_that_is_no_id_is_refused() {
    let world = World::new();
    std::fs::write(world.home.path().join("node"), "nobody").unwrap();
    let opened = DataDirectory::open(world.home.path(), &*world.clock, &world.rng);
    assert!(matches!(opened, Err(Error::NodeUnreadable { .. })));
}
