use std::{net::IpAddr, sync::Arc};

use foldhash::HashMap;
use glaux_kernel::{ApplicationId, Environment, FeatureId, KeyId, ModelId, OrganizationId, ProviderId, Timestamp};
use glaux_llm::{Base, Credentials, PriceRule, ProviderKind};
use ipnet::IpNet;
use jiff::tz::TimeZone;

use crate::{
    BudgetIndex,
    document::{self, Document, FeatureStatus, Limits, Policy, ProviderLimits},
    overrides,
    payload::PayloadPolicy,
};

/// SHA-256 of a key's secret.
pub type KeyHash = [u8; 32];

/// Something in a document that can't be served, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The object, for example `feature chatbot`.
    pub object: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The configuration with its references resolved. Immutable; the next one replaces it whole.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The journal position that this is the state of.
    pub journal_seq: u64,
    pub(crate) keys: HashMap<KeyHash, Arc<Key>>,
    pub(crate) organizations: HashMap<OrganizationId, Arc<Organization>>,
}

/// A tenant.
#[derive(Debug)]
pub struct Organization {
    /// The tenant.
    pub id: OrganizationId,
    /// Where budget periods begin.
    pub time_zone: TimeZone,
    /// By name.
    pub features: HashMap<Box<str>, Arc<Feature>>,
    /// By name.
    pub aliases: HashMap<Box<str>, Arc<Model>>,
    /// By `provider/model`; the platform's shared ones included.
    pub models: HashMap<Box<str>, Arc<Model>>,
    /// Found by what they count.
    pub budgets: BudgetIndex,
}

/// An upstream account.
#[derive(Debug)]
pub struct Provider {
    /// The account.
    pub id: ProviderId,
    /// Stands before the slash of a model name.
    pub name: Box<str>,
    /// What it speaks.
    pub kind: ProviderKind,
    /// Where it is.
    pub base: Base,
    /// Azure's `api-version`.
    pub api_version: Option<Box<str>>,
    /// Bedrock's or Vertex's region.
    pub region: Option<Box<str>>,
    /// What is sent as proof of the account.
    pub credentials: Credentials,
    /// How calls to it are paced and timed.
    pub limits: ProviderLimits,
}

/// A catalogue entry.
#[derive(Debug)]
pub struct Model {
    /// The entry.
    pub id: ModelId,
    /// `provider/model`.
    pub name: Box<str>,
    /// What the provider calls it.
    pub upstream_name: Box<str>,
    /// Its provider.
    pub provider: Arc<Provider>,
    /// The most output tokens that it can write.
    pub max_output_tokens: Option<u64>,
    /// The most tokens that it can read.
    pub context_window: Option<u64>,
    /// What it charges.
    pub prices: Box<[PriceRule]>,
}

/// An AI capability.
#[derive(Debug)]
pub struct Feature {
    /// The feature.
    pub id: FeatureId,
    /// What clients write.
    pub name: Box<str>,
    /// Whether it serves.
    pub status: FeatureStatus,
    /// All calls of the feature together.
    pub limits: Limits,
    /// Each end user's calls of the feature.
    pub user_limits: Limits,
    assignments: [Option<Arc<Assignment>>; 3],
    payloads: [Arc<PayloadPolicy>; 3],
}

impl Feature {
    /// What serves it in `environment`.
    pub fn assignment(&self, environment: Environment) -> Option<&Arc<Assignment>> {
        self.assignments[environment as usize].as_ref()
    }

    /// What is kept of its calls in `environment`.
    pub fn payloads(&self, environment: Environment) -> &Arc<PayloadPolicy> {
        &self.payloads[environment as usize]
    }
}

/// What serves a feature in an environment.
#[derive(Debug)]
pub struct Assignment {
    /// Tried in the order of the policy.
    pub models: Box<[(Arc<Model>, u32)]>,
    /// Tried in this order after all of `models`.
    pub fallbacks: Box<[Arc<Model>]>,
    /// Fields set in each request.
    pub config_overrides: serde_json::Map<String, serde_json::Value>,
    /// At least as many bytes as they add to a request.
    pub override_bytes: u64,
    /// How it is routed.
    pub policy: Policy,
}

/// A credential of an application.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub id: KeyId,
    /// The tenant.
    pub organization: Arc<Organization>,
    /// The program that holds it.
    pub application: ApplicationId,
    /// Where its calls belong.
    pub environment: Environment,
    features: Selector,
    models: Selector,
    /// All calls of the key together.
    pub limits: Limits,
    /// Each end user's calls by the key.
    pub user_limits: Limits,
    ip_allow: Box<[IpNet]>,
    ip_deny: Box<[IpNet]>,
    expires_at: Option<Timestamp>,
}

impl Key {
    /// What the program itself calls with: a test of a provider, a probe. It may call everything, and has no secret.
    pub fn of_the_program(organization: Arc<Organization>) -> Self {
        let everything = || Selector(["*".into()].into());
        Self {
            id: KeyId::from_uuid(Default::default()),
            organization,
            application: ApplicationId::from_uuid(Default::default()),
            environment: Environment::Production,
            features: everything(),
            models: everything(),
            limits: Limits::default(),
            user_limits: Limits::default(),
            ip_allow: Box::default(),
            ip_deny: Box::default(),
            expires_at: None,
        }
    }

    /// The key may call this feature.
    pub fn allows_feature(&self, name: &str) -> bool {
        self.features.allows(name)
    }

    /// The key may call this model, `provider/model`, without a feature.
    pub fn allows_model(&self, name: &str) -> bool {
        self.models.allows(name)
    }

    /// Calls may come from this address.
    pub fn allows_address(&self, address: IpAddr) -> bool {
        let within = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&address));
        !within(&self.ip_deny) && (self.ip_allow.is_empty() || within(&self.ip_allow))
    }

    /// The key has ended.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}

/// A list of names where `*` is everything and `prefix/*` everything below.
#[derive(Debug)]
struct Selector(Box<[Box<str>]>);

impl Selector {
    fn new(names: Vec<String>) -> Self {
        Self(names.into_iter().map(String::into_boxed_str).collect())
    }

    fn allows(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => **pattern == *name,
        })
    }
}

/// The models that each tenant sees, while a snapshot is built.
type ModelsByName = HashMap<Box<str>, Arc<Model>>;

impl Snapshot {
    /// Resolves a document. What can't be served is left out and named.
    ///
    /// `open` turns a provider's sealed credentials into what is sent upstream.
    pub fn build(
        document: Document,
        open: impl Fn(&document::Provider) -> Result<Credentials, String>,
    ) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let providers = build_providers(&document.providers, open, &mut findings);
        let models = build_models(document.models, &providers, &mut findings);
        let mut organizations = HashMap::default();
        let tenants = document.organizations.iter().filter(|tenant| tenant.id != OrganizationId::PLATFORM);
        for tenant in tenants {
            let time_zone = TimeZone::get(&tenant.time_zone).unwrap_or_else(|_| {
                findings.push(finding("organization", &tenant.id, format!("unknown time zone {}", tenant.time_zone)));
                TimeZone::UTC
            });
            let mut visible: ModelsByName = models.get(&OrganizationId::PLATFORM).cloned().unwrap_or_default();
            visible.extend(models.get(&tenant.id).cloned().unwrap_or_default());
            let aliases = document.aliases.iter().filter(|alias| alias.organization == tenant.id);
            let features = document.features.iter().filter(|feature| feature.organization == tenant.id);
            let budgets = document.budgets.iter().filter(|budget| budget.organization == tenant.id);
            organizations.insert(
                tenant.id,
                Arc::new(Organization {
                    id: tenant.id,
                    time_zone,
                    aliases: build_aliases(aliases, &visible, &mut findings),
                    features: build_features(features, &visible, &mut findings),
                    models: visible,
                    budgets: BudgetIndex::new(budgets.cloned()),
                }),
            );
        }
        let keys = build_keys(document.keys, &organizations, &mut findings);
        (Self { journal_seq: document.journal_seq, keys, organizations }, findings)
    }

    /// The key whose secret has this hash.
    pub fn key(&self, hash: &KeyHash) -> Option<&Arc<Key>> {
        self.keys.get(hash)
    }

    /// Every tenant, in no order.
    pub fn organizations(&self) -> impl Iterator<Item = &Arc<Organization>> {
        self.organizations.values()
    }

    /// The tenant with this id.
    pub fn organization(&self, id: OrganizationId) -> Option<&Arc<Organization>> {
        self.organizations.get(&id)
    }
}

fn finding(kind: &str, name: &dyn std::fmt::Display, problem: String) -> Finding {
    Finding { object: format!("{kind} {name}"), problem }
}

fn build_providers(
    providers: &[document::Provider],
    open: impl Fn(&document::Provider) -> Result<Credentials, String>,
    findings: &mut Vec<Finding>,
) -> HashMap<ProviderId, (OrganizationId, Arc<Provider>)> {
    let mut built = HashMap::default();
    for provider in providers {
        match open(provider).and_then(|credentials| Ok((credentials, base(provider)?))) {
            Ok((credentials, base)) => {
                let resolved = Provider {
                    id: provider.id,
                    name: provider.name.as_str().into(),
                    kind: provider.kind,
                    base,
                    api_version: provider.api_version.as_deref().map(Into::into),
                    region: provider.region.as_deref().map(Into::into),
                    credentials,
                    limits: provider.limits,
                };
                built.insert(provider.id, (provider.organization, Arc::new(resolved)));
            }
            Err(problem) => findings.push(finding("provider", &provider.name, problem)),
        }
    }
    built
}

fn base(provider: &document::Provider) -> Result<Base, String> {
    let url = provider.base_url.as_deref().or(provider.kind.default_base_url());
    url.ok_or("has no base URL")?.parse().map_err(|error: glaux_llm::InvalidBase| error.to_string())
}

fn build_models(
    models: Vec<document::Model>,
    providers: &HashMap<ProviderId, (OrganizationId, Arc<Provider>)>,
    findings: &mut Vec<Finding>,
) -> HashMap<OrganizationId, ModelsByName> {
    let mut built: HashMap<OrganizationId, ModelsByName> = HashMap::default();
    for model in models {
        let Some((organization, provider)) = providers.get(&model.provider) else {
            findings.push(finding("model", &model.name, "its provider can't be served".to_owned()));
            continue;
        };
        let name: Box<str> = format!("{}/{}", provider.name, model.name).into();
        let rules = model.prices.into_iter().map(|rule| PriceRule {
            id: rule.id,
            meter: rule.meter,
            rate: rule.rate,
            conditions: rule.conditions,
        });
        let resolved = Model {
            id: model.id,
            name: name.clone(),
            upstream_name: model.upstream_name.unwrap_or(model.name).into(),
            provider: Arc::clone(provider),
            max_output_tokens: model.max_output_tokens,
            context_window: model.context_window,
            prices: rules.collect(),
        };
        built.entry(*organization).or_default().insert(name, Arc::new(resolved));
    }
    built
}

fn build_aliases<'a>(
    aliases: impl Iterator<Item = &'a document::Alias>,
    models: &ModelsByName,
    findings: &mut Vec<Finding>,
) -> ModelsByName {
    let mut built = HashMap::default();
    for alias in aliases {
        match models.get(alias.model.as_str()) {
            Some(model) => {
                built.insert(alias.name.as_str().into(), Arc::clone(model));
            }
            None => findings.push(finding("alias", &alias.name, format!("there is no model {}", alias.model))),
        }
    }
    built
}

fn build_features<'a>(
    features: impl Iterator<Item = &'a document::Feature>,
    models: &ModelsByName,
    findings: &mut Vec<Finding>,
) -> HashMap<Box<str>, Arc<Feature>> {
    let mut built = HashMap::default();
    for feature in features {
        let mut assignments = [None, None, None];
        for assignment in &feature.assignments {
            let resolved = build_assignment(feature, assignment, models, findings);
            assignments[assignment.environment as usize] = Some(Arc::new(resolved));
        }
        let resolved = Feature {
            id: feature.id,
            name: feature.name.as_str().into(),
            status: feature.status,
            limits: feature.limits,
            user_limits: feature.user_limits,
            assignments,
            payloads: Environment::ALL.map(|environment| {
                let stated = feature.payloads.get(&environment).cloned();
                Arc::new(stated.unwrap_or_else(|| PayloadPolicy::default_in(environment)))
            }),
        };
        built.insert(resolved.name.clone(), Arc::new(resolved));
    }
    built
}

fn build_assignment(
    feature: &document::Feature,
    assignment: &document::Assignment,
    models: &ModelsByName,
    findings: &mut Vec<Finding>,
) -> Assignment {
    let place = format!("{} in {}", feature.name, assignment.environment);
    let (config_overrides, refused) = overrides::allowed(&assignment.config_overrides);
    let refused = refused.into_iter().map(|name| format!("{name} is the caller's and is not overridden"));
    findings.extend(refused.map(|problem| finding("feature", &place, problem)));
    let mut find = |name: &str| {
        let model = models.get(name).cloned();
        if model.is_none() {
            findings.push(finding("feature", &place, format!("there is no model {name}")));
        }
        model
    };
    Assignment {
        models: assignment.models.iter().filter_map(|one| Some((find(&one.model)?, one.weight))).collect(),
        fallbacks: assignment.fallbacks.iter().filter_map(|name| find(name)).collect(),
        override_bytes: overrides::bytes(&config_overrides),
        config_overrides,
        policy: assignment.policy.clone(),
    }
}

fn build_keys(
    keys: Vec<document::Key>,
    organizations: &HashMap<OrganizationId, Arc<Organization>>,
    findings: &mut Vec<Finding>,
) -> HashMap<KeyHash, Arc<Key>> {
    let mut built = HashMap::default();
    for key in keys {
        let (Some(organization), Some(hash)) = (organizations.get(&key.organization), parse_hash(&key.sha256)) else {
            findings.push(finding("key", &key.id, "its organization or its hash is not valid".to_owned()));
            continue;
        };
        let resolved = Key {
            id: key.id,
            organization: Arc::clone(organization),
            application: key.application,
            environment: key.environment,
            features: Selector::new(key.features),
            models: Selector::new(key.models),
            limits: key.limits,
            user_limits: key.user_limits,
            ip_allow: key.ip_allow.into(),
            ip_deny: key.ip_deny.into(),
            expires_at: key.expires_at,
        };
        built.insert(hash, Arc::new(resolved));
    }
    built
}

fn parse_hash(text: &str) -> Option<KeyHash> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut hash = KeyHash::default();
    for (byte, pair) in hash.iter_mut().zip(bytes.chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
