//! Owns the providers that administrators add while the gateway runs: kept in the store, their keys sealed, read again every
//! two seconds, so that every process knows a change within five. Refuses to change what the file says.

use std::sync::Arc;
use std::time::Duration;

use chassis::sealing::{RootSecret, Sealer};
use kernel::{Ambient, Fault};
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::registry::{Opened, Registries};
use crate::app::{check_name, open_providers};
use crate::config::{Config, Dialect, ProviderConfig};
use crate::domain::provider::{ProviderDoc, end_of};
use crate::error::Error;
use crate::providers::reach::Reach;
use crate::repo::Repo;
use crate::secret::Secret;

/// How often they are read again.
pub(crate) const RELOAD_EVERY: Duration = Duration::from_secs(2);
/// What the key that seals is derived for.
const SEAL: &str = "aichat ai provider keys 1";

/// A provider as an administrator wants it.
pub(crate) struct NewProvider {
    pub(crate) dialect: Dialect,
    pub(crate) base_url: Option<String>,
    pub(crate) key: KeyChange,
    pub(crate) models: Vec<String>,
    pub(crate) any_model: bool,
}

/// What becomes of its key.
pub(crate) enum KeyChange {
    Keep,
    Remove,
    Set(Secret),
}

/// The added providers.
pub(crate) struct AddedProviders {
    repo: Arc<Repo>,
    registries: Arc<Registries>,
    /// What they have in common with those of the file.
    config: Config,
    reach: Reach,
    sealer: RwLock<Option<Arc<Sealer>>>,
    known: RwLock<Vec<Known>>,
    /// Held while they are read, so that an older reading never comes after a newer one.
    turn: tokio::sync::Mutex<()>,
    ambient: Ambient,
}

/// One of them as it was last read.
#[derive(Clone)]
struct Known {
    doc: ProviderDoc,
    /// None when it cannot be asked.
    opened: Option<Arc<Opened>>,
}

impl AddedProviders {
    pub(crate) fn new(repo: Arc<Repo>, registries: Arc<Registries>, config: Config, ambient: Ambient) -> Self {
        let private = config.providers_may_be_private;
        Self {
            repo,
            registries,
            reach: if private { Reach::Anywhere } else { Reach::Public },
            config,
            sealer: RwLock::default(),
            known: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
            ambient,
        }
    }

    /// Returns all of them, by name.
    pub(crate) async fn list(&self) -> Result<Vec<ProviderDoc>, Error> {
        Ok(self.repo.providers().await?)
    }

    /// Tells whether this process can ask the one of this name.
    pub(crate) fn is_usable(&self, name: &str) -> bool {
        let known = self.known.read();
        known.iter().any(|k| k.doc.id == name && k.opened.is_some())
    }

    /// Adds or changes one; returns it, and whether it is new. Its key may have `key_chars_max` characters.
    pub(crate) async fn put(
        &self,
        name: &str,
        new: NewProvider,
        key_chars_max: usize,
    ) -> Result<(ProviderDoc, bool), Error> {
        check_name(name, &[]).map_err(|_| Fault::invalid("name", "is not 1-40 of [a-z0-9_-]"))?;
        if self.registries.is_of_file(name) {
            return Err(Error::ProviderOfFile(name.into()));
        }
        let seen = self.repo.provider(name).await?;
        let mut doc = ProviderDoc {
            id: name.into(),
            slot: 0,
            dialect: new.dialect,
            base_url: address(new.dialect, new.base_url)?,
            sealed_key: None,
            key_end: None,
            models: new.models,
            any_model: new.any_model,
            changed_at: self.ambient.now(),
        };
        match new.key {
            KeyChange::Remove => {}
            KeyChange::Keep => keep_key(seen.as_ref(), &mut doc)?,
            KeyChange::Set(key) => {
                check_key(&key, key_chars_max)?;
                let sealer = self.sealer(true).await?.ok_or(Error::NoSecret)?;
                doc.sealed_key = Some(sealer.seal(&doc.owner(), key.reveal().as_bytes())?);
                doc.key_end = Some(end_of(key.reveal()));
            }
        }
        self.open(&doc).await?;
        self.repo.put_provider(seen.as_ref(), &doc).await?;
        self.reload().await?;
        Ok((doc, seen.is_none()))
    }

    /// Removes one.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Error> {
        if !self.repo.remove_provider(name).await? {
            return Err(Error::ProviderNotFound);
        }
        self.reload().await
    }

    /// Reads all of them and puts what is new in the place of what was; what has not changed stays as it is, with all that
    /// is known of its targets.
    pub(crate) async fn reload(&self) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let docs = self.repo.providers().await?;
        let before = self.known.read().clone();
        if before.iter().map(|k| &k.doc).eq(&docs) {
            return Ok(());
        }
        let mut next = Vec::with_capacity(docs.len());
        for doc in docs {
            let same = before.iter().find(|k| k.doc == doc).cloned();
            next.push(match same {
                Some(same) => same,
                None => self.known(doc).await,
            });
        }
        let opened = next.iter().filter_map(|k| k.opened.clone()).collect();
        *self.known.write() = next;
        self.registries.replace_added(opened);
        Ok(())
    }

    async fn known(&self, doc: ProviderDoc) -> Known {
        let opened = match self.open(&doc).await {
            _ if self.registries.is_of_file(&doc.id) => Err("the configuration file has its name".to_owned()),
            opened => opened.map_err(|e| e.to_string()),
        };
        if let Err(why) = &opened {
            tracing::error!(provider = doc.id, "an added provider cannot be asked: {why}");
        }
        Known {
            doc,
            opened: opened.ok(),
        }
    }

    /// Reads them again and again until `stop`.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(RELOAD_EVERY) => {
                    if let Err(error) = self.reload().await {
                        tracing::warn!("added providers not read: {error}");
                    }
                }
            }
        }
    }

    /// Makes one ready to be asked. Fails when its key cannot be opened, or its address is not allowed.
    async fn open(&self, doc: &ProviderDoc) -> Result<Arc<Opened>, Error> {
        let key = match &doc.sealed_key {
            None => None,
            Some(sealed) => {
                let sealer = self.sealer(false).await?.ok_or(Error::NoSecret)?;
                let plain = sealer.unseal(&doc.owner(), sealed)?;
                Some(Secret::new(String::from_utf8(plain).map_err(Fault::internal)?))
            }
        };
        let provider = ProviderConfig {
            name: doc.id.clone(),
            dialect: doc.dialect,
            base_url: Some(doc.base_url.clone()),
            api_key: key,
            api_key_file: None,
            models: doc.models.clone(),
            any_model: doc.any_model,
        };
        let config = Config {
            providers: vec![provider],
            ..self.config.clone()
        };
        // Its models are always named, so there are none to be found.
        let (opened, _) = open_providers(config, self.reach, &self.ambient).await?;
        let (mut listing, provider) = opened
            .into_iter()
            .next()
            .ok_or_else(|| Fault::internal("a provider went in and none came out"))?;
        listing.of_file = false;
        Ok(Opened::new(listing, provider, self.config.breaker.rules()))
    }

    /// Returns what seals; the secret is made only to seal the first key, never to open one.
    async fn sealer(&self, make: bool) -> Result<Option<Arc<Sealer>>, Fault> {
        let known = self.sealer.read().clone();
        if known.is_some() {
            return Ok(known);
        }
        let Some(path) = self.config.secret_file.clone().filter(|path| make || path.exists()) else {
            return Ok(None);
        };
        let ambient = self.ambient.clone();
        let root = tokio::task::spawn_blocking(move || RootSecret::open(&path, &ambient));
        let root = root.await.map_err(Fault::internal)?.map_err(Fault::internal)?;
        let sealer = Arc::new(root.sealer(SEAL)?);
        *self.sealer.write() = Some(sealer.clone());
        Ok(Some(sealer))
    }
}

/// Keeps the key as it is, for the same place only: else whoever may change the address would be sent the key.
fn keep_key(seen: Option<&ProviderDoc>, next: &mut ProviderDoc) -> Result<(), Fault> {
    let Some(seen) = seen.filter(|seen| seen.sealed_key.is_some()) else {
        return Ok(());
    };
    if seen.owner() != next.owner() {
        let words = "must be given again, or null: the one there is belongs to another dialect or address";
        return Err(Fault::invalid("apiKey", words));
    }
    next.sealed_key.clone_from(&seen.sealed_key);
    next.key_end.clone_from(&seen.key_end);
    Ok(())
}

/// Returns the address in its plain form.
fn address(dialect: Dialect, given: Option<String>) -> Result<String, Fault> {
    let wrong = |words: &str| Fault::invalid("baseUrl", words);
    if dialect == Dialect::Demo {
        return Err(Fault::invalid("dialect", "is built in and cannot be added"));
    }
    let url: Url = given
        .as_deref()
        .unwrap_or(dialect.home())
        .parse()
        .map_err(|_| wrong("is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("is neither http nor https"));
    }
    let extras = url.query().is_some() || url.fragment().is_some();
    if extras || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("has more than scheme, host, port and path"));
    }
    Ok(url.into())
}

fn check_key(key: &Secret, chars_max: usize) -> Result<(), Fault> {
    let key = key.reveal();
    if key.is_empty() || key.len() > chars_max || !key.bytes().all(|b| b.is_ascii_graphic()) {
        let words = format!("is not 1 to {chars_max} printable ASCII characters without blanks");
        return Err(Fault::invalid("apiKey", words));
    }
    Ok(())
}
