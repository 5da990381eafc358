//! The worker that looks at what has come in, and takes away what was removed. Work stands in the documents: whoever takes it
//! up has it for a while, and when its process dies another takes it up after that.

use std::sync::Arc;
use std::time::Duration;

use contracts::media::{AssetChange, AssetKind, AssetStatus};
use futures::TryStreamExt as _;
use kernel::Fault;
use store::Change;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::asset::{Asset, Piece, Step, Variant};
use crate::domain::kind::{self, Found, HEAD_BYTES};
use crate::error::Error;
use crate::picture::{self, Refusal, Size};

/// How long work rests after an outage of what it stands on.
const OUTAGE_PAUSE: Duration = Duration::from_secs(5);

/// What was seen.
enum Seen {
    Good {
        kind: AssetKind,
        blurhash: Option<String>,
        animated: bool,
        variants: Vec<Variant>,
    },
    Bad(&'static str),
}

/// Works until `stop`, at as many assets at once as the configuration says.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let workers = (0..app.config.limits.workers).map(|_| work(&app, &stop));
    futures::future::try_join_all(workers).await?;
    Ok(())
}

async fn work(app: &Arc<App>, stop: &CancellationToken) -> Result<(), Fault> {
    let poll = Duration::from_millis(app.config.times.poll_ms);
    while !stop.is_cancelled() {
        match app.take_up().await? {
            Some((asset, lease, Step::Look)) => app.look(&asset, &lease).await?,
            Some((asset, _, Step::Remove)) => app.take_away(&asset).await?,
            None => tokio::select! {
                () = stop.cancelled() => {}
                () = app.work.notified() => {}
                () = tokio::time::sleep(poll) => {}
            },
        }
    }
    Ok(())
}

impl App {
    /// Takes up one piece of work.
    pub(super) async fn take_up(&self) -> Result<Option<(Asset, String, Step)>, Error> {
        let (now, life) = (self.ambient.now(), self.config.times.lease());
        for candidate in self.repo.due(now).await? {
            let lease = self.ambient.token::<12>();
            let taken = self.repo.assets.update(candidate.id, |mut asset| {
                Ok::<_, Error>(match asset.take_up(&lease, now, life) {
                    Some(step) => Change::Put(asset.clone(), Vec::new(), Some((asset, step))),
                    None => Change::Keep(None),
                })
            });
            if let Some(Some((asset, step))) = taken.await? {
                return Ok(Some((asset, lease, step)));
            }
        }
        Ok(None)
    }

    pub(super) async fn look(self: &Arc<Self>, asset: &Asset, lease: &str) -> Result<(), Error> {
        let begun = std::time::Instant::now();
        let seen = match asset.is_deadly() {
            true => Ok(Seen::Bad("unreadable")),
            false => self.see_in_time(asset).await,
        };
        metrics::histogram!("media_look_seconds").record(begun.elapsed().as_secs_f64());
        let seen = match seen {
            Ok(seen) => seen,
            Err(e) if e.is_outage() => {
                tracing::warn!(id = %asset.id, "not looked at yet: {e}");
                return self.put_back(asset, lease).await;
            }
            Err(e) => {
                tracing::warn!(id = %asset.id, "cannot be looked at: {e}");
                Seen::Bad("unreadable")
            }
        };
        match self.note(asset, lease, &seen).await? {
            // Also what an earlier try or a lost race has left behind.
            Some(asset) => {
                self.objects
                    .remove_all_but(asset.id, &asset.keys().collect::<Vec<_>>())
                    .await
            }
            // It went to somebody else, or away: what we have made is nobody's.
            None => match seen {
                Seen::Good { variants, .. } => {
                    let made: Vec<Piece> = variants.into_iter().flat_map(|v| v.pieces).collect();
                    let ours: Vec<Piece> = made.into_iter().filter(|p| !asset.source.contains(p)).collect();
                    self.objects.remove(asset.id, &ours).await
                }
                Seen::Bad(_) => Ok(()),
            },
        }
    }

    /// Looks for half as long as the work is ours: what takes longer has waited for threads or objects, and is put back while nobody
    /// else has it.
    async fn see_in_time(self: &Arc<Self>, asset: &Asset) -> Result<Seen, Error> {
        let most = self.config.times.lease() / 2;
        let seen = tokio::time::timeout(most, self.see(asset)).await;
        seen.unwrap_or(Err(Error::Busy))
    }

    async fn put_back(&self, asset: &Asset, lease: &str) -> Result<(), Error> {
        let at = self.ambient.now() + OUTAGE_PAUSE;
        let put = self.repo.assets.update(asset.id, |mut asset| {
            if !asset.is_leased(lease) {
                return Ok::<_, Error>(Change::Keep(()));
            }
            asset.put_back(at);
            Ok(Change::Put(asset, Vec::new(), ()))
        });
        put.await?;
        Ok(())
    }

    /// Writes what was seen, with its event, if the work is still ours.
    async fn note(&self, asset: &Asset, lease: &str, seen: &Seen) -> Result<Option<Asset>, Error> {
        let noted = self.repo.assets.update(asset.id, |mut asset| {
            if !asset.is_leased(lease) || !asset.is_there() {
                return Ok::<_, Error>(Change::Keep(None));
            }
            let change = match seen {
                Seen::Good {
                    kind,
                    blurhash,
                    animated,
                    variants,
                } => {
                    asset.status = AssetStatus::Ready;
                    asset.kind = *kind;
                    asset.blurhash.clone_from(blurhash);
                    asset.animated = *animated;
                    asset.variants.clone_from(variants);
                    asset.source.clear();
                    asset.done();
                    AssetChange::Ready { kind: *kind }
                }
                Seen::Bad(reason) => {
                    asset.reject(reason);
                    AssetChange::Rejected {
                        reason: (*reason).into(),
                    }
                }
            };
            let event = self.repo.event(&asset, change)?;
            Ok(Change::Put(asset.clone(), vec![event], Some(asset)))
        });
        let label = if matches!(seen, Seen::Good { .. }) {
            "ready"
        } else {
            "rejected"
        };
        metrics::counter!("media_looked_at_total", "end" => label).increment(1);
        Ok(noted.await?.flatten())
    }

    async fn see(self: &Arc<Self>, asset: &Asset) -> Result<Seen, Error> {
        let head = self
            .objects
            .read_head(asset.id, &asset.source, HEAD_BYTES as u64)
            .await?;
        let Some(found) = kind::sniff(&head) else {
            return Ok(Seen::Bad("not_taken"));
        };
        if asset.counted > self.config.limits.bytes_max(found.kind) {
            return Ok(Seen::Bad("too_large"));
        }
        match found.kind {
            AssetKind::Image => self.see_picture(asset, found).await,
            AssetKind::Video => self.see_film(asset, found).await,
            AssetKind::Audio | AssetKind::File => Ok(Seen::Good {
                kind: found.kind,
                blurhash: None,
                animated: false,
                variants: vec![as_it_came(asset, found)],
            }),
        }
    }

    async fn see_picture(self: &Arc<Self>, asset: &Asset, found: Found) -> Result<Seen, Error> {
        let bytes = self.objects.read(asset.id, &asset.source).await?;
        let pixels_max = self.config.limits.image_pixels_max;
        let made = self.on_cpu(move || picture::make(&bytes, found.mime, pixels_max)).await;
        let made = match made {
            Ok(made) => made,
            Err(reason) => return Ok(Seen::Bad(reason)),
        };
        Ok(Seen::Good {
            kind: found.kind,
            blurhash: Some(made.blurhash),
            animated: made.animated,
            variants: self.keep_sizes(asset, made.sizes).await?,
        })
    }

    async fn see_film(self: &Arc<Self>, asset: &Asset, found: Found) -> Result<Seen, Error> {
        let mut variants = vec![as_it_came(asset, found)];
        let mut blurhash = None;
        if let Some(still) = self.still(asset, found).await? {
            let pixels_max = self.config.limits.image_pixels_max;
            // A still that cannot be read is none.
            if let Ok((sizes, hash)) = self.on_cpu(move || picture::make_poster(&still, pixels_max)).await {
                blurhash = Some(hash);
                variants.extend(self.keep_sizes(asset, sizes).await?);
            }
        }
        Ok(Seen::Good {
            kind: found.kind,
            blurhash,
            animated: true,
            variants,
        })
    }

    /// Takes a still, if there is a program for it; the film lies in a file of its own meanwhile.
    async fn still(&self, asset: &Asset, found: Found) -> Result<Option<Vec<u8>>, Error> {
        let Some(stills) = &self.stills else { return Ok(None) };
        let scratch = tempfile::NamedTempFile::new_in(&self.scratch).map_err(Fault::internal)?;
        let film = as_it_came(asset, found);
        let mut bytes = self.objects.stream(asset.id, &film, 0..film.bytes()).await?;
        let mut file = tokio::fs::File::from_std(scratch.reopen().map_err(Fault::internal)?);
        while let Some(part) = bytes.try_next().await? {
            file.write_all(&part).await.map_err(Fault::internal)?;
        }
        file.flush().await.map_err(Fault::internal)?;
        Ok(stills.take(scratch.path(), found.mime).await)
    }

    /// Runs something on a thread for it, one of so many at once, at most so long. A panic there is a file that cannot be read.
    async fn on_cpu<T: Send + 'static>(
        &self,
        run: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, &'static str> {
        let Ok(place) = self.cpu.clone().acquire_owned().await else {
            return Err("unreadable");
        };
        let running = tokio::task::spawn_blocking(move || {
            // Held by the thread itself: one that takes too long goes on, and its place with it.
            let _place = place;
            run()
        });
        match tokio::time::timeout(Duration::from_secs(self.config.times.look_seconds_max), running).await {
            Ok(Ok(Ok(made))) => Ok(made),
            Ok(Ok(Err(refusal))) => Err(refusal.reason()),
            Ok(Err(_)) => Err("unreadable"),
            Err(_) => Err("took_too_long"),
        }
    }

    async fn keep_sizes(&self, asset: &Asset, sizes: Vec<Size>) -> Result<Vec<Variant>, Error> {
        let mut variants = Vec::new();
        for size in sizes {
            let piece = self.objects.put(asset.id, size.bytes.into()).await?;
            variants.push(Variant {
                name: size.name.into(),
                mime: size.mime.into(),
                width: Some(size.width),
                height: Some(size.height),
                pieces: vec![piece],
            });
        }
        Ok(variants)
    }

    /// Takes away what was removed: bytes, the room that they took, the document. Each step may be done again.
    async fn take_away(&self, asset: &Asset) -> Result<(), Error> {
        let (id, now) = (asset.id, self.ambient.now());
        if let Err(e) = self.objects.remove_all_but(id, &[]).await {
            tracing::warn!(%id, "not taken away yet: {e}");
            return Ok(());
        }
        let counts = asset.counted > 0;
        if counts {
            let leave = |shelf: &mut crate::domain::shelf::Shelf| {
                shelf.leave(id, asset.counted, now);
                Ok(())
            };
            self.repo.shelve(asset.owner_id, leave).await?;
        }
        self.repo.assets.delete(id).await?;
        if counts {
            let forget = |shelf: &mut crate::domain::shelf::Shelf| {
                shelf.has_left(id);
                Ok(())
            };
            self.repo.shelve(asset.owner_id, forget).await?;
        }
        metrics::counter!("media_removed_total").increment(1);
        Ok(())
    }
}

/// The original, byte for byte.
fn as_it_came(asset: &Asset, found: Found) -> Variant {
    Variant {
        name: "original".into(),
        mime: found.mime.into(),
        width: None,
        height: None,
        pieces: asset.source.clone(),
    }
}
