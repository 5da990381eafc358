//! Owns the proof of who pushes (VAPID, RFC 8292): an ES256 token for each push service, and the public key that browsers subscribe with. The
//! key is derived from the service's secret file: whoever loses that file loses all subscriptions. Refuses to know subscriptions.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::sealing::RootSecret;
use kernel::{Fault, Timestamp};
use serde_json::json;
use url::Url;

/// How long a token holds; a push service refuses more than a day.
const TOKEN_LIFE_SECONDS: i64 = 12 * 3_600;
/// Names that are tried until one derives a key of the curve; the first does but for one secret in four billion.
const NAMES: [&str; 3] = ["notification vapid 1", "notification vapid 2", "notification vapid 3"];

/// The key pair.
pub(crate) struct Vapid {
    pair: EcdsaKeyPair,
    public: String,
    subject: String,
}

impl Vapid {
    /// Derives the key pair. `subject` is how a push service reaches the operator, a `mailto:` or `https:` address.
    pub(crate) fn open(secret: &RootSecret, subject: &str) -> Result<Self, Fault> {
        let found = NAMES.iter().find_map(|name| {
            let private = secret.derive(name);
            let key = PrivateKey::from_private_key(&ECDH_P256, &private).ok()?;
            let public = key.compute_public_key().ok()?;
            let point = public.as_ref();
            let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &private, point);
            Some((pair.ok()?, URL_SAFE_NO_PAD.encode(point)))
        });
        let (pair, public) = found.ok_or_else(|| Fault::internal("no key of P-256 was derived"))?;
        Ok(Self {
            pair,
            public,
            subject: subject.to_owned(),
        })
    }

    /// Returns the public key as browsers want it (`applicationServerKey`): an uncompressed point as base64url.
    pub(crate) fn public(&self) -> &str {
        &self.public
    }

    /// Writes the `Authorization` for the push service of `endpoint`.
    pub(crate) fn authorization(&self, endpoint: &Url, now: Timestamp) -> Result<String, Fault> {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.seconds() + TOKEN_LIFE_SECONDS,
            "sub": self.subject,
        });
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| Fault::internal("a token could not be signed"))?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public))
    }
}
