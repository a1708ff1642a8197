//! The disk is full: new calls are refused, open ones are settled, and when there is room again all goes on.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use http::Method;

use crate::{
    books::{self, Books},
    load::Seen,
    process::{Answer, Start},
};

/// Room for the ledger's reserve, the database, and little more.
const DISK: &str = "size=48m";

/// Mounts a small disk over a folder for a command alone, and runs it.
fn on_a_small_disk(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    command.arg(format!("mount -t tmpfs -o {DISK} tmpfs '{}' && {script}", folder.display()));
    command
}

fn has_small_disks(folder: &Path) -> bool {
    let tried = on_a_small_disk(folder, "true").stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// Takes every byte that is left.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = File::create(&path).unwrap();
    for size in [1 << 20, 4096] {
        let block = vec![1; size];
        while file.write_all(&block).is_ok() {}
    }
    path
}

fn is_refused(answer: &Answer) -> bool {
    let refused = answer.status == 503;
    assert!(refused || answer.status == 200, "{}", answer.text);
    assert!(!refused || answer.headers["x-glaux-code"] == "ledger_unavailable", "{}", answer.text);
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_new_calls_and_settles_open_ones() {
    let directory = tempfile::tempdir().unwrap();
    if !has_small_disks(directory.path()) {
        glaux_testkit::skip("a small disk can't be mounted here", 1);
        return;
    }
    let script = on_a_small_disk(directory.path(), &format!("exec {} serve", env!("CARGO_BIN_EXE_glaux")));
    let mut glaux = Start::by(script, directory.path()).go();
    let key = glaux.first_key.clone().unwrap();
    // The disk as it is seen from outside.
    let disk = Path::new("/proc").join(glaux.id().to_string()).join("root");
    let disk = disk.join(directory.path().strip_prefix("/").unwrap());
    let long = r#"{"provider":"sandbox","name":"say-200+pace-20","type":"llm"}"#;
    glaux.manage(Method::POST, "/models", long).await;

    let mut seen = Seen::default();
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut stream = glaux.stream(&key, "sandbox/say-200+pace-20").await.unwrap();
        assert!(stream.next().await.is_some());
        seen.answered.push(stream.headers["x-glaux-request-id"].to_str().unwrap().to_owned());
        open.push(stream);
    }
    let filler = fill(&disk);
    // What was begun of the segment's last page takes some more.
    let mut calls = open.len();
    loop {
        calls += 1;
        assert!(calls < 100, "calls are served though the disk is full");
        if is_refused(&glaux.chat(&key, "sandbox/echo").await.unwrap()) {
            break;
        }
    }
    for stream in open {
        let text = stream.rest().await.expect("the stream ends");
        assert!(text.trim_end().ends_with("data: [DONE]"), "{text}");
    }
    let books = Books::read(&disk);
    books.check(&seen);
    assert_eq!((books.calls(), books.unknown), (calls, 0));
    assert!(is_refused(&glaux.chat(&key, "sandbox/echo").await.unwrap()), "the reserve is for what is open");
    calls += 1;

    fs::remove_file(filler).unwrap();
    loop {
        calls += 1;
        assert!(calls < 1000, "calls are not served though there is room");
        if !is_refused(&glaux.chat(&key, "sandbox/echo").await.unwrap()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    books::wait_until_projected(&glaux, calls).await;
    // SQLite looks for its file where the link to the disk leads, which is another place out here.
    let copy = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(disk.join(".")).arg(copy.path()).status().unwrap();
    assert!(copied.success());
    books::verify(copy.path(), None, calls);
    glaux.stop();
}
