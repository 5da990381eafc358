//! Takes in a file in several requests: begun, continued at the offset where it stands, whole at the end. What a request
//! has brought is kept piece by piece, so that little is lost with a connection or a process.

use std::time::Duration;

use contracts::media::AssetKind;
use kernel::{AssetId, UserId};
use store::Change;

use super::App;
use super::take_in::{Cut, Cutter};
use crate::domain::asset::{Arrival, Piece};
use crate::domain::kind::{self, HEAD_BYTES};
use crate::domain::tus::{self, Checksum};
use crate::domain::upload::{NotAdded, Upload};
use crate::error::Error;

/// Fewer first bytes may not tell what a file is; then the worker says it.
const TELLING_BYTES: usize = 512;

/// What a request adds.
pub(crate) struct Addition {
    pub(crate) offset: u64,
    pub(crate) checksum: Option<Checksum>,
    pub(crate) body: Cutter<'static>,
}

impl App {
    /// Begins an upload of `length` bytes.
    pub(crate) async fn begin(&self, user: UserId, length: u64, metadata: String) -> Result<Upload, Error> {
        let most = self.config.limits.any_bytes_max();
        if length > most {
            return Err(Error::TooLarge(most));
        }
        let read = tus::metadata(&metadata).map_err(|why| kernel::Fault::invalid("Upload-Metadata", why))?;
        let upload = Upload {
            id: self.ambient.id(),
            owner_id: user,
            length,
            offset: 0,
            pieces: Vec::new(),
            file_name: read.file_name,
            alt: read.alt,
            metadata,
            expires_at: self.ambient.now() + self.config.times.upload(),
            whole_at: None,
            done: false,
        };
        self.hold(user, upload.id, length).await?;
        if let Err(e) = self.repo.uploads.insert(&upload, Vec::new()).await {
            self.undo(user, upload.id).await;
            return Err(e.into());
        }
        Ok(upload)
    }

    /// Adds the body of a request to an upload of `user`. Of two that begin at the same offset one is added.
    pub(crate) async fn add(&self, user: UserId, id: AssetId, addition: Addition) -> Result<Upload, Error> {
        let Addition {
            offset,
            checksum,
            mut body,
        } = addition;
        let begun = match self.repo.upload_of(user, id).await {
            Ok(upload) if upload.offset == offset => Ok(upload),
            Ok(upload) => Err(Error::Offset { have: upload.offset }),
            Err(e) => Err(e),
        };
        let upload = match begun {
            Ok(upload) => upload,
            Err(e) => {
                body.discard().await;
                return Err(e);
            }
        };
        // Whose it is, is known by now: nobody else can keep it shut.
        let _only = match self.place_to_add(id) {
            Ok(place) => place,
            Err(e) => {
                body.discard().await;
                return Err(e);
            }
        };
        let most = Duration::from_secs(self.config.times.request_seconds_max);
        let mut loose = Vec::new();
        let added = tokio::time::timeout(most, self.add_pieces(&upload, checksum, &mut body, &mut loose));
        let added = added.await.unwrap_or(Err(Error::TooSlow));
        if let Err(e) = &added {
            self.objects.remove(id, &loose).await?;
            if matches!(e, Error::NotTaken | Error::TooLarge(_)) && offset == 0 {
                self.terminate(&upload).await?;
            }
            if !matches!(e, Error::Broken | Error::TooSlow) {
                body.discard().await;
            }
        }
        let upload = added?;
        if upload.whole_at.is_some() {
            self.finish(&upload).await?;
        }
        Ok(upload)
    }

    /// Keeps the body piece by piece. With a checksum all of it counts or nothing; until then its pieces are `loose`.
    async fn add_pieces(
        &self,
        begun: &Upload,
        mut checksum: Option<Checksum>,
        body: &mut Cutter<'static>,
        loose: &mut Vec<Piece>,
    ) -> Result<Upload, Error> {
        let whole_counts = checksum.is_some();
        let (mut at, mut upload) = (begun.offset, begun.clone());
        loop {
            let (bytes, end) = match body.next().await {
                Cut::More(bytes) => (bytes, None),
                Cut::Last(bytes) => (bytes, Some(Ok(()))),
                Cut::Broken(bytes, e) => (bytes, Some(Err(e))),
            };
            let pending: u64 = loose.iter().map(|p| p.bytes).sum();
            if at + pending + bytes.len() as u64 > begun.length {
                return Err(Error::Beyond(begun.length));
            }
            if at + pending == 0 {
                self.look_at_head(begun, &bytes)?;
            }
            if let Some(checksum) = &mut checksum {
                checksum.add(&bytes);
            }
            if !bytes.is_empty() {
                loose.push(self.objects.put(begun.id, bytes).await?);
            }
            if let Some(Err(e)) = end {
                if !whole_counts {
                    self.commit(begun.id, at, loose).await?;
                }
                return Err(e);
            }
            let holds = end.is_none() || checksum.take().is_none_or(Checksum::holds);
            if !holds {
                return Err(Error::Checksum);
            }
            if end.is_some() || !whole_counts {
                upload = self.commit(begun.id, at, loose).await?;
                at = upload.offset;
            }
            if end.is_some() {
                return Ok(upload);
            }
        }
    }

    /// Adds pieces to the document, if it stands at `offset`.
    async fn commit(&self, id: AssetId, offset: u64, loose: &mut Vec<Piece>) -> Result<Upload, Error> {
        let now = self.ambient.now();
        let expires_at = now + self.config.times.upload();
        let committed = self.repo.uploads.update(id, |mut upload| {
            if loose.is_empty() && (upload.done || upload.length > upload.offset) {
                return Ok::<_, Error>(Change::Keep(upload));
            }
            upload.add(offset, loose, now).map_err(|why| match why {
                NotAdded::Offset { have } => Error::Offset { have },
                NotAdded::Beyond => Error::Beyond(upload.length),
                NotAdded::Pieces => Error::TooMany("pieces of one upload"),
            })?;
            upload.expires_at = expires_at;
            Ok(Change::Put(upload.clone(), Vec::new(), upload))
        });
        let upload = committed.await?.ok_or(Error::NotFound)?;
        loose.clear();
        Ok(upload)
    }

    /// Refuses what is not taken as soon as it can be told.
    fn look_at_head(&self, upload: &Upload, first: &[u8]) -> Result<(), Error> {
        if first.len() < TELLING_BYTES && (first.len() as u64) < upload.length {
            return Ok(());
        }
        let found = kind::sniff(first).ok_or(Error::NotTaken)?;
        let most = self.config.limits.bytes_max(found.kind);
        if upload.length > most {
            return Err(Error::TooLarge(most));
        }
        Ok(())
    }

    /// Makes an asset of an upload that is whole. Idempotent: of one that has become an asset its bytes may be others by now.
    pub(crate) async fn finish(&self, upload: &Upload) -> Result<(), Error> {
        match self.repo.assets.get(upload.id).await? {
            Some(asset) => self.settle(&asset).await?,
            None => self.arrive_whole(upload).await?,
        }
        let finished = self.repo.uploads.update(upload.id, |mut upload| {
            upload.finish();
            Ok::<_, Error>(Change::Put(upload, Vec::new(), ()))
        });
        finished.await?;
        Ok(())
    }

    async fn arrive_whole(&self, upload: &Upload) -> Result<(), Error> {
        let head = self
            .objects
            .read_head(upload.id, &upload.pieces, HEAD_BYTES as u64)
            .await?;
        let arrival = Arrival {
            id: upload.id,
            owner_id: upload.owner_id,
            // What is not taken is rejected by the worker, which looks again.
            kind: kind::sniff(&head).map_or(AssetKind::File, |found| found.kind),
            file_name: upload.file_name.clone(),
            alt: upload.alt.clone(),
            source: upload.pieces.clone(),
        };
        self.arrive(arrival).await?;
        Ok(())
    }

    /// Begins an upload with its first part. When that does not come in, nothing stays: its sender was told no place of it.
    pub(crate) async fn begin_with(
        &self,
        user: UserId,
        (length, metadata): (u64, String),
        addition: Addition,
    ) -> Result<Upload, Error> {
        let upload = match self.begin(user, length, metadata).await {
            Ok(upload) => upload,
            Err(e) => {
                addition.body.discard().await;
                return Err(e);
            }
        };
        let added = self.add(user, upload.id, addition).await;
        if added.is_err()
            && let Err(e) = self.terminate(&upload).await
        {
            tracing::warn!(id = %upload.id, "an upload that never began stands until it is swept: {e}");
        }
        added
    }

    /// Ends an upload of `user`; when it has become an asset, that is removed.
    pub(crate) async fn cancel(&self, user: UserId, id: AssetId) -> Result<(), Error> {
        let upload = self.repo.upload_of(user, id).await?;
        self.terminate(&upload).await?;
        if upload.done {
            self.delete(user, id).await?;
        }
        Ok(())
    }

    /// Removes an upload: its document first, so that nothing is added any more, then, unless it has become an asset, its bytes.
    pub(crate) async fn terminate(&self, upload: &Upload) -> Result<(), Error> {
        let removed = self.repo.uploads.update(upload.id, |upload| {
            Ok::<_, Error>(Change::Remove(Vec::new(), upload.done))
        });
        if removed.await? == Some(false) {
            // One that is whole may have become an asset just now.
            self.undo_unless_asset(upload.owner_id, upload.id).await;
        }
        Ok(())
    }
}
