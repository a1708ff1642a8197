//! The few operations that a full disk fails. Tests put a small disk in the place of the real one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

/// Where segments and the reserve lie.
pub(crate) trait Medium: Send {
    /// Writes all `bytes` at `offset`.
    fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Takes `bytes` of the disk, to be given back when it is full. Does nothing if they are taken already.
    fn take_reserve(&self, path: &Path, bytes: u64) -> io::Result<()>;

    /// Gives the reserve back to the disk.
    fn release_reserve(&self, path: &Path) -> io::Result<()>;
}

/// The file system.
pub(crate) struct FileSystem;

impl Medium for FileSystem {
    fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn take_reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        let metadata = file.metadata()?;
        if metadata.len() == bytes && metadata.blocks() * 512 >= bytes {
            return Ok(());
        }
        file.set_len(0)?;
        let taken = match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => fill(&mut file, bytes),
            outcome => outcome.map_err(io::Error::from),
        };
        if taken.is_err() {
            file.set_len(0)?;
        }
        taken
    }

    fn release_reserve(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// For file systems that can't allocate: bytes that don't compress away.
fn fill(file: &mut File, bytes: u64) -> io::Result<()> {
    let mut word = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = Vec::with_capacity(64 << 10);
    for _ in 0..bytes.div_ceil(64 << 10) {
        block.clear();
        while block.len() < 64 << 10 {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            block.extend_from_slice(&word.to_le_bytes());
        }
        file.write_all(&block)?;
    }
    file.set_len(bytes)
}
