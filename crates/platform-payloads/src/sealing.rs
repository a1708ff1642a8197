//! Payloads at rest: AES-256-GCM (NIST SP 800-38D). Each call has a key of its own, HMAC-SHA256(data key, `glaux
//! payload` ‖ call), so that the bound on texts under one key is out of reach and no text opens as another call's.
//!
//! Bytes: version (1), nonce (12), ciphertext with tag.

use aes_gcm::{Aes256Gcm, Key, KeyInit, aead::Aead};
use glaux_kernel::{CallId, OrganizationId, Rng, Secret, SecretId};
use glaux_platform_kit::{Vault, VaultError};
use glaux_web::Problem;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;

/// 32 bytes of an organization. Without them its payloads are noise.
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    pub(crate) fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill(&mut *bytes);
        Self(bytes)
    }

    /// Sealed under the master key.
    pub(crate) fn wrap(
        &self,
        vault: &Vault,
        organization: OrganizationId,
        id: SecretId,
        rng: &dyn Rng,
    ) -> Result<String, VaultError> {
        vault.seal(organization, id, &Secret::new(hex::encode(*self.0)), rng)
    }

    pub(crate) fn unwrap(
        vault: &Vault,
        organization: OrganizationId,
        id: SecretId,
        sealed: &str,
    ) -> Result<Self, VaultError> {
        let secret = vault.open(organization, id, sealed)?;
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(secret.expose(), &mut *bytes).map_err(|_| VaultError::Opening)?;
        Ok(Self(bytes))
    }

    pub(crate) fn seal(&self, call: CallId, plain: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, Problem> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        let sealed = self.cipher(call)?.encrypt(&nonce.into(), plain);
        let sealed = sealed.map_err(|_| Problem::internal("a payload can't be sealed"))?;
        Ok([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, call: CallId, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        let damaged = || Problem::internal("a stored payload is damaged, or another call's");
        let (&[VERSION], rest) = sealed.split_first_chunk().ok_or_else(damaged)? else { return Err(damaged()) };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        self.cipher(call)?.decrypt(&(*nonce).into(), sealed).map_err(|_| damaged())
    }

    fn cipher(&self, call: CallId) -> Result<Aes256Gcm, Problem> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).map_err(Problem::internal)?;
        mac.update(b"glaux payload");
        mac.update(call.uuid().as_bytes());
        let key: [u8; 32] = mac.finalize().into_bytes().into();
        Ok(Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)))
    }
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
    fn a_payload_opens_only_as_its_call_and_under_its_key() {
        let calls = [1, 2].map(|number| CallId::from_uuid(sqlx::types::Uuid::from_u128(number)));
        let key = DataKey::generate(&Counting);
        let sealed = key.seal(calls[0], b"hello", &Counting).unwrap();
        assert_eq!(key.open(calls[0], &sealed).unwrap(), b"hello");
        assert!(key.open(calls[1], &sealed).is_err());
        assert!(DataKey(Zeroizing::new([7; 32])).open(calls[0], &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(key.open(calls[0], &damaged).is_err(), "{at}");
            assert!(key.open(calls[0], &sealed[..at]).is_err(), "{at}");
        }
    }
}
