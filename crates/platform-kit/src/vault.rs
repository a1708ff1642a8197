//! Secrets at rest: AES-256-GCM (NIST SP 800-38D) under the master key, with a random 96-bit nonce.
//!
//! The organization and the secret's id are authenticated with each text, so that a row moved to another place does not
//! open. Text: `v1.` base64url(nonce ‖ ciphertext ‖ tag).

use aes_gcm::{
    Aes256Gcm, Key, KeyInit,
    aead::{Aead, Payload},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use glaux_kernel::{OrganizationId, Rng, Secret, SecretId};
use glaux_store::OrgRead;
use glaux_web::Problem;
use zeroize::Zeroizing;

use crate::store;

const NONCE_BYTES: usize = 12;
const VERSION: &str = "v1.";

/// Why a secret can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Not 64 hexadecimal digits, nor base64 of 32 bytes.
    #[error("a master key is 64 hexadecimal digits or base64 of 32 bytes")]
    MasterKey,
    /// Another master key, another place, or changed bytes.
    #[error("a stored secret can't be opened with this master key")]
    Opening,
    /// The cipher refused.
    #[error("a secret can't be sealed")]
    Sealing,
}

/// 32 bytes that wrap every stored secret.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new one.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill(&mut *bytes);
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits or base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let bytes = match text.len() {
            64 => hex::decode(text).ok(),
            _ => BASE64_STANDARD.decode(text).ok(),
        };
        let bytes = Zeroizing::new(bytes.ok_or(VaultError::MasterKey)?);
        <[u8; 32]>::try_from(bytes.as_slice())
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .map_err(|_| VaultError::MasterKey)
    }

    /// 64 hexadecimal digits, for the file that keeps it.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(*self.0))
    }
}

/// Seals and opens secrets.
pub struct Vault(Aes256Gcm);

impl Vault {
    /// A vault under this key.
    pub fn new(key: &MasterKey) -> Self {
        Self(Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key.0)))
    }

    /// Seals a secret for one place.
    pub fn seal(
        &self,
        organization: OrganizationId,
        id: SecretId,
        secret: &Secret,
        rng: &dyn Rng,
    ) -> Result<String, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        let place = place(organization, id);
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &place };
        let sealed = self.0.encrypt(&nonce.into(), payload).map_err(|_| VaultError::Sealing)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        Ok(format!("{VERSION}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, organization: OrganizationId, id: SecretId, sealed: &str) -> Result<Secret, VaultError> {
        let text = sealed.strip_prefix(VERSION).ok_or(VaultError::Opening)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Opening)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Opening)?;
        let place = place(organization, id);
        let payload = Payload { msg: sealed, aad: &place };
        let opened = self.0.decrypt(&(*nonce).into(), payload).map_err(|_| VaultError::Opening)?;
        String::from_utf8(opened).map(Secret::new).map_err(|_| VaultError::Opening)
    }

    /// The sealed text of a secret, for the publisher: it is opened only where it is used.
    pub async fn find_sealed(tx: &mut OrgRead, id: SecretId) -> Result<Option<String>, Problem> {
        let row = tx.query(store::FIND_SECRET).bind(id).fetch_optional::<(String,)>().await?;
        Ok(row.map(|(sealed,)| sealed))
    }
}

fn place(organization: OrganizationId, id: SecretId) -> Vec<u8> {
    [organization.uuid().as_bytes().as_slice(), id.uuid().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (byte, value) in bytes.iter_mut().zip(0u8..) {
                *byte = value;
            }
        }
    }

    #[test]
    fn a_secret_opens_only_in_its_place_and_under_its_key() {
        let vault = Vault::new(&MasterKey::generate(&Counting));
        let (here, there) = (OrganizationId::PLATFORM, OrganizationId::from_uuid(sqlx::types::Uuid::max()));
        let id = SecretId::from_uuid(sqlx::types::Uuid::nil());
        let sealed = vault.seal(here, id, &Secret::new("sk-1".to_owned()), &Counting).unwrap();
        assert!(!sealed.contains("sk-1"));
        assert_eq!(vault.open(here, id, &sealed).unwrap().expose(), "sk-1");
        assert_eq!(vault.open(there, id, &sealed), Err(VaultError::Opening));
        let other = Vault::new(&MasterKey::parse(&"00".repeat(32)).unwrap());
        assert_eq!(other.open(here, id, &sealed), Err(VaultError::Opening));
        assert_eq!(vault.open(here, id, "v1.AAAA"), Err(VaultError::Opening));
    }

    #[test]
    fn master_keys() {
        let key = MasterKey::generate(&Counting);
        assert_eq!(*MasterKey::parse(&key.to_hex()).unwrap().0, *key.0);
        assert!(MasterKey::parse(&BASE64_STANDARD.encode(*key.0)).is_ok());
        for text in ["", "00", "zz".repeat(32).as_str()] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
    }
}
