//! Owns how a process proves to another that it belongs to the same cluster: a token (HS256, RFC 7519) that lives for a
//! minute and holds for one service, made under a secret that all processes share. Refuses to know people: who a request
//! is for stands in its arguments, and was proven by the process that calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Ambient, ErrorCode, Fault, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// Carries the token. The public door takes it off everything that comes from outside.
pub const TOKEN: HeaderName = HeaderName::from_static("x-internal-token");
/// A shorter cluster secret is refused.
pub const SECRET_BYTES_MIN: usize = 32;
/// How long a token holds.
pub const TOKEN_LIFE: Duration = Duration::from_secs(60);
/// A token that has less than this before it is made anew.
const RENEW_BEFORE: Duration = Duration::from_secs(30);
/// How far two machines' clocks may be apart.
const CLOCKS_APART_MAX: Duration = Duration::from_secs(30);
/// A longer token is refused unread.
const TOKEN_BYTES_MAX: usize = 1024;
/// `typ` of these tokens, so that no other kind can stand in for one.
const TYPE: &str = "aichat-internal+jwt";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
}

/// Who this process is to the others.
pub struct Identity {
    name: String,
    signs: EncodingKey,
    checks: DecodingKey,
    rules: Validation,
    tokens: Mutex<HashMap<&'static str, (HeaderValue, Timestamp)>>,
    ambient: Ambient,
}

impl Identity {
    /// Makes the identity of a process called `name` (the services in it) under the cluster's secret. Fails when that is
    /// shorter than [`SECRET_BYTES_MIN`].
    pub fn new(name: impl Into<String>, secret: &[u8], ambient: Ambient) -> Result<Arc<Self>, String> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(format!(
                "the cluster secret must have at least {SECRET_BYTES_MIN} bytes"
            ));
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The audience differs by route, and time is the injected clock's: both are compared in `check`.
        rules.validate_aud = false;
        rules.validate_exp = false;
        Ok(Arc::new(Self {
            name: name.into(),
            signs: EncodingKey::from_secret(secret),
            checks: DecodingKey::from_secret(secret),
            rules,
            tokens: Mutex::default(),
            ambient,
        }))
    }

    /// Returns a token for `service`, made anew when the last one is about to end.
    pub(super) fn token_for(&self, service: &'static str) -> Result<HeaderValue, Fault> {
        let now = self.ambient.now();
        let mut tokens = self.tokens.lock();
        if let Some((token, until)) = tokens.get(service)
            && now + RENEW_BEFORE < *until
        {
            return Ok(token.clone());
        }
        let until = now + TOKEN_LIFE;
        let claims = Claims {
            iss: self.name.clone(),
            aud: service.into(),
            iat: now.seconds(),
            exp: until.seconds(),
        };
        let header = Header {
            typ: Some(TYPE.into()),
            ..Header::new(Algorithm::HS256)
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.signs).map_err(Fault::internal)?;
        let mut token = HeaderValue::from_str(&token).map_err(Fault::internal)?;
        token.set_sensitive(true);
        tokens.insert(service, (token.clone(), until));
        Ok(token)
    }

    /// Proves that `token` was made by a process of this cluster, for `service`, within the last minute; returns its name.
    pub(super) fn check(&self, service: &str, token: Option<&HeaderValue>) -> Result<String, Fault> {
        let refused = || {
            Fault::new(
                ErrorCode::Unauthenticated,
                "link.unauthenticated",
                "This path is for processes of the same cluster.",
            )
        };
        let token = token.and_then(|t| t.to_str().ok()).ok_or_else(refused)?;
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refused());
        }
        let token = jsonwebtoken::decode::<Claims>(token, &self.checks, &self.rules).map_err(|_| refused())?;
        let Claims { iss, aud, iat, exp } = token.claims;
        let (now, apart) = (self.ambient.now(), CLOCKS_APART_MAX);
        let lives = exp > (now - apart).seconds() && iat <= (now + apart).seconds();
        // Whoever has the secret could make one that lives for ever; nobody of ours does.
        let short = exp - iat <= i64::try_from(TOKEN_LIFE.as_secs()).unwrap_or(i64::MAX);
        if lives && short && aud == service && token.header.typ.as_deref() == Some(TYPE) {
            Ok(iss)
        } else {
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{HeldClock, OsRandom};

    use super::*;

    fn identity(secret: &[u8]) -> (Arc<Identity>, Arc<HeldClock>) {
        let clock = HeldClock::new(Timestamp::from_millis(1_767_225_600_000));
        let ambient = Ambient::new(clock.clone(), Arc::new(OsRandom));
        (Identity::new("chat", secret, ambient).unwrap(), clock)
    }

    #[test]
    fn a_token_holds_for_its_service_and_a_minute_under_the_same_secret() {
        let (ours, clock) = identity(&[1; 32]);
        let (theirs, _) = identity(&[2; 32]);
        let token = ours.token_for("user").unwrap();
        assert_eq!(ours.check("user", Some(&token)).unwrap(), "chat");
        assert!(ours.check("auth", Some(&token)).is_err());
        assert!(theirs.check("user", Some(&token)).is_err());
        assert!(ours.check("user", None).is_err());
        clock.advance(TOKEN_LIFE + CLOCKS_APART_MAX);
        assert!(ours.check("user", Some(&token)).is_err());
    }

    #[test]
    fn it_is_kept_while_it_lives_and_renewed_before_it_ends() {
        let (ours, clock) = identity(&[1; 32]);
        let first = ours.token_for("user").unwrap();
        clock.advance(Duration::from_secs(29));
        assert_eq!(first, ours.token_for("user").unwrap());
        clock.advance(Duration::from_secs(2));
        assert_ne!(first, ours.token_for("user").unwrap());
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Identity::new("chat", &[1; 31], Ambient::system()).is_err());
    }
}
