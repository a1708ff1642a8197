use glaux_journal as journal;
use glaux_kernel::OrganizationId;
use glaux_platform_features::{Assignment, Feature};
use glaux_platform_identity::Organization;
use glaux_platform_keys::Key;
use glaux_platform_kit::{Object, Vault, list_all};
use glaux_platform_models::{Alias, Model, Provider, RoutingPolicy, limits_of, policy_of};
use glaux_platform_spending::Budget;
use glaux_routing::{Document, document as routing};
use glaux_store::{Db, OrgRead};
use glaux_web::Problem;

/// The document of the journal's position, unless that is `published`.
pub(crate) async fn read(db: &Db, published: Option<u64>) -> Result<Option<Document>, Problem> {
    let mut tx = db.every_organization().read().await?;
    let position = journal::position(&mut tx).await.map_err(Problem::internal)?;
    let journal_seq = u64::try_from(position).map_err(Problem::internal)?;
    if published == Some(journal_seq) {
        return Ok(None);
    }
    let mut document = Document { journal_seq, ..Document::default() };
    for organization in glaux_platform_identity::list_organizations_in(&mut tx).await? {
        read_organization(tx.of(organization.id), organization, &mut document).await?;
    }
    Ok(Some(document))
}

async fn read_organization(
    tx: &mut OrgRead,
    organization: Organization,
    document: &mut Document,
) -> Result<(), Problem> {
    let Organization { id, time_zone, .. } = organization;
    document.organizations.push(routing::Organization { id, time_zone });
    let policies = list_all::<RoutingPolicy>(tx).await?;
    for provider in list_all::<Provider>(tx).await? {
        let sealed = match &provider.state.credential {
            Some(credential) => Vault::find_sealed(tx, credential.secret).await?,
            None => None,
        };
        let limits = limits_of(&policies, &provider.name);
        document.providers.push(publish_provider(id, provider, sealed, limits));
    }
    document.models.extend(list_all::<Model>(tx).await?.into_iter().map(publish_model));
    document.aliases.extend(list_all::<Alias>(tx).await?.into_iter().map(|alias| publish_alias(id, alias)));
    let assignments = list_all::<Assignment>(tx).await?;
    for feature in list_all::<Feature>(tx).await? {
        let own = assignments.iter().filter(|assignment| assignment.state.feature == feature.id);
        let policy = policy_of(&policies, &feature.name);
        let own = own.map(|assignment| publish_assignment(assignment, policy)).collect();
        document.features.push(publish_feature(id, feature, own));
    }
    for key in list_all::<Key>(tx).await? {
        document.keys.extend(publish_key(id, &key));
    }
    document.budgets.extend(list_all::<Budget>(tx).await?.into_iter().map(|budget| publish_budget(id, budget)));
    Ok(())
}

fn publish_provider(
    organization: OrganizationId,
    object: Object<Provider>,
    sealed_credentials: Option<String>,
    limits_of_policy: Option<routing::ProviderLimits>,
) -> routing::Provider {
    let state = object.state;
    routing::Provider {
        organization,
        id: object.id,
        name: object.name,
        kind: state.kind,
        base_url: state.base_url,
        api_version: state.api_version,
        region: state.region,
        secret: state.credential.map(|credential| credential.secret),
        sealed_credentials,
        limits: limits_of_policy.unwrap_or(state.limits),
    }
}

fn publish_model(object: Object<Model>) -> routing::Model {
    let state = object.state;
    // The provider's name stands before the slash; the snapshot puts it there again.
    let name = object.name.split_once('/').map_or(object.name.as_str(), |(_, name)| name).to_owned();
    routing::Model {
        id: object.id,
        provider: state.provider,
        name,
        upstream_name: state.upstream_name,
        max_output_tokens: state.max_output_tokens,
        context_window: state.context_window,
        prices: state.prices,
    }
}

fn publish_alias(organization: OrganizationId, object: Object<Alias>) -> routing::Alias {
    routing::Alias { organization, id: object.id, name: object.name, model: object.state.model }
}

/// An assignment that says nothing of routing is routed by the policy of its feature or of the organization.
fn publish_assignment(object: &Object<Assignment>, policy: Option<&routing::Policy>) -> routing::Assignment {
    let state = object.state.clone();
    routing::Assignment {
        id: object.id,
        environment: state.environment,
        models: state.models,
        fallbacks: state.fallbacks,
        config_overrides: state.config_overrides,
        policy: state.policy.or_else(|| policy.cloned()).unwrap_or_default(),
    }
}

fn publish_feature(
    organization: OrganizationId,
    object: Object<Feature>,
    assignments: Vec<routing::Assignment>,
) -> routing::Feature {
    let state = object.state;
    routing::Feature {
        organization,
        id: object.id,
        name: object.name,
        status: state.status,
        limits: state.limits,
        user_limits: state.user_limits,
        payloads: state.payloads,
        assignments,
    }
}

/// A key as often as it has texts: each with its own end. A revoked one not at all.
fn publish_key(organization: OrganizationId, object: &Object<Key>) -> Vec<routing::Key> {
    let state = &object.state;
    if state.revoked_at.is_some() {
        return Vec::new();
    }
    let texts = state.secrets.iter();
    texts
        .map(|secret| routing::Key {
            organization,
            application: state.application,
            id: object.id,
            sha256: secret.sha256.clone(),
            environment: state.environment,
            features: state.features.clone(),
            models: state.models.clone(),
            limits: state.limits,
            user_limits: state.user_limits,
            ip_allow: state.ip_allow.clone(),
            ip_deny: state.ip_deny.clone(),
            expires_at: [state.expires_at, secret.until].into_iter().flatten().min(),
        })
        .collect()
}

fn publish_budget(organization: OrganizationId, object: Object<Budget>) -> routing::Budget {
    let state = object.state;
    routing::Budget {
        organization,
        id: object.id,
        name: object.name,
        scope: state.scope,
        period: state.period_type,
        amount: state.budget_amount,
        thresholds_permille: state.thresholds_permille,
        action: state.action,
    }
}
