//! A disk with a known number of bytes in the place of the real one.

use std::{
    io,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use glaux_kernel::HoldId;

use super::*;
use crate::{
    Tail,
    record::{HoldExtended, Record},
};

const RESERVE: u64 = 10_000;
const NOW: Timestamp = Timestamp::from_micros(1_795_262_400_000_000);

struct SmallDisk {
    free: Arc<AtomicU64>,
    /// What a released reserve gives back.
    released: u64,
}

impl Medium for SmallDisk {
    fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        let free = self.free.load(Relaxed);
        let size = bytes.len() as u64;
        // As on a real disk, the part for which there is room arrives.
        file.write_all_at(&bytes[..usize::try_from(size.min(free)).unwrap()], offset)?;
        if size > free {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.free.fetch_sub(size, Relaxed);
        Ok(())
    }

    fn take_reserve(&self, _: &Path, bytes: u64) -> io::Result<()> {
        if self.free.load(Relaxed) < bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.free.fetch_sub(bytes, Relaxed);
        Ok(())
    }

    fn release_reserve(&self, _: &Path) -> io::Result<()> {
        self.free.fetch_add(self.released, Relaxed);
        Ok(())
    }
}

struct World {
    home: tempfile::TempDir,
    free: Arc<AtomicU64>,
    writer: Writer,
}

impl World {
    fn new(free: u64, released: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let free = Arc::new(AtomicU64::new(free));
        let writer = Writer::start(WriterStart {
            directory: home.path().to_owned(),
            node: NodeId::from_uuid(Default::default()),
            medium: Box::new(SmallDisk { free: Arc::clone(&free), released }),
            segment_bytes: 5000,
            reserve_bytes: RESERVE,
            sequence: 1,
            now: NOW,
        })
        .unwrap();
        Self { home, free, writer }
    }

    /// Appends openings numbered from 0 until the disk is full; says how many.
    fn fill(&mut self) -> i64 {
        let mut number = 0;
        loop {
            match self.writer.append_opening(RecordRef::HoldExtended(&record(number)), NOW) {
                Ok(_) => number += 1,
                Err(Error::DiskFull) => return number,
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// Appends an opening that waits for others; gives where it ends.
    fn gather(&mut self, number: i64) -> Position {
        match self.writer.append_opening(RecordRef::HoldExtended(&record(number)), NOW) {
            Ok(Appended::Gathered(position)) => position,
            Ok(Appended::Told(_)) => panic!("it was not gathered"),
            Err(error) => panic!("{error}"),
        }
    }

    fn close(&mut self, number: i64) -> Result<(), Error> {
        match self.writer.append_closing(&[RecordRef::HoldExtended(&record(number))], NOW) {
            Appended::Told(mut commit) => commit.try_wait().unwrap(),
            Appended::Gathered(position) => self.writer.write_gathered(position),
        }
    }

    /// The numbers of what can be read while the writer lives.
    fn live(&self) -> Vec<i64> {
        numbers(&Tail::live(self.home.path().to_owned(), self.writer.node, self.writer.watermark()))
    }

    /// The numbers of what a start would find.
    fn at_rest(&self) -> Vec<i64> {
        numbers(&Tail::at_rest(self.home.path()))
    }
}

fn record(number: i64) -> HoldExtended {
    HoldExtended { hold: HoldId::from_uuid(Default::default()), at: NOW, nanos: number, bound: Default::default() }
}

fn numbers(tail: &Tail) -> Vec<i64> {
    let (mut numbers, mut position) = (Vec::new(), Position::default());
    loop {
        let batch = tail.read(position, 1000).unwrap();
        if batch.entries.is_empty() {
            return numbers;
        }
        position = batch.next;
        numbers.extend(batch.entries.iter().map(|entry| match &entry.record {
            Record::HoldExtended(extended) => extended.nanos,
            other => panic!("{other:?}"),
        }));
    }
}

#[test]
fn a_full_disk_refuses_what_opens_and_takes_what_closes() {
    let mut world = World::new(RESERVE + 20_000, RESERVE);
    let opened = world.fill();
    assert!(opened > 200, "{opened}");
    for number in opened..opened + 100 {
        world.close(number).unwrap();
    }
    assert_eq!(world.live(), (0..opened + 100).collect::<Vec<_>>());
    assert_eq!(world.at_rest(), world.live());
    assert!(world.writer.end().unwrap().segment > 3, "segments are rotated on a full disk too");
}

#[test]
fn nothing_opens_until_the_reserve_is_back() {
    let mut world = World::new(RESERVE + 1000, RESERVE);
    let opened = world.fill();
    world.close(opened).unwrap();
    world.free.store(RESERVE - 1, Relaxed);
    assert!(matches!(world.writer.mend(NOW), Err(Error::DiskFull)));
    assert_eq!(world.fill(), 0);
    world.free.store(RESERVE + 1000, Relaxed);
    world.writer.mend(NOW).unwrap();
    assert!(world.fill() > 0);
}

#[test]
fn what_is_gathered_goes_out_together() {
    let mut world = World::new(RESERVE + 1000, RESERVE);
    world.writer.gather();
    let positions = [0, 1, 2].map(|number| world.gather(number));
    assert_eq!(world.live(), [] as [i64; 0]);
    world.writer.write_gathered(positions[1]).unwrap();
    assert_eq!(world.live(), [0, 1, 2]);
    assert_eq!(world.writer.end(), Some(positions[2]));
    assert_eq!(world.at_rest(), world.live());
}

#[test]
fn what_is_gathered_on_a_full_disk_is_not_vouched_for_and_keeps_its_place() {
    let mut world = World::new(RESERVE, 0);
    world.writer.gather();
    let position = world.gather(0);
    assert!(matches!(world.writer.write_gathered(position), Err(Error::DiskFull)));
    assert!(matches!(world.writer.append_opening(RecordRef::HoldExtended(&record(1)), NOW), Err(Error::DiskFull)));
    assert!(world.close(2).is_err());
    world.free.store(3 * RESERVE, Relaxed);
    world.writer.mend(NOW).unwrap();
    assert_eq!(world.live(), [0, 2]);
    assert_eq!(world.gather(3), world.writer.end().unwrap(), "it gathers again");
    assert_eq!(world.at_rest(), [0, 2, 3]);
}

#[test]
fn what_closes_waits_in_memory_when_the_reserve_is_used_up() {
    let mut world = World::new(RESERVE + 1000, 0);
    let opened = world.fill();
    for number in opened..opened + 10 {
        assert!(world.close(number).is_err(), "what is not written is not vouched for");
    }
    assert_eq!(world.writer.end(), None, "a checkpoint would count what is not written");
    assert_eq!(world.live(), (0..opened).collect::<Vec<_>>());
    assert_eq!(world.at_rest(), world.live());
    world.free.store(3 * RESERVE, Relaxed);
    world.close(opened + 10).unwrap();
    assert_eq!(world.live(), (0..=opened + 10).collect::<Vec<_>>());
    assert_eq!(world.at_rest(), world.live());
}
