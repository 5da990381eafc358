//! Owns the keys that access tokens are signed with, as read from the store a moment ago. Refuses to know who may have a
//! token.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::auth::{ACCESS_TOKEN_TTL, AUDIENCE, Claims, ISSUER, TOKEN_TYPE};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Ambient, Fault, SessionId, Timestamp, UserId};
use parking_lot::RwLock;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::domain::signing_key::{self, READ_ANEW_AFTER, SigningKey};
use crate::error::AuthError;
use crate::repo::Repo;
use crate::secret::Secret;

/// The public keys that access tokens are checked with (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JsonWebKeySet {
    /// The keys.
    pub keys: Vec<JsonWebKey>,
}

/// An Ed25519 public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JsonWebKey {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
}

/// Signs access tokens.
pub(crate) struct Signer {
    repo: Arc<Repo>,
    secret: Arc<Secret>,
    ambient: Ambient,
    ring: RwLock<Option<Arc<Ring>>>,
}

/// The keys as they were at a moment.
struct Ring {
    keys: Vec<SigningKey>,
    private: Vec<(String, EncodingKey)>,
    read_at: Timestamp,
}

impl Signer {
    /// Opens the keys, making the first one on a first start. Fails when they are sealed under another server secret.
    pub(crate) async fn open(repo: Arc<Repo>, secret: Arc<Secret>, ambient: Ambient) -> Result<Self, AuthError> {
        let signer = Self {
            repo,
            secret,
            ambient,
            ring: RwLock::new(None),
        };
        signer.rotate().await?;
        Ok(signer)
    }

    /// Makes the next key when it is time, removes the outlived ones, and reads all anew.
    pub(crate) async fn rotate(&self) -> Result<(), AuthError> {
        let (keys, now) = (self.repo.signing_keys().await?, self.ambient.now());
        if let Some((series, active_from)) = signing_key::wanted(&keys, now) {
            match self
                .repo
                .keys
                .insert(&self.make(series, active_from)?, Vec::new())
                .await
            {
                Ok(()) => tracing::info!("a new key will sign access tokens from {active_from}"),
                // Another process was faster: its key is as good.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        for key in signing_key::outlived(&keys, now) {
            self.repo.keys.delete(&key.id).await?;
        }
        self.read().await.map(drop)
    }

    fn make(&self, series: u64, active_from: Timestamp) -> Result<SigningKey, Fault> {
        let id = self.ambient.token::<12>();
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.ambient.bytes::<32>()).map_err(Fault::internal)?;
        let private = pair.to_pkcs8().map_err(Fault::internal)?;
        let sealed = self.secret.seal(&id, private.as_ref())?;
        Ok(SigningKey {
            public: URL_SAFE_NO_PAD.encode(pair.public_key()),
            id,
            series,
            active_from,
            sealed,
        })
    }

    async fn read(&self) -> Result<Arc<Ring>, AuthError> {
        let read_at = self.ambient.now();
        let keys = self.repo.signing_keys().await?;
        let open = |key: &SigningKey| {
            let der = self.secret.unseal(&key.id, &key.sealed)?;
            Ok((key.id.clone(), EncodingKey::from_ed_der(&der)))
        };
        let private = keys.iter().map(open).collect::<Result<_, Fault>>()?;
        let ring = Arc::new(Ring { keys, private, read_at });
        *self.ring.write() = Some(ring.clone());
        Ok(ring)
    }

    /// Returns the keys, read anew when they are a minute old: another process may have made one.
    async fn ring(&self) -> Result<Arc<Ring>, AuthError> {
        let known = self.ring.read().clone();
        match known {
            Some(ring) if self.ambient.now().since(ring.read_at) < READ_ANEW_AFTER => Ok(ring),
            _ => self.read().await,
        }
    }

    /// Signs an access token that holds for [`ACCESS_TOKEN_TTL`].
    pub(crate) async fn sign(&self, user: UserId, session: SessionId, admin: bool) -> Result<String, AuthError> {
        let (ring, now) = (self.ring().await?, self.ambient.now());
        let id = signing_key::signer(&ring.keys, now).map(|k| k.id.as_str());
        let found = ring.private.iter().find(|(kid, _)| Some(kid.as_str()) == id);
        let (kid, key) = found.ok_or_else(|| AuthError::defect("no signing key"))?;
        let header = Header {
            typ: Some(TOKEN_TYPE.into()),
            kid: Some(kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let iat = now.seconds();
        let exp = (now + ACCESS_TOKEN_TTL).seconds();
        let (iss, aud) = (ISSUER.into(), AUDIENCE.into());
        let claims = Claims {
            iss,
            aud,
            sub: user,
            sid: session,
            iat,
            exp,
            adm: admin,
        };
        jsonwebtoken::encode(&header, &claims, key).map_err(AuthError::defect)
    }

    /// Returns the public keys: those that sign, will sign, or signed tokens that may still be alive.
    pub(crate) async fn key_set(&self) -> Result<JsonWebKeySet, AuthError> {
        let ring = self.ring().await?;
        let public = |key: &SigningKey| JsonWebKey {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid: key.id.clone(),
            x: key.public.clone(),
        };
        Ok(JsonWebKeySet {
            keys: ring.keys.iter().map(public).collect(),
        })
    }
}
