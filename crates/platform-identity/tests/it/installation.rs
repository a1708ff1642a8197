//! An installation as the program starts it.

use std::sync::Arc;

use glaux_kernel::Secret;
use glaux_platform_identity::Identity;
use glaux_platform_kit::Module;
use glaux_testkit::{
    database::TestDatabase,
    management::{Answer, Client, Management, Parts},
};

pub(crate) const ADMIN_TOKEN: &str = "an operator's own token of some length";

pub(crate) struct Installation {
    pub(crate) api: Management,
    pub(crate) identity: Arc<Identity>,
}

impl Installation {
    pub(crate) async fn start(database: TestDatabase) -> Self {
        Self::with(
            database,
            vec![
                glaux_platform_identity::module(),
                glaux_platform_kit::journal_module(glaux_platform_identity::undoing()),
            ],
        )
        .await
    }

    pub(crate) async fn with(database: TestDatabase, modules: Vec<Module>) -> Self {
        let parts = Parts::new(database);
        let token = Secret::new(ADMIN_TOKEN.to_owned());
        let identity = Identity::bootstrap(parts.context.clone(), &token).await.unwrap();
        let known = Arc::clone(&identity);
        let api = Management::with(parts, modules, move |_| known).await;
        Self { api, identity }
    }

    pub(crate) fn admin(&self) -> Client<'_> {
        self.api.bearer(Some(ADMIN_TOKEN))
    }

    pub(crate) fn anonymous(&self) -> Client<'_> {
        self.api.bearer(None)
    }

    /// Follows a fresh link of the admin.
    pub(crate) async fn sign_in(&self) -> Answer {
        let link = self.identity.issue_admin_link().await.unwrap();
        self.follow(link.0.expose()).await
    }

    pub(crate) async fn follow(&self, link: &str) -> Answer {
        self.anonymous().get(&format!("/api/auth/link?token={link}")).await
    }

    /// Calls with what a browser would send.
    pub(crate) async fn browse(&self, method: &str, path: &str, signed_in: &Answer) -> Answer {
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = self.anonymous().request(method, path).header("cookie", &cookie);
        request.header("sec-fetch-site", "same-origin").send().await
    }
}
