//! Owns the profile document and the rules for names. Refuses to know who may see it.

use contracts::user::{Privacy, Profile};
use kernel::{AssetId, Fault, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Shortest and longest handle, in characters of `[a-z0-9_]`.
pub(crate) const HANDLE_CHARS: std::ops::RangeInclusive<usize> = 3..=30;
/// Longest display name, in characters.
pub(crate) const DISPLAY_NAME_CHARS_MAX: usize = 60;

/// Where files of ours are, and which of their addresses is a person's picture.
const MEDIA: &str = "/api/media/";
const AVATAR: &str = "/avatar";

/// A profile as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileDoc {
    pub(crate) id: UserId,
    pub(crate) handle: String,
    pub(crate) display_name: String,
    pub(crate) bio: String,
    pub(crate) avatar_url: Option<String>,
    pub(crate) privacy: Privacy,
    pub(crate) created_at: Timestamp,
    /// Set until the account exists.
    pub(crate) pending_since: Option<Timestamp>,
    /// What search finds it by; absent while pending or not findable.
    pub(crate) words: Option<String>,
}

impl Document for ProfileDoc {
    const COLLECTION: &'static str = "profiles";
    const INDEXES: &'static [Index] = &[
        Index::unique("handle", &["handle"]),
        Index::plain("pending", &["pendingSince"]),
        Index::text("words", None, &["words"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl ProfileDoc {
    /// Makes a pending profile. `Invalid` for a bad handle or name.
    pub(crate) fn claim(id: UserId, handle: &str, display_name: &str, now: Timestamp) -> Result<Self, Fault> {
        check_handle(handle).map_err(|m| Fault::invalid("handle", m))?;
        check_display_name(display_name).map_err(|m| Fault::invalid("displayName", m))?;
        Ok(Self {
            id,
            handle: handle.into(),
            display_name: display_name.into(),
            bio: String::new(),
            avatar_url: None,
            privacy: Privacy::default(),
            created_at: now,
            pending_since: Some(now),
            words: None,
        })
    }

    /// Brings what search finds in line with the rest.
    #[must_use]
    pub(crate) fn indexed(mut self) -> Self {
        let shown = self.privacy.findable && self.pending_since.is_none();
        self.words = shown.then(|| format!("{} {}", self.handle, self.display_name));
        self
    }

    /// Returns the file of ours that is shown as the picture.
    pub(crate) fn avatar_asset(&self) -> Option<AssetId> {
        self.avatar_url.as_deref().and_then(Self::asset_of)
    }

    /// Reads which file of ours an address is of: `/api/media/{id}`, or `/api/media/{id}/avatar`, where everybody sees it.
    pub(crate) fn asset_of(url: &str) -> Option<AssetId> {
        let id = url.strip_prefix(MEDIA)?;
        id.strip_suffix(AVATAR).unwrap_or(id).parse().ok()
    }

    /// Sets the picture; a file of ours is told by the address where everybody sees it.
    pub(crate) fn show(&mut self, url: Option<&str>) {
        let shown = |url: &str| Self::asset_of(url).map_or_else(|| url.to_owned(), |id| format!("{MEDIA}{id}{AVATAR}"));
        self.avatar_url = url.map(shown);
    }

    /// Returns what anybody may see.
    pub(crate) fn public(&self) -> Profile {
        Profile {
            id: self.id,
            handle: self.handle.clone(),
            display_name: self.display_name.clone(),
            bio: self.bio.clone(),
            avatar_url: self.avatar_url.clone(),
            created_at: self.created_at,
        }
    }
}

/// Tells what is wrong with a handle.
pub(crate) fn check_handle(handle: &str) -> Result<(), &'static str> {
    let fits = HANDLE_CHARS.contains(&handle.len());
    let clean = handle
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits && clean {
        Ok(())
    } else {
        Err("must be 3 to 30 of a-z, 0-9 and _")
    }
}

/// Tells what is wrong with a display name.
pub(crate) fn check_display_name(name: &str) -> Result<(), &'static str> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > DISPLAY_NAME_CHARS_MAX {
        return Err("must be 1 to 60 characters, not all blank");
    }
    if name.chars().any(char::is_control) {
        Err("must not hold control characters")
    } else {
        Ok(())
    }
}

/// Tells what is wrong with a picture's address.
pub(crate) fn check_avatar_url(url: &str) -> Result<(), &'static str> {
    let scheme = url.starts_with("https://") || ProfileDoc::asset_of(url).is_some();
    let clean = url.len() <= 2048 && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\`".contains(&b));
    if scheme && clean {
        Ok(())
    } else {
        Err("must be an https address or a media asset of ours, at most 2048 characters")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain_lower_case_words() {
        for good in ["ada", "a_1", &"x".repeat(30)] {
            assert!(check_handle(good).is_ok(), "{good}");
        }
        for bad in ["", "ab", "Ada", "a-b", "añb", "a b", "../", &"x".repeat(31)] {
            assert!(check_handle(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_picture_is_never_a_script_or_another_scheme() {
        assert!(check_avatar_url("https://example.org/a.png").is_ok());
        for bad in [
            "javascript:alert(1)",
            "http://example.org/a.png",
            "https://x/\"onload=",
            "data:text/html,x",
        ] {
            assert!(check_avatar_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_an_active_and_findable_profile_has_words_to_be_found_by() {
        let mut doc = ProfileDoc::claim(UserId::from(uuid_of(1)), "ada", "Ada L", Timestamp::default())
            .unwrap()
            .indexed();
        assert_eq!(doc.words, None);
        doc.pending_since = None;
        assert_eq!(doc.clone().indexed().words.as_deref(), Some("ada Ada L"));
        doc.privacy.findable = false;
        assert_eq!(doc.indexed().words, None);
    }

    fn uuid_of(n: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(n)
    }
}
