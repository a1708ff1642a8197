use std::{
    future::poll_fn,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{
    Memory, ReceivedRequest, Shared,
    account::Account,
    operation::Asked,
    playing::{After, Piece, Playing},
    script::{Ending, Script},
};

/// Serves connections until it is aborted; they end with it.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        connections.spawn(serve(stream, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&reset);
    let service = service_fn(move |request| Box::pin(answer(Arc::clone(&shared), request, Arc::clone(&flag))));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    if ended.is_err() && reset.load(Ordering::Relaxed) {
        // A socket that is closed without lingering sends RST instead of FIN.
        stream.set_zero_linger().unwrap();
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    reset: Arc<AtomicBool>,
) -> io::Result<Response<Playing>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    if (&parts.method, path.as_str()) == (&Method::GET, "/tally") {
        let tally = shared.tally.lock().to_json();
        return Ok(json(StatusCode::OK, &tally));
    }
    let asked = Asked::read(&path, &body);
    if shared.memory == Memory::KeepsRequests {
        let received = ReceivedRequest { method: parts.method, path, headers: parts.headers, body };
        shared.requests.lock().push(received);
    }
    let Some(asked) = asked else {
        return Ok(json(StatusCode::NOT_FOUND, &serde_json::json!({ "error": { "message": "No such operation." } })));
    };
    let script = match Script::of_model(&asked.model, &shared.script) {
        Ok(script) => script,
        Err(unknown) => {
            let message = format!("`{}` is no term of a script.", unknown.0);
            return Ok(json(StatusCode::NOT_FOUND, &asked.error(StatusCode::NOT_FOUND, &message)));
        }
    };
    if let Some(refusal) = refuse(&shared, &asked, &script) {
        tokio::time::sleep(script.first).await;
        return Ok(refusal);
    }
    let (input, output) = asked.charged(&script);
    let account = Account::open(&shared.tally, asked.model.clone(), input, output, script.after_hang_up);
    tokio::time::sleep(script.first).await;
    Ok(if asked.is_stream() { stream(&asked, &script, account, reset) } else { whole(&asked, &script, account, reset) })
}

/// The error that the script asks for, as often as it does.
fn refuse(shared: &Shared, asked: &Asked, script: &Script) -> Option<Response<Playing>> {
    let status = StatusCode::from_u16(script.status?).ok()?;
    let refused = shared.tally.lock().models.get(&asked.model).map_or(0, |tally| tally.errors);
    if script.times.is_some_and(|times| refused >= times) {
        return None;
    }
    Account::refuse(&shared.tally, asked.model.clone());
    let mut response = json(status, &asked.error(status, "Scripted failure."));
    if let Some(seconds) = script.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Some(response)
}

fn json(status: StatusCode, body: &Value) -> Response<Playing> {
    let bytes = Bytes::from(body.to_string());
    let length = bytes.len();
    let mut response = Response::new(Playing::free(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

fn after(ending: Ending, reset: Arc<AtomicBool>) -> After {
    match ending {
        Ending::Whole | Ending::Cut(_) | Ending::Garbled(_) => After::Close,
        Ending::Reset(_) => After::Reset(reset),
        Ending::Stall(_) => After::Stall,
    }
}

fn stream(asked: &Asked, script: &Script, account: Account, reset: Arc<AtomicBool>) -> Response<Playing> {
    let mut pieces = asked.events(script);
    let place = |number: u64| usize::try_from(number).unwrap();
    match script.ending {
        Ending::Whole => {}
        Ending::Cut(number) | Ending::Reset(number) | Ending::Stall(number) => pieces.truncate(place(number)),
        Ending::Garbled(number) => {
            if let Some(piece) = pieces.get_mut(place(number)) {
                piece.bytes = Bytes::from_static(b"data: {\"choices\":[{\"delta\"\n\n");
            }
        }
    }
    let mut response = Response::new(Playing::new(pieces, script.delay, after(script.ending, reset), account));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

fn whole(asked: &Asked, script: &Script, account: Account, reset: Arc<AtomicBool>) -> Response<Playing> {
    let (_, tokens) = asked.charged(script);
    let mut bytes = Bytes::from(asked.whole(script).to_string());
    let promised = bytes.len() as u64 + script.lie;
    match script.ending {
        Ending::Whole => {}
        Ending::Cut(number) | Ending::Reset(number) | Ending::Stall(number) => {
            bytes.truncate(usize::try_from(number).unwrap());
        }
        Ending::Garbled(_) => bytes = Bytes::from_static(b"<html>502 Bad Gateway</html>"),
    }
    let pieces = vec![Piece { bytes, tokens }];
    let mut response = Response::new(Playing::new(pieces, script.delay, after(script.ending, reset), account));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if matches!(script.ending, Ending::Whole | Ending::Reset(_) | Ending::Stall(_)) {
        headers.insert(header::CONTENT_LENGTH, promised.into());
    }
    response
}
