use std::collections::{BTreeMap, BTreeSet};

use glaux_kernel::Environment;
use glaux_routing::document::{Balancing, Candidate, Policy, ProviderLimits};

use super::{
    Gap,
    account::Account,
    deployment::Deployment,
    document::{AliasSpec, AssignmentSpec, FeatureSpec, ModelSpec, PlatformFile, ProviderSpec, RoutingPolicySpec},
    settings::Settings,
};
use crate::catalogue::ModelType;

/// Makes the objects of a platform file.
pub(super) fn assemble(deployments: Vec<Deployment>, settings: Settings, gaps: &mut Vec<Gap>) -> PlatformFile {
    let limits =
        settings.timeout_ms.map(|timeout| ProviderLimits { total_timeout_ms: timeout, ..ProviderLimits::default() });
    let mut assembly = Assembly { file: PlatformFile::default(), limits, accounts: Vec::new(), groups: Vec::new() };
    for deployment in deployments {
        assembly.add(deployment, gaps);
    }
    assembly.name_groups(&settings, gaps);
    assembly.name_aliases(&settings, gaps);
    let mut file = assembly.file;
    if settings.policy != Policy::default() {
        file.routing_policies.push(RoutingPolicySpec { name: "default".to_owned(), policy: settings.policy });
    }
    file.budgets.extend(settings.budget);
    file
}

struct Assembly {
    file: PlatformFile,
    /// Of a provider whose deployments say nothing else.
    limits: Option<ProviderLimits>,
    /// The account of each provider of the file.
    accounts: Vec<Account>,
    /// What clients write, and what serves it.
    groups: Vec<(String, Vec<Member>)>,
}

/// A model of a group.
struct Member {
    /// `provider/model`.
    model: String,
    weight: u32,
    order: Option<u64>,
    overrides: serde_json::Map<String, serde_json::Value>,
}

impl Assembly {
    fn add(&mut self, deployment: Deployment, gaps: &mut Vec<Gap>) {
        let provider = self.provider(&deployment);
        if deployment.model.contains('*') || deployment.group.contains('*') {
            let provider = &mut self.file.providers[provider];
            provider.catalog = deployment.account.catalog.is_some();
            let detail = if provider.catalog {
                format!("becomes every model of the catalogue, as `{}/<model>`", provider.name)
            } else {
                "names any model; add those that are used".to_owned()
            };
            gaps.push(Gap::new(format!("{}.model_name", deployment.path), detail));
            return;
        }
        let provider = self.file.providers[provider].name.clone();
        let model = format!("{provider}/{}", deployment.model);
        let member =
            Member { model, weight: deployment.weight, order: deployment.order, overrides: deployment.overrides };
        if !self.file.models.iter().any(|known| known.provider == provider && known.name == deployment.model) {
            let stated = deployment.model_type.filter(|_| deployment.catalog.is_none());
            let model_type =
                stated.or_else(|| deployment.catalog.is_none().then(|| ModelType::from_name(&deployment.model)));
            self.file.models.push(ModelSpec {
                provider,
                name: deployment.model,
                model_type,
                upstream_name: None,
                max_output_tokens: deployment.max_output_tokens,
                catalog: deployment.catalog,
                prices: deployment.prices,
            });
        }
        match self.groups.iter_mut().find(|(name, _)| *name == deployment.group) {
            Some((_, members)) => members.push(member),
            None => self.groups.push((deployment.group, vec![member])),
        }
    }

    /// The place of the provider with the deployment's account.
    fn provider(&mut self, deployment: &Deployment) -> usize {
        let account = &deployment.account;
        let place = self.accounts.iter().position(|known| known == account).unwrap_or_else(|| {
            let alike = self.accounts.iter().filter(|known| known.prefix == account.prefix).count();
            let stem = slug(&account.prefix);
            self.accounts.push(account.clone());
            self.file.providers.push(ProviderSpec {
                name: if alike == 0 { stem } else { format!("{stem}-{}", alike + 1) },
                kind: account.kind,
                base_url: account.base_url.clone(),
                api_version: account.api_version.clone(),
                region: account.region.clone(),
                catalog: false,
                credentials: account.credentials.clone(),
                limits: self.limits,
            });
            self.accounts.len() - 1
        });
        let limits = &mut self.file.providers[place].limits;
        let mut set = |value: Option<u64>, set: fn(&mut ProviderLimits, u64)| {
            if let Some(value) = value {
                set(limits.get_or_insert_default(), value);
            }
        };
        set(deployment.timeout_ms, |limits, value| limits.total_timeout_ms = value);
        set(deployment.first_byte_timeout_ms, |limits, value| limits.first_byte_timeout_ms = value);
        set(deployment.concurrency, |limits, value| limits.concurrency = u32::try_from(value).ok());
        place
    }

    /// A group of one becomes an alias, any other a feature.
    fn name_groups(&mut self, settings: &Settings, gaps: &mut Vec<Gap>) {
        let groups = std::mem::take(&mut self.groups);
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (group, members) in &groups {
            let fallbacks = fallbacks(group, &groups, settings, gaps);
            let is_plain = members.len() == 1 && members[0].overrides.is_empty() && fallbacks.is_empty();
            if is_plain {
                self.add_alias(group, &members[0].model);
                continue;
            }
            let mut name = slug(group);
            while !names.insert(name.clone()) {
                name.push_str("-x");
            }
            if name != *group {
                let detail = format!("clients that write it get the first model alone; the group is `{name}`");
                gaps.push(Gap::new(format!("model_name {group}"), detail));
                self.add_alias(group, &members[0].model);
            }
            let assignment = assignment(group, members, fallbacks, settings, gaps);
            let assignments = BTreeMap::from(Environment::ALL.map(|environment| (environment, assignment.clone())));
            self.file.features.push(FeatureSpec { name, display_name: group.clone(), assignments });
        }
        self.groups = groups;
    }

    fn name_aliases(&mut self, settings: &Settings, gaps: &mut Vec<Gap>) {
        for (alias, target) in &settings.aliases {
            let path = format!("router_settings.model_group_alias.{alias}");
            match self.groups.iter().find(|(name, _)| name == target) {
                None => gaps.push(Gap::new(path, format!("there is no model_name {target}"))),
                Some((_, members)) => {
                    let model = members[0].model.clone();
                    if members.len() > 1 {
                        gaps.push(Gap::new(path, format!("stands for {model} alone, the first of the group")));
                    }
                    self.add_alias(alias, &model);
                }
            }
        }
    }

    fn add_alias(&mut self, name: &str, model: &str) {
        let is_taken = name == model || self.file.aliases.iter().any(|alias| alias.name == name);
        if !is_taken {
            self.file.aliases.push(AliasSpec { name: name.to_owned(), model: model.to_owned() });
        }
    }
}

/// The models of the groups that are tried after `group`.
fn fallbacks(group: &str, groups: &[(String, Vec<Member>)], settings: &Settings, gaps: &mut Vec<Gap>) -> Vec<String> {
    let own = settings.fallbacks.iter().filter(|(name, _)| name == group).flat_map(|(_, others)| others);
    let mut models = Vec::new();
    for name in own.chain(&settings.default_fallbacks).filter(|name| *name != group) {
        match groups.iter().find(|(other, _)| other == name) {
            Some((_, members)) => {
                for member in members {
                    if !models.contains(&member.model) {
                        models.push(member.model.clone());
                    }
                }
            }
            None => gaps.push(Gap::new(format!("fallbacks of {group}"), format!("there is no model_name {name}"))),
        }
    }
    models
}

fn assignment(
    group: &str,
    members: &[Member],
    fallbacks: Vec<String>,
    settings: &Settings,
    gaps: &mut Vec<Gap>,
) -> AssignmentSpec {
    let mut members: Vec<&Member> = members.iter().collect();
    let is_ordered = members.iter().any(|member| member.order.is_some());
    members.sort_by_key(|member| member.order.unwrap_or(u64::MAX));
    let config_overrides = members[0].overrides.clone();
    if members.iter().any(|member| member.overrides != config_overrides) {
        let detail = "its deployments set different parameters; those of the first are set for all";
        gaps.push(Gap::new(format!("model_name {group}"), detail));
    }
    let mut models: Vec<Candidate> = Vec::new();
    for member in members {
        match models.iter_mut().find(|candidate| candidate.model == member.model) {
            Some(candidate) => candidate.weight = candidate.weight.saturating_add(member.weight),
            None => models.push(Candidate { model: member.model.clone(), weight: member.weight }),
        }
    }
    let policy = is_ordered.then(|| Policy { balancing: Balancing::Ordered, ..settings.policy.clone() });
    AssignmentSpec { models, fallbacks, config_overrides, policy }
}

/// Lower-case letters, digits and hyphens, beginning with a letter.
fn slug(text: &str) -> String {
    let mut slug: String =
        text.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    slug = slug.trim_matches('-').chars().take(60).collect();
    if slug.starts_with(|c: char| c.is_ascii_lowercase()) { slug } else { format!("m-{slug}") }
}
