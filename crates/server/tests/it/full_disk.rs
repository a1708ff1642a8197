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

/// Starts on a disk that has less and less room, then on the same data with room again. Prints for each: the room in
/// kilobytes, the status and the lines of the first start, what it said, the status of the second, whole journals.
const STARTS: &str = r#"
serve_and_stop() {
    "$GLAUX" serve >"$SAID/out" 2>"$SAID/err" &
    for _ in $(seq 600); do
        kill -0 $! 2>/dev/null && ! grep -q "^ *-d " "$SAID/out" || break
        sleep 0.1
    done
    kill -TERM $! 2>/dev/null
    wait $!
}
for room in 0 4 8 12 16 20 24 28 48 96; do
    mkdir -m 700 "$GLAUX_DATA_DIR"
    available=$(df -k --output=avail "$DISK" | tail -n 1)
    head -c $(((available - room) * 1024)) /dev/zero >"$DISK/filler"
    timeout 60 "$GLAUX" serve >"$SAID/out" 2>"$SAID/err"
    printf '%s\t%s\t%s\t%s\t' $room $? $(wc -l <"$SAID/err") "$(cat "$SAID/err")"
    rm "$DISK/filler"
    serve_and_stop
    printf '%s\t%s\n' $? $("$GLAUX" journal verify | grep -c whole)
    rm -r "$GLAUX_DATA_DIR"
done
"#;

#[test]
fn a_start_on_a_full_disk_says_so_in_one_line_and_does_no_damage() {
    let (disk, said) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    if !has_small_disks(disk.path()) {
        glaux_testkit::skip("a small disk can't be mounted here", 1);
        return;
    }
    let mut starts = on_a_small_disk(disk.path(), STARTS);
    starts.env("GLAUX_LISTEN", "127.0.0.1:0").env("GLAUX_LOG__FILTER", "error").env("DISK", disk.path());
    starts.env("GLAUX_DATA_DIR", disk.path().join("data")).env("SAID", said.path());
    let output = starts.env("GLAUX", env!("CARGO_BIN_EXE_glaux")).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(out.lines().count(), 10, "{out}{}", String::from_utf8_lossy(&output.stderr));
    for start in out.lines() {
        let [room, refused, lines, text, served, journals] = start.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{start}");
        };
        assert_eq!((refused, lines, served, journals), ("1", "1", "0", "2"), "with {room} kB: {start}");
        let names_the_disk = ["No space left on device", "disk is full", "disk I/O error"];
        assert!(text.starts_with("error: ") && names_the_disk.iter().any(|name| text.contains(name)), "{start}");
    }
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
