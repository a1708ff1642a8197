//! Bytes that the disk gives back wrong.

use std::fs;

use glaux_ledger::{Error, Position, Tail};

use crate::support::{World, options, settlement};

/// Two segments of three calls each; the checkpoint is gone, so that all of it is read.
fn two_segments() -> World {
    let world = World::new();
    for _ in 0..2 {
        let ledger = world.open();
        for _ in 0..3 {
            let mut call = world.begin(&ledger);
            let hold = world.hold(&mut call, 10, &[]).unwrap();
            drop(hold.mark_sent().settle_with_call(settlement(9), call));
        }
    }
    fs::remove_file(world.segments().join("checkpoint")).unwrap();
    world
}

fn flip(world: &World, name: &str, at: usize) {
    let path = world.segments().join(name);
    let mut bytes = fs::read(&path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

/// Where the frame that holds byte `at` begins.
fn frame_of(bytes: &[u8], at: usize) -> usize {
    let mut start = 46;
    loop {
        let length = u32::from_le_bytes(bytes[start..start + 4].try_into().unwrap()) as usize;
        if at < start + 8 + length {
            return start;
        }
        start += 8 + length;
    }
}

#[test]
fn a_flipped_bit_is_reported_with_its_position() {
    let origin = two_segments();
    let name = "000000000001.seg";
    let bytes = fs::read(origin.segments().join(name)).unwrap();
    for at in (46..bytes.len()).step_by(97) {
        let world = origin.killed();
        flip(&world, name, at);
        match world.try_open_with(&options()) {
            Err(Error::Damaged { segment: 1, offset, .. }) => assert_eq!(offset, frame_of(&bytes, at) as u64, "{at}"),
            other => panic!("{at}: {other:?}"),
        }
    }
}

#[test]
fn damage_before_whole_records_of_the_last_segment_is_no_torn_tail() {
    let world = two_segments();
    flip(&world, "000000000002.seg", 60);
    assert!(matches!(world.try_open_with(&options()), Err(Error::Damaged { segment: 2, offset: 46, .. })));
}

#[test]
fn a_header_that_is_not_ours_is_refused() {
    let check = |at: usize, expected: &str| {
        let world = two_segments();
        flip(&world, "000000000001.seg", at);
        let error = world.try_open_with(&options()).unwrap_err().to_string();
        assert!(error.contains(expected), "{at}: {error}");
    };
    check(0, "damaged at byte 0");
    check(8, "format version 18");
    check(20, "damaged at byte 0");
    let world = two_segments();
    fs::write(world.home.path().join("node"), "node_00000000000070008000000000000000").unwrap();
    assert!(matches!(world.try_open_with(&options()), Err(Error::ForeignNode { segment: 1, .. })));
}

#[test]
fn a_checkpoint_that_can_not_be_read_is_replaced_by_a_replay_or_reported() {
    let world = two_segments();
    fs::write(world.segments().join("checkpoint"), b"garbage").unwrap();
    let recovered = world.open();
    assert!(recovered.recovery().checkpoint_damaged);
    assert_eq!(recovered.recovery().replayed, 18);
    drop(recovered);
    fs::remove_file(world.segments().join("000000000001.seg")).unwrap();
    fs::write(world.segments().join("checkpoint"), b"garbage").unwrap();
    assert!(matches!(world.try_open_with(&options()), Err(Error::CheckpointDamaged { .. })));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let world = two_segments();
    let name = "000000000002.seg";
    let bytes = fs::read(world.segments().join(name)).unwrap();
    let mut state = 1_u64;
    for _ in 0..2000 {
        let mut garbled = bytes.clone();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = 46 + (state >> 33) as usize % (garbled.len() - 46);
            garbled[at] = (state >> 20) as u8;
        }
        fs::write(world.segments().join(name), &garbled).unwrap();
        // Either outcome is right; only a panic is not.
        drop(Tail::at_rest(&world.segments()).read(Position { segment: 2, offset: 0 }, 100));
    }
}
