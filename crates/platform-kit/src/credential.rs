use glaux_kernel::{Rng, Secret};
use sha2::{Digest, Sha256};

const RANDOM: usize = 37;
const CHECKSUM: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text of a credential that we make: a prefix that says what it is, 37 random base-62 characters (220 bits), and
/// in six more the CRC-32 of what stands before, so that a scanner can tell a credential from noise.
///
/// Shown once. What is kept is its SHA-256: the text is as good as random, so nothing slower than a hash is needed.
#[derive(Debug, Clone, Copy)]
pub struct Credential(&'static str);

impl Credential {
    /// What an application uses at the gateway.
    pub const KEY: Self = Self("glx_");
    /// What a program or a person uses at the management API.
    pub const TOKEN: Self = Self("glt_");
    /// What a signed-in browser sends.
    pub const SESSION: Self = Self("gls_");
    /// What signs a person in once.
    pub const LINK: Self = Self("gli_");

    /// A new one.
    pub fn generate(self, rng: &dyn Rng) -> Secret {
        let mut text = String::with_capacity(self.0.len() + RANDOM + CHECKSUM);
        text.push_str(self.0);
        while text.len() < self.0.len() + RANDOM {
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

    /// Whether the text can be one: what can't need not be looked up.
    pub fn has_form(self, secret: &Secret) -> bool {
        let text = secret.expose();
        text.len() == self.0.len() + RANDOM + CHECKSUM
            && text.starts_with(self.0)
            && text.is_char_boundary(text.len() - CHECKSUM)
            && text.ends_with(&checksum(&text[..text.len() - CHECKSUM]))
    }

    /// How a credential begins and ends, for people who must tell one from another: `glx_Ab12…wxyz`.
    pub fn show(self, secret: &Secret) -> String {
        let text = secret.expose();
        let (start, end) = (text.get(..self.0.len() + 4), text.len().checked_sub(4).and_then(|from| text.get(from..)));
        format!("{}…{}", start.unwrap_or_default(), end.unwrap_or_default())
    }
}

/// What is kept of a credential.
pub fn digest(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.expose()).into()
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
    fn a_credential_has_its_form_and_a_checksum_that_zlib_agrees_with() {
        let key = Credential::KEY.generate(&Fixed(10));
        // python3: zlib.crc32(b"glx_" + b"A" * 37), written in base 62.
        assert_eq!(key.expose(), format!("glx_{}{}", "A".repeat(37), "4PFZY9"));
        assert_eq!(Credential::KEY.show(&key), "glx_AAAA…FZY9");
    }

    #[test]
    fn what_can_not_be_a_credential_is_seen_without_looking_it_up() {
        let right = Credential::TOKEN.generate(&Fixed(3));
        let check = |text: &str, expected: bool| {
            assert_eq!(Credential::TOKEN.has_form(&Secret::new(text.to_owned())), expected, "{text}");
        };
        check(right.expose(), true);
        check(&right.expose().replace("glt_3", "glt_4"), false);
        check(&right.expose().replace("glt_", "glx_"), false);
        check(&right.expose()[..46], false);
        check("", false);
        check(&format!("glt_{}x", "ä".repeat(21)), false);
    }
}
