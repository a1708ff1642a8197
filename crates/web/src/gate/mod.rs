//! Where a route says who may call it, and where that is enforced.

mod operations;

pub(crate) use operations::of as operations_of;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::{self, Next},
    response::Response,
};
use glaux_kernel::{Permission, problem::Code};
use serde_json::value::RawValue;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{
    Caller, Credential, Problem, Web, cross_site, idempotency, json,
    tag::Expected,
    write::{self, Write},
};

/// Routes that anyone may call.
pub fn public<S: Clone + Send + Sync + 'static>(routes: UtoipaMethodRouter<S>) -> UtoipaMethodRouter<S> {
    guard(routes, Rule { permission: None, effect: Effect::Other })
}

/// Routes that need a permission and change no configuration.
pub fn permit<S: Clone + Send + Sync + 'static>(
    permission: Permission,
    routes: UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
    guard(routes, Rule { permission: Some(permission), effect: Effect::Other })
}

/// Routes that need a permission and change configuration: their handlers take a [`Write`].
///
/// They accept `?dry_run`, `x-glaux-reason` or a `reason` in the body, `If-Match`, and on POST `Idempotency-Key`.
pub fn change<S: Clone + Send + Sync + 'static>(
    permission: Permission,
    routes: UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
    guard(routes, Rule { permission: Some(permission), effect: Effect::Change })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Change,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Rule {
    permission: Option<Permission>,
    effect: Effect,
}

/// What stands before the handlers of one path.
#[derive(Debug)]
struct Gate {
    rule: Rule,
    /// The query parameters that each method documents.
    parameters: BTreeMap<&'static str, BTreeSet<String>>,
}

fn guard<S: Clone + Send + Sync + 'static>(
    (schemas, mut paths, router): UtoipaMethodRouter<S>,
    rule: Rule,
) -> UtoipaMethodRouter<S> {
    let mut parameters = BTreeMap::new();
    for (method, operation) in paths.paths.values_mut().flat_map(operations::of) {
        operations::document(method, operation, rule.permission, rule.effect == Effect::Change);
        parameters.insert(method, operations::query_parameters(operation));
    }
    let gate = Arc::new(Gate { rule, parameters });
    (schemas, paths, router.route_layer(middleware::from_fn_with_state(gate, pass)))
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Result<Response, Problem> {
    gate.refuse_undocumented_parameters(&request)?;
    let Some(permission) = gate.rule.permission else { return Ok(next.run(request).await) };
    let (mut parts, body) = request.into_parts();
    let web = web(&parts)?;
    let caller = authenticate(&web, &parts).await?;
    caller.require(permission)?;
    let mut once = None;
    let body = match gate.rule.effect {
        Effect::Other => body,
        Effect::Change => {
            let body = to_bytes(body, web.body_limit).await.map_err(|_| json::unread())?;
            let (write, body) = read_write(&parts, &caller, body)?;
            if let Some(once) = &write.once
                && let Some(answer) = once.replay(&web.db, &caller, web.clock.now()).await?
            {
                return Ok(answer);
            }
            once = write.once.clone();
            parts.extensions.insert(Arc::new(write));
            Body::from(body)
        }
    };
    let caller = Arc::new(caller);
    parts.extensions.insert(Arc::clone(&caller));
    let response = next.run(Request::from_parts(parts, body)).await;
    // The same request may have been done while this one was on its way; it then stands in its own way.
    if response.status() == StatusCode::CONFLICT
        && let Some(once) = once
        && let Some(answer) = once.replay(&web.db, &caller, web.clock.now()).await?
    {
        return Ok(answer);
    }
    Ok(response)
}

impl Gate {
    fn refuse_undocumented_parameters(&self, request: &Request) -> Result<(), Problem> {
        let Some(query) = request.uri().query() else { return Ok(()) };
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let documented = self.parameters.get(method.as_str());
        let is_documented = |name: &str| documented.is_some_and(|names| names.contains(name));
        match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !is_documented(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().take(80).collect();
                Err(Problem::malformed(format!("?{shown}"), "there is no such query parameter here"))
            }
        }
    }
}

fn web(parts: &Parts) -> Result<Arc<Web>, Problem> {
    parts.extensions.get().cloned().ok_or_else(|| Problem::internal("the router stands outside of the shell"))
}

async fn authenticate(web: &Web, parts: &Parts) -> Result<Caller, Problem> {
    let missing = || Problem::new(Code::Unauthenticated, "send `Authorization: Bearer glt_…`, or sign in");
    let credential = Credential::find(&parts.headers).ok_or_else(missing)?;
    if credential.is_ambient() {
        cross_site::refuse(&parts.method, &parts.headers)?;
    }
    let caller = web.authenticate.authenticate(&credential).await?.ok_or_else(|| {
        Problem::new(Code::Unauthenticated, "the token or session is not known, has ended, or was revoked")
    })?;
    caller.enter_named_organization(parts, web.authenticate.as_ref()).await
}

/// What the request says about the change, and the body without its `reason`.
fn read_write(parts: &Parts, caller: &Caller, body: Bytes) -> Result<(Write, Bytes), Problem> {
    let once = match parts.method {
        Method::POST => idempotency::Request::read(parts, caller, &body)?,
        _ => None,
    };
    let (body, reason_in_body) = take_reason(body)?;
    let write = Write {
        caller: caller.clone(),
        reason: write::reason(&parts.headers)?.or(reason_in_body),
        run: write::run(parts.uri.query())?,
        expected: Expected::read(&parts.headers),
        once,
    };
    Ok((write, body))
}

/// Takes `reason` out of a body that is an object; any other body is left to its reader.
fn take_reason(body: Bytes) -> Result<(Bytes, Option<String>), Problem> {
    type Members = BTreeMap<String, Box<RawValue>>;
    let Ok(mut members) = serde_json::from_slice::<Members>(&body) else { return Ok((body, None)) };
    let Some(reason) = members.remove("reason") else { return Ok((body, None)) };
    let reason = serde_json::from_str::<String>(reason.get())
        .map_err(|_| Problem::malformed("/reason", "a reason is a text"))
        .and_then(|reason| write::check_reason(&reason, "/reason"))?;
    let rest = serde_json::to_vec(&members).map_err(Problem::internal)?;
    Ok((rest.into(), Some(reason)))
}
