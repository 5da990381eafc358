//! Owns the check of access tokens: EdDSA JWTs (RFC 7519, `typ: at+jwt`) signed by auth's keys, fetched as a JWKS.
//! Refuses to know passwords, refresh tokens or how a session came about.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::auth::{Accounts, revoked_session_key, revoked_user_key};
use ephemeral::Ephemeral;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::{Ambient, ErrorCode, Fault, SessionId, Timestamp, UserId};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::Caller;

/// `iss` of our access tokens.
pub const ISSUER: &str = "aichat";
/// `aud` of our access tokens.
pub const AUDIENCE: &str = "aichat";
/// `typ` header of our access tokens (RFC 9068).
pub const TOKEN_TYPE: &str = "at+jwt";
/// Longest life of an access token; revocations are remembered as long.
pub const ACCESS_TOKEN_TTL: Duration = Duration::from_secs(15 * 60);
/// How many checked tokens are remembered.
pub const TOKEN_CACHE_MAX: u64 = 50_000;
/// The key set is fetched anew for an unknown `kid` at most this often.
pub const KEY_REFRESH_MIN: Duration = Duration::from_secs(60);
/// When the ephemeral store has not answered, auth is asked in its place for so long.
pub const AWAY: Duration = Duration::from_secs(1);
/// A longer token is refused unread.
pub const TOKEN_BYTES_MAX: usize = 4096;

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// Issued at, seconds.
    pub iat: i64,
    /// Expires at, seconds.
    pub exp: i64,
    /// Moderator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adm: bool,
}

/// Checks access tokens, remembering the good ones until they expire.
pub struct Verifier {
    accounts: Arc<dyn Accounts>,
    ephemeral: Arc<dyn Ephemeral>,
    ambient: Ambient,
    keys: RwLock<Keys>,
    /// Held while keys are fetched, so that who comes meanwhile waits for them instead of being refused.
    fetching: tokio::sync::Mutex<()>,
    cache: moka::sync::Cache<Arc<str>, Known>,
    /// Until then the ephemeral store is not asked.
    away_until: RwLock<Option<Instant>>,
}

#[derive(Clone, Copy)]
struct Known {
    caller: Caller,
    exp: i64,
}

#[derive(Default)]
struct Keys {
    by_kid: HashMap<String, DecodingKey>,
    fetched: Option<Timestamp>,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    crv: String,
    x: String,
}

fn invalid() -> Fault {
    Fault::new(
        ErrorCode::Unauthenticated,
        "auth.token_invalid",
        "The access token does not hold.",
    )
}

impl Verifier {
    /// Builds a verifier that asks `accounts` for keys and `ephemeral` for revocations; `accounts` for those too while that does not answer.
    pub fn new(accounts: Arc<dyn Accounts>, ephemeral: Arc<dyn Ephemeral>, ambient: Ambient) -> Arc<Self> {
        let cache = moka::sync::Cache::builder()
            .max_capacity(TOKEN_CACHE_MAX)
            .time_to_live(ACCESS_TOKEN_TTL)
            .build();
        Arc::new(Self {
            accounts,
            ephemeral,
            ambient,
            keys: RwLock::default(),
            fetching: tokio::sync::Mutex::default(),
            cache,
            away_until: RwLock::default(),
        })
    }

    /// Proves who sent `token`. `Unauthenticated` when it does not hold, has expired, or its session has ended.
    pub async fn verify(&self, token: &str) -> Result<Caller, Fault> {
        self.verify_until(token).await.map(|(caller, _)| caller)
    }

    /// Proves who sent `token`, and until when that holds.
    pub async fn verify_until(&self, token: &str) -> Result<(Caller, Timestamp), Fault> {
        let known = match self.cache.get(token) {
            Some(known) => known,
            None => self.check(token).await?,
        };
        if known.exp <= self.ambient.now().seconds() {
            return Err(Fault::new(
                ErrorCode::Unauthenticated,
                "auth.token_expired",
                "The access token has expired.",
            ));
        }
        if self.has_ended(known.caller).await? {
            return Err(Fault::new(
                ErrorCode::Unauthenticated,
                "auth.session_ended",
                "This session has ended; sign in again.",
            ));
        }
        Ok((known.caller, Timestamp::from_millis(known.exp * 1000)))
    }

    async fn has_ended(&self, caller: Caller) -> Result<bool, Fault> {
        let Caller { session, user, .. } = caller;
        if self.away_until.read().is_none_or(|until| until <= Instant::now()) {
            let keys = [&*revoked_session_key(session), &*revoked_user_key(user)];
            match self.ephemeral.any_exists(&keys).await {
                Ok(gone) => return Ok(gone),
                Err(error) => {
                    tracing::warn!("{error}; auth is asked whether sessions have ended");
                    *self.away_until.write() = Some(Instant::now() + AWAY);
                }
            }
        }
        metrics::counter!("auth_sessions_asked_total").increment(1);
        self.accounts.has_ended(user, session).await
    }

    async fn check(&self, token: &str) -> Result<Known, Fault> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(invalid());
        }
        let kid = header.kid.ok_or_else(invalid)?;
        let key = match self.key(&kid) {
            Some(key) => key,
            None => {
                self.fetch_keys(&kid).await?;
                self.key(&kid).ok_or_else(invalid)?
            }
        };
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is compared with the injected clock, by `verify_until`.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .map_err(|_| invalid())?
            .claims;
        let caller = Caller {
            user: claims.sub,
            session: claims.sid,
            admin: claims.adm,
        };
        let known = Known {
            caller,
            exp: claims.exp,
        };
        if known.exp > self.ambient.now().seconds() {
            self.cache.insert(token.into(), known);
        }
        Ok(known)
    }

    fn key(&self, kid: &str) -> Option<DecodingKey> {
        self.keys.read().by_kid.get(kid).cloned()
    }

    async fn fetch_keys(&self, wanted: &str) -> Result<(), Fault> {
        let _fetching = self.fetching.lock().await;
        let now = self.ambient.now();
        let lately = self
            .keys
            .read()
            .fetched
            .is_some_and(|at| now.since(at) < KEY_REFRESH_MIN);
        if lately || self.key(wanted).is_some() {
            return Ok(());
        }
        let set: JwkSet = serde_json::from_str(&self.accounts.jwks().await?).map_err(Fault::internal)?;
        // Only what we sign with; a key of another kind in the set is not ours to use.
        let ours = set.keys.into_iter().filter(|k| k.kty == "OKP" && k.crv == "Ed25519");
        let by_kid = ours
            .filter_map(|k| DecodingKey::from_ed_components(&k.x).ok().map(|key| (k.kid, key)))
            .collect();
        *self.keys.write() = Keys {
            by_kid,
            fetched: Some(now),
        };
        Ok(())
    }
}
