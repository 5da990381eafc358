//! Owns how a refresh token is written: `base64url(session id | generation | proof)`. The proof is a keyed digest over
//! the session's random seed, so a token is made from the server secret and the stored session together and is stored
//! nowhere; the successor of a rotation can therefore be given out twice. Refuses to judge: that is `session`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::SessionId;
use uuid::Uuid;

use super::session::Session;
use crate::secret::{PROOF_BYTES, Purpose, Secret};

const ID_BYTES: usize = 16;
const GENERATION_BYTES: usize = 8;
/// A longer text is no refresh token.
pub(crate) const TEXT_CHARS_MAX: usize = 128;

/// A refresh token as it was read; not yet proven.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub session: SessionId,
    pub generation: u64,
    proof: [u8; PROOF_BYTES],
}

impl RefreshToken {
    /// Writes the token of `session` in its current generation.
    pub(crate) fn write(session: &Session, secret: &Secret) -> String {
        let mut bytes = Vec::with_capacity(ID_BYTES + GENERATION_BYTES + PROOF_BYTES);
        bytes.extend(session.id.uuid().as_bytes());
        bytes.extend(session.generation.to_be_bytes());
        bytes.extend(secret.prove(Purpose::RefreshToken, &words(session, session.generation)));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token; `None` when it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, rest) = bytes.split_first_chunk::<ID_BYTES>()?;
        let (generation, proof) = rest.split_first_chunk::<GENERATION_BYTES>()?;
        let session = Uuid::from_bytes(*id).into();
        Some(Self {
            session,
            generation: u64::from_be_bytes(*generation),
            proof: proof.try_into().ok()?,
        })
    }

    /// Tells whether this token was given out for `session`.
    pub(crate) fn is_of(&self, session: &Session, secret: &Secret) -> bool {
        let words = words(session, self.generation);
        self.session == session.id && secret.proves(Purpose::RefreshToken, &words, &self.proof)
    }
}

fn words(session: &Session, generation: u64) -> String {
    format!("{}.{generation}.{}", session.id, session.seed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::session;

    #[test]
    fn a_token_is_of_its_session_and_generation_under_its_secret_only() {
        let ambient = kernel::Ambient::system();
        let (secret, session) = (Secret::for_tests(1), session::sample(&ambient));
        let text = RefreshToken::write(&session, &secret);
        assert_eq!(
            text,
            RefreshToken::write(&session, &secret),
            "the same successor can be given twice"
        );
        assert!(text.len() <= TEXT_CHARS_MAX);
        let token = RefreshToken::read(&text).unwrap();
        assert_eq!((token.session, token.generation), (session.id, 0));
        assert!(token.is_of(&session, &secret));
        assert!(!token.is_of(&session, &Secret::for_tests(2)));
        assert!(!token.is_of(
            &session::Session {
                seed: "another".into(),
                ..session.clone()
            },
            &secret
        ));
        assert!(!RefreshToken { generation: 1, ..token }.is_of(&session, &secret));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,140}") {
            let _ = RefreshToken::read(&text);
        }

        #[test]
        fn a_token_with_one_changed_character_proves_nothing(place in 0usize..74, with in "[A-Za-z0-9_-]") {
            let ambient = kernel::Ambient::system();
            let (secret, session) = (Secret::for_tests(1), session::sample(&ambient));
            let text = RefreshToken::write(&session, &secret);
            let mut forged = text.clone();
            forged.replace_range(place..=place, &with);
            prop_assume!(forged != text);
            prop_assert!(!RefreshToken::read(&forged).is_some_and(|t| t.is_of(&session, &secret)));
        }
    }
}
