use glaux_kernel::{Rng, Secret};
use sha2::{Digest, Sha256};

use crate::KeySecret;

const PREFIX: &str = "glx_";
const RANDOM: usize = 37;
const CHECKSUM: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new key's text: 37 random base-62 characters (220 bits) and the CRC-32 of what stands before, in six.
pub(crate) fn generate(rng: &dyn Rng) -> Secret {
    let mut text = String::with_capacity(PREFIX.len() + RANDOM + CHECKSUM);
    text.push_str(PREFIX);
    while text.len() < PREFIX.len() + RANDOM {
        let mut byte = [0];
        rng.fill(&mut byte);
        // 248 is the largest multiple of 62 in a byte: above it, some characters would be likelier than others.
        if byte[0] < 248 {
            text.push(char::from(ALPHABET[usize::from(byte[0] % 62)]));
        }
    }
    let checksum = checksum(&text);
    text.push_str(&checksum);
    Secret::new(text)
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// What is kept of a key's text.
pub(crate) fn keep(secret: &Secret) -> KeySecret {
    let text = secret.expose();
    let shown = format!("{}…{}", &text[..PREFIX.len() + 4], &text[text.len() - 4..]);
    KeySecret { sha256: hex::encode(Sha256::digest(text)), shown, until: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Rng for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_key_has_its_form_and_a_checksum_that_zlib_agrees_with() {
        let key = generate(&Fixed(10));
        // python3: zlib.crc32(b"glx_" + b"A" * 37), written in base 62.
        assert_eq!(key.expose(), format!("glx_{}{}", "A".repeat(37), "4PFZY9"));
        let kept = keep(&key);
        assert_eq!(kept.shown, "glx_AAAA…FZY9");
        assert!(!kept.sha256.contains("AAAA"));
    }
}
