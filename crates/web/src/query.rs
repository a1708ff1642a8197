use axum::{
    extract::{FromRequestParts, Path as AxumPath},
    http::request::Parts,
};
use glaux_kernel::{PageRequest, problem::Code};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::Problem;

/// Named query parameters. Those that the route does not document are refused before it is reached.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts).map(Self)
    }
}

/// `?limit=&cursor=` of a list. Documented by [`PageParameters`].
#[derive(Debug, Clone)]
pub struct Paging(pub PageRequest);

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts).map(Self)
    }
}

/// What [`Paging`] reads, for `params(…)` of `utoipa::path`.
#[derive(IntoParams, Deserialize)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// At most so many rows.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The path's parameters. Text that is no id of the kind is answered as an object that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match AxumPath::from_request_parts(parts, state).await {
            Ok(AxumPath(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::new(Code::NotFound, "nothing has an id of this form here")),
        }
    }
}

fn read<T: DeserializeOwned>(parts: &Parts) -> Result<T, Problem> {
    let query = parts.uri.query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut seen = std::collections::BTreeSet::new();
    if let Some((name, _)) = pairs.clone().find(|(name, _)| !seen.insert(name.clone())) {
        return Err(Problem::malformed(format!("?{name}"), "it is given more than once"));
    }
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let path = error.path().to_string();
        let name = if path == "." { "" } else { path.as_str() };
        Problem::malformed(format!("?{name}"), error.inner().to_string())
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(query: &str) -> Parts {
        Request::get(format!("/features?{query}")).body(()).unwrap().into_parts().0
    }

    #[test]
    fn paging_has_a_default_and_limits() {
        assert_eq!(read::<PageRequest>(&parts("")).unwrap().limit, 50);
        let page = read::<PageRequest>(&parts("limit=200&cursor=a%2Fb")).unwrap();
        assert_eq!((page.limit, page.cursor.unwrap().0.as_str()), (200, "a/b"));
    }

    #[test]
    fn errors_name_the_parameter() {
        let check = |query: &str, place: &str| {
            let problem = read::<PageRequest>(&parts(query)).unwrap_err();
            assert_eq!(problem.errors()[0].pointer, place, "{query}");
        };
        check("limit=many", "?limit");
        check("limit=0", "?");
        check("limit=1&limit=2", "?limit");
    }
}
