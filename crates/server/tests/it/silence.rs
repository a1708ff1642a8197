//! A network that loses PostgreSQL's connections without a word: each end waits for the other.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
};

/// Stands before a server's socket.
pub(crate) struct Network {
    folder: TempDir,
    silence: watch::Sender<()>,
}

impl Network {
    /// In front of the server whose socket lies in `server`.
    pub(crate) fn before(server: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (silence, silenced) = watch::channel(());
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        tokio::spawn(forward_all(listener, socket(server), silenced));
        Self { folder, silence }
    }

    /// The address of a database behind it.
    pub(crate) fn address(&self, server: &Path, address: &str) -> String {
        let encoded = |folder: &Path| folder.to_string_lossy().replace('/', "%2F");
        address.replace(&encoded(server), &encoded(self.folder.path()))
    }

    /// Nothing passes over the connections of now any more, and nobody is told. New ones are served.
    pub(crate) fn lose_connections(&self) {
        self.silence.send_replace(());
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join(".s.PGSQL.5432")
}

async fn forward_all(listener: UnixListener, server: PathBuf, silenced: watch::Receiver<()>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&server).await.unwrap();
        tokio::spawn(forward(client, server, silenced.clone()));
    }
}

/// Holds both ends when it is silenced.
async fn forward(mut client: UnixStream, mut server: UnixStream, mut silenced: watch::Receiver<()>) {
    silenced.mark_unchanged();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = silenced.changed() => std::future::pending().await,
    }
}
