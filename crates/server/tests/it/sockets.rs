//! How the connections of callers are set up, seen at the sockets of the running process.

use std::{fs, net::SocketAddr, os::fd::OwnedFd, time::Duration};

use http::Method;
use rustix::{
    io::Errno,
    net::{getpeername, getsockname, sockopt::tcp_nodelay},
    process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::process::{ADMIN_TOKEN, Glaux, MANAGEMENT, Start};

const STREAMS: usize = 32;

/// So many can't all be told goodbye in no time.
const WATCHERS: usize = 200;

/// How long something may take that does not wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The open files of a process. `Err`: the system lets nobody look at them.
fn files_of(process: u32) -> Result<Vec<OwnedFd>, Errno> {
    let id = Pid::from_raw(process.cast_signed()).unwrap();
    let process_fd = pidfd_open(id, PidfdFlags::empty())?;
    let mut files = Vec::new();
    for entry in fs::read_dir(format!("/proc/{process}/fd")).unwrap() {
        let number = entry.unwrap().file_name().into_string().unwrap().parse().unwrap();
        match pidfd_getfd(&process_fd, number, PidfdGetfdFlags::empty()) {
            Ok(file) => files.push(file),
            // Closed meanwhile.
            Err(Errno::BADF) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

/// Nagle's algorithm would hold small events back until a delayed acknowledgement comes, 40 ms later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_of_a_caller_waits_for_acknowledgements() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let key = glaux.first_key.clone().unwrap();
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        let mut stream = glaux.stream(&key, "sandbox/say-100+pace-20").await.unwrap();
        assert!(stream.next().await.is_some());
        open.push(stream);
    }
    let files = match files_of(glaux.id()) {
        Err(Errno::PERM | Errno::NOSYS) => return glaux_testkit::skip("sockets of another process can't be read", 1),
        files => files.unwrap(),
    };
    let is_accepted = |file: &&OwnedFd| {
        let own = getsockname(file).ok().and_then(|address| SocketAddr::try_from(address).ok());
        own == Some(glaux.address) && getpeername(file).is_ok()
    };
    let accepted: Vec<&OwnedFd> = files.iter().filter(is_accepted).collect();
    assert!(accepted.len() >= STREAMS, "{} connections", accepted.len());
    assert!(accepted.iter().all(|socket| tcp_nodelay(socket).unwrap()));
    drop(files);
    drop(open);
    glaux.stop();
}

/// A page that watches keeps its connection, and does not hold up the end of the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_stays_open_and_tells() {
    let directory = tempfile::tempdir().unwrap();
    // Whoever waits for the end of the drain does so for longer than this test.
    let mut glaux = Start::over(directory.path()).set("GLAUX_SERVER__DRAIN_SECONDS", "120").go();
    let (mut socket, mut told) = watch(&glaux).await;
    let mut others = Vec::new();
    for _ in 0..WATCHERS {
        others.push(watch(&glaux).await.0);
    }
    glaux.manage(Method::POST, "/features", r#"{"name":"chatbot","display_name":"Chatbot"}"#).await;
    told = read_until(&mut socket, told, "journal.appended").await;
    assert!(String::from_utf8_lossy(&told).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));

    glaux.ask_to_stop();
    for mut socket in others.into_iter().chain([socket]) {
        let mut last = Vec::new();
        tokio::time::timeout(PATIENCE, socket.read_to_end(&mut last)).await.unwrap().unwrap();
        // RFC 6455, section 5.5.1: a close frame without a reason.
        assert_eq!(last.last_chunk(), Some(&[0x88, 0]), "{}", String::from_utf8_lossy(&last));
    }
    let stopped = tokio::task::spawn_blocking(move || glaux.wait_until_stopped());
    tokio::time::timeout(PATIENCE, stopped).await.unwrap().unwrap();
}

/// A page that watches, and what it was told at first.
async fn watch(glaux: &Glaux) -> (TcpStream, Vec<u8>) {
    let mut socket = TcpStream::connect(glaux.address).await.unwrap();
    // RFC 6455, section 1.3.
    let upgrade = format!(
        "GET {MANAGEMENT}/ws?topics=journal.appended HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {ADMIN_TOKEN}\r\n\
         connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        glaux.address
    );
    socket.write_all(upgrade.as_bytes()).await.unwrap();
    let told = read_until(&mut socket, Vec::new(), "heartbeat").await;
    (socket, told)
}

/// What has come when `expected` is in it.
async fn read_until(socket: &mut TcpStream, mut told: Vec<u8>, expected: &str) -> Vec<u8> {
    let until = tokio::time::Instant::now() + PATIENCE;
    while !String::from_utf8_lossy(&told).contains(expected) {
        let read = tokio::time::timeout_at(until, socket.read_buf(&mut told)).await;
        assert_ne!(read.unwrap().unwrap(), 0, "closed after {}", String::from_utf8_lossy(&told));
    }
    told
}
