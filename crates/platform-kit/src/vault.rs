//! Secrets at rest: AES-256-GCM (NIST SP 800-38D) under the master key, with a random 96-bit nonce.
//!
//! The organization and the secret's id are authenticated with each text, so that a row moved to another place does not
//! open. Text: `v1.` key id `.` base64url(nonce ‖ ciphertext ‖ tag). The key id is the first 32 bits of
//! SHA-256(`glaux master key` ‖ key), hexadecimal: it tells which key a text needs, and nothing about the key.

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
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::store;

const NONCE_BYTES: usize = 12;
const VERSION: &str = "v1";

/// Why a secret can't be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Not 64 hexadecimal digits, nor base64 of 32 bytes.
    #[error("a master key is 64 hexadecimal digits or base64 of 32 bytes")]
    MasterKey,
    /// It was sealed under another master key.
    #[error("the secret was sealed under the master key {needed}, and this is {given}")]
    OtherKey {
        /// The id of the key that opens it.
        needed: String,
        /// The id of this vault's key.
        given: String,
    },
    /// Another place, or changed bytes.
    #[error("a stored secret is damaged, or of another place")]
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
pub struct Vault {
    cipher: Aes256Gcm,
    key_id: String,
}

impl Vault {
    /// A vault under this key.
    pub fn new(key: &MasterKey) -> Self {
        let digest = Sha256::new().chain_update("glaux master key").chain_update(*key.0).finalize();
        Self { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key.0)), key_id: hex::encode(&digest[..4]) }
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
        let sealed = self.cipher.encrypt(&nonce.into(), payload).map_err(|_| VaultError::Sealing)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        Ok(format!("{VERSION}.{}.{}", self.key_id, BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, organization: OrganizationId, id: SecretId, sealed: &str) -> Result<Secret, VaultError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(key_id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VaultError::Opening);
        };
        if key_id != self.key_id {
            return Err(VaultError::OtherKey { needed: key_id.to_owned(), given: self.key_id.clone() });
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Opening)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Opening)?;
        let place = place(organization, id);
        let payload = Payload { msg: sealed, aad: &place };
        let opened = self.cipher.decrypt(&(*nonce).into(), payload).map_err(|_| VaultError::Opening)?;
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
        assert!(
            matches!(other.open(here, id, &sealed), Err(VaultError::OtherKey { needed, .. }) if needed == vault.key_id)
        );
        let flipped = format!("{}{}", &sealed[..sealed.len() - 1], if sealed.ends_with('A') { 'B' } else { 'A' });
        for damaged in [flipped.as_str(), &sealed[..20], "v1.AAAA", "v2.0.0", ""] {
            assert!(vault.open(here, id, damaged).is_err(), "{damaged}");
        }
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
