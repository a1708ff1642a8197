use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use glaux_kernel::{Clock, NodeId, Rng};

use crate::Error;

/// The data directory, locked against a second process for as long as this value lives.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    node: NodeId,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory if needed, locks it, and reads or makes the id of this node.
    pub fn open(path: &Path, clock: &dyn Clock, rng: &dyn Rng) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(Error::io("making", path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(Error::io("opening", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(Error::io("locking", lock_path)(error)),
        }
        let node = read_or_make_node(path, clock, rng)?;
        Ok(Self { path: path.to_owned(), node, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who writes here.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Where the segments are.
    pub fn ledger(&self) -> PathBuf {
        self.path.join("ledger")
    }
}

fn read_or_make_node(path: &Path, clock: &dyn Clock, rng: &dyn Rng) -> Result<NodeId, Error> {
    let file = path.join("node");
    match fs::read_to_string(&file) {
        Ok(text) => text.trim().parse().map_err(|_| Error::NodeUnreadable { path: file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let node = NodeId::new(clock.now(), rng);
            replace_file(&file, format!("{node}\n").as_bytes())?;
            Ok(node)
        }
        Err(error) => Err(Error::io("reading", file)(error)),
    }
}

/// Writes `bytes` to `path` so that after a crash, of the machine too, either the old or the new content is there.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary).map_err(Error::io("making", &temporary))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("writing", &temporary))?;
    fs::rename(&temporary, path).map_err(Error::io("renaming to", path))?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes created, renamed and deleted names durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::io("syncing", path))
}
