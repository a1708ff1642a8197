use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::answer::end_of_head;

/// Streams that are opened at the same time: less than what a listener lets wait.
const OPENING: usize = 128;

/// Opens `count` streams and reads them until one of them ends, which is an error.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(address: SocketAddr, request: Vec<u8>, count: usize) {
    let request: Arc<[u8]> = request.into();
    let places = Arc::new(Semaphore::new(OPENING));
    let (opened, mut openings) = mpsc::channel(OPENING);
    let mut streams = JoinSet::new();
    for _ in 0..count {
        let (request, places, opened) = (Arc::clone(&request), Arc::clone(&places), opened.clone());
        streams.spawn(async move {
            let place = places.acquire_owned().await.unwrap();
            let stream = open(address, &request).await;
            drop(place);
            opened.send(()).await.unwrap();
            read_to_end(stream).await;
        });
    }
    for _ in 0..count {
        tokio::select! {
            Some(()) = openings.recv() => {}
            Some(ended) = streams.join_next() => panic!("a stream ended before all were open: {ended:?}"),
        }
    }
    println!("{count} streams are open");
    panic!("a stream ended: {:?}", streams.join_next().await);
}

/// Gives the stream when its first event has come.
async fn open(address: SocketAddr, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(request).await.unwrap();
    let mut received = Vec::new();
    while end_of_head(&received).is_none_or(|head| received.len() == head) {
        assert!(stream.read_buf(&mut received).await.unwrap() > 0, "the connection was closed before the first event");
    }
    stream
}

/// The end is the empty chunk, or that of the connection.
async fn read_to_end(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        if buffer[..length].ends_with(b"0\r\n\r\n") {
            return;
        }
    }
}
