use glaux_kernel::{Cursor, Id, OrganizationId, Page, PageRequest, Timestamp};
use glaux_store::OrgRead;
use glaux_web::{Problem, Tag};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::store::{self, ObjectRow};

/// A kind of configuration object.
pub trait Kind: Send + Sync + 'static {
    /// The word in the journal and in paths: `feature`.
    const KIND: &'static str;
    /// Counts incompatible changes of the state's form; old states are upcast when they are read.
    const SCHEMA_VERSION: u32;
    /// Its id.
    type Id: Id;
    /// Its canonical state. Holds no secret.
    type State: Serialize + DeserializeOwned + Clone + Send + Sync;
}

/// A configuration object.
#[derive(Debug, Clone)]
pub struct Object<K: Kind> {
    /// Never changes.
    pub id: K::Id,
    /// Unique among the organization's objects of the kind.
    pub name: String,
    /// Everything else.
    pub state: K::State,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl<K: Kind> Object<K> {
    pub(crate) fn from_row(row: ObjectRow) -> Result<Self, Problem> {
        Ok(Self {
            id: K::Id::from_uuid(row.id),
            name: row.name,
            state: serde_json::from_str(&row.state).map_err(Problem::internal)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    /// The tag of its state, for `If-Match`.
    pub fn tag(&self) -> Result<Tag, Problem> {
        Tag::of(&self.state)
    }
}

/// The object of this name.
pub async fn find<K: Kind>(tx: &mut OrgRead, name: &str) -> Result<Option<Object<K>>, Problem> {
    let row = tx.query(store::FIND_BY_NAME).bind(K::KIND).bind(name).fetch_optional::<ObjectRow>().await?;
    row.map(Object::from_row).transpose()
}

/// The object of this id.
pub async fn find_by_id<K: Kind>(tx: &mut OrgRead, id: K::Id) -> Result<Option<Object<K>>, Problem> {
    let row = tx.query(store::FIND_BY_ID).bind(K::KIND).bind(id.uuid()).fetch_optional::<ObjectRow>().await?;
    row.map(Object::from_row).transpose()
}

/// The object of this name or id; a missing one is `not_found`.
pub async fn get<K: Kind>(tx: &mut OrgRead, reference: &str) -> Result<Object<K>, Problem> {
    let found = match reference.parse::<K::Id>() {
        Ok(id) => find_by_id(tx, id).await?,
        Err(_) => find(tx, reference).await?,
    };
    found.ok_or_else(|| Problem::not_found(K::KIND, reference))
}

/// A page of objects by name.
pub async fn list<K: Kind>(tx: &mut OrgRead, page: &PageRequest) -> Result<Page<Object<K>>, Problem> {
    let after = page.cursor.as_ref().map(|cursor| cursor.0.as_str());
    let rows = tx
        .query(store::LIST)
        .bind(K::KIND)
        .bind(after)
        .bind(i64::from(page.limit) + 1)
        .fetch_all::<ObjectRow>()
        .await?;
    let objects = rows.into_iter().map(Object::from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_overfetch(objects, page.limit, |object| Cursor(object.name.clone())))
}

/// How many rows are read at once where not all of them are kept.
const BATCH: u32 = 500;

/// A page of the objects that `keep` keeps, by name. Where it keeps all, only the page is read; otherwise on until the
/// page is full.
pub async fn list_matching<K: Kind>(
    tx: &mut OrgRead,
    page: &PageRequest,
    keep: impl Fn(&Object<K>) -> bool,
) -> Result<Page<Object<K>>, Problem> {
    let mut after = page.cursor.as_ref().map(|cursor| cursor.0.clone());
    let mut batch = page.limit + 1;
    let mut kept = Vec::new();
    loop {
        let query = tx.query(store::LIST).bind(K::KIND).bind(after.as_deref()).bind(i64::from(batch));
        let rows = query.fetch_all::<ObjectRow>().await?;
        let is_last = rows.len() < batch as usize;
        after = rows.last().map(|row| row.name.clone());
        for row in rows {
            let object = Object::from_row(row)?;
            if keep(&object) {
                kept.push(object);
            }
        }
        if is_last || kept.len() > page.limit as usize {
            break;
        }
        batch = BATCH;
    }
    Ok(Page::from_overfetch(kept, page.limit, |object| Cursor(object.name.clone())))
}

/// Whether a name has the text that is asked for, in any case of letters.
pub fn has_text(name: &str, text: Option<&str>) -> bool {
    text.is_none_or(|text| name.to_lowercase().contains(&text.to_lowercase()))
}

/// Every object of the kind, by name: for the publisher.
pub async fn list_all<K: Kind>(tx: &mut OrgRead) -> Result<Vec<Object<K>>, Problem> {
    let rows = tx.query(store::LIST).bind(K::KIND).bind(None::<&str>).bind(i64::MAX).fetch_all::<ObjectRow>().await?;
    rows.into_iter().map(Object::from_row).collect()
}

/// An object of another capability, as far as one must know it to refer to it.
#[derive(Debug, Clone)]
pub struct Reference<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// The object of this name or id, of the organization or else of the platform, which shares what it has.
pub async fn find_reference<I: Id>(
    tx: &mut OrgRead,
    kind: &str,
    reference: &str,
) -> Result<Option<Reference<I>>, Problem> {
    let id = reference.parse::<I>().ok().map(Id::uuid);
    let query = tx.query(store::FIND_SHARED).bind(kind).bind(reference).bind(id).bind(OrganizationId::PLATFORM);
    let row = query.fetch_optional::<ObjectRow>().await?;
    Ok(row.map(|row| Reference { id: I::from_uuid(row.id), name: row.name }))
}

/// Every object of another capability's kind that the organization has, by name.
pub async fn list_references<I: Id>(tx: &mut OrgRead, kind: &str) -> Result<Vec<Reference<I>>, Problem> {
    let rows = tx.query(store::LIST_NAMES).bind(kind).fetch_all::<(sqlx::types::Uuid, String)>().await?;
    Ok(rows.into_iter().map(|(id, name)| Reference { id: I::from_uuid(id), name }).collect())
}

/// The name of an object of another capability whose state holds this text as a value: who refers to what by name.
pub async fn find_mention(tx: &mut OrgRead, kind: &str, text: &str) -> Result<Option<String>, Problem> {
    let rows = tx.query(store::LIST).bind(kind).bind(None::<&str>).bind(i64::MAX).fetch_all::<ObjectRow>().await?;
    for row in rows {
        if holds(&serde_json::from_str(&row.state).map_err(Problem::internal)?, text) {
            return Ok(Some(row.name));
        }
    }
    Ok(None)
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The IANA name of the organization's time zone, in which its days begin.
pub async fn time_zone(tx: &mut OrgRead) -> Result<String, Problem> {
    let (zone,) = tx.query(store::TIME_ZONE).fetch_one::<(String,)>().await?;
    Ok(zone)
}

/// The id that a filter names, by the object's name or by its id. An unknown name is `not_found`; an id may be of an object
/// that is gone.
pub async fn find_id<I: Id>(tx: &mut OrgRead, kind: &str, reference: Option<&str>) -> Result<Option<I>, Problem> {
    let Some(reference) = reference else { return Ok(None) };
    if let Ok(id) = reference.parse::<I>() {
        return Ok(Some(id));
    }
    let row = tx.query(store::FIND_BY_NAME).bind(kind).bind(reference).fetch_optional::<ObjectRow>().await?;
    row.map(|row| Some(I::from_uuid(row.id))).ok_or_else(|| Problem::not_found(kind, reference))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let assignment =
            json!({ "models": [{ "model": "acme/a", "weight": 1 }], "fallbacks": ["acme/b"], "policy": null });
        for (text, expected) in [("acme/a", true), ("acme/b", true), ("acme", false), ("models", false)] {
            assert_eq!(holds(&assignment, text), expected, "{text}");
        }
    }
}
