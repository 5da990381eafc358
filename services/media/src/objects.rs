//! Owns the bytes: pieces under random names in the object store, in a folder for each asset. No key holds anything that a
//! person has written. Refuses to know what they mean.

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Ambient, AssetId, Fault};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::config::{Config, S3Config};
use crate::domain::asset::{Piece, Variant};
use crate::error::Error;

/// Bytes of a piece of a file that comes in; also what is held of it in memory.
pub(crate) const PIECE_BYTES: usize = 2 * 1024 * 1024;
/// Bytes that are read at once from a file that goes out.
const WINDOW_BYTES: u64 = 1024 * 1024;
/// How often an object is written when the store failed.
const PUT_TRIES: u32 = 2;

/// The object store.
#[derive(Clone)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    ambient: Ambient,
}

impl Objects {
    /// Opens the folder or the bucket that the configuration names.
    pub(crate) fn open(config: &Config, data_dir: &FilePath, ambient: Ambient) -> Result<Self, Fault> {
        let (store, prefix): (Arc<dyn ObjectStore>, _) = match &config.s3 {
            Some(s3) => (bucket(s3)?, s3.prefix.clone().unwrap_or_default()),
            None => (folder(&config.folder_path(data_dir))?, String::new()),
        };
        Ok(Self { store, prefix, ambient })
    }

    /// The end of an id is random: so many folders hold about as many assets each.
    fn home(&self, id: AssetId) -> Path {
        let id = id.to_string();
        let shard = id.get(id.len() - 2..).unwrap_or("00").to_owned();
        Path::from(self.prefix.as_str()).join(shard).join(id)
    }

    fn place(&self, id: AssetId, key: &str) -> Path {
        self.home(id).join(key)
    }

    /// Keeps bytes of an asset; they survive power loss when it returns.
    pub(crate) async fn put(&self, id: AssetId, bytes: Bytes) -> Result<Piece, Error> {
        let key = self.ambient.token::<12>();
        let (place, size) = (self.place(id, &key), bytes.len() as u64);
        let mut tries = 1;
        loop {
            match self.store.put(&place, PutPayload::from_bytes(bytes.clone())).await {
                Ok(_) => return Ok(Piece { key, bytes: size }),
                // A folder that became empty may be taken away at the moment when a file comes into it.
                Err(e) if tries < PUT_TRIES => tracing::debug!("{place}: {e}; once more"),
                Err(e) => return Err(e.into()),
            }
            tries += 1;
        }
    }

    /// Reads a file whole. Only for what is bounded.
    pub(crate) async fn read(&self, id: AssetId, pieces: &[Piece]) -> Result<Bytes, Error> {
        if let [piece] = pieces {
            return Ok(self
                .store
                .get_range(&self.place(id, &piece.key), 0..piece.bytes)
                .await?);
        }
        let mut whole = Vec::with_capacity(pieces.iter().map(|p| p.bytes as usize).sum());
        for piece in pieces {
            whole.extend_from_slice(
                &self
                    .store
                    .get_range(&self.place(id, &piece.key), 0..piece.bytes)
                    .await?,
            );
        }
        Ok(whole.into())
    }

    /// Reads the first bytes of a file, at most `most`.
    pub(crate) async fn read_head(&self, id: AssetId, pieces: &[Piece], most: u64) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        for piece in pieces {
            let left = most.saturating_sub(head.len() as u64).min(piece.bytes);
            if left == 0 {
                break;
            }
            head.extend_from_slice(&self.store.get_range(&self.place(id, &piece.key), 0..left).await?);
        }
        Ok(head)
    }

    /// Reads bytes of a variant as a stream. The first of them are there when it returns, so that a file that is gone is a failure and
    /// no broken answer.
    pub(crate) async fn stream(
        &self,
        id: AssetId,
        variant: &Variant,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let mut windows = windows(&variant.pieces, range).into_iter();
        let Some((key, first)) = windows.next() else {
            return Ok(futures::stream::empty().boxed());
        };
        let first = self.store.get_range(&self.place(id, &key), first).await?;
        let objects = self.clone();
        let rest = futures::stream::iter(windows).then(move |(key, range)| {
            let (store, place) = (objects.store.clone(), objects.place(id, &key));
            async move { Ok(store.get_range(&place, range).await?) }
        });
        Ok(futures::stream::once(std::future::ready(Ok(first))).chain(rest).boxed())
    }

    /// Removes pieces; those that are gone are no failure.
    pub(crate) async fn remove(&self, id: AssetId, pieces: &[Piece]) -> Result<(), Error> {
        for piece in pieces {
            gone(self.store.delete(&self.place(id, &piece.key)).await)?;
        }
        Ok(())
    }

    /// Removes every object of an asset but those that are named: also what a killed process has left.
    pub(crate) async fn remove_all_but(&self, id: AssetId, keep: &[&str]) -> Result<(), Error> {
        let home = self.home(id);
        let kept: Vec<Path> = keep.iter().map(|key| self.place(id, key)).collect();
        let found: Vec<Path> = match self.store.list(Some(&home)).map_ok(|o| o.location).try_collect().await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => Vec::new(),
            Err(e) => return Err(e.into()),
        };
        for place in found.iter().filter(|place| !kept.contains(place)) {
            gone(self.store.delete(place).await)?;
        }
        Ok(())
    }
}

fn gone(deleted: object_store::Result<()>) -> Result<(), Error> {
    match deleted {
        Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Cuts a range of a file into reads of its pieces.
fn windows(pieces: &[Piece], range: Range<u64>) -> Vec<(String, Range<u64>)> {
    let mut reads = Vec::new();
    let mut begins = 0u64;
    for piece in pieces {
        let ends = begins + piece.bytes;
        let (mut from, to) = (range.start.clamp(begins, ends), range.end.clamp(begins, ends));
        while from < to {
            let next = to.min(from + WINDOW_BYTES);
            reads.push((piece.key.clone(), from - begins..next - begins));
            from = next;
        }
        begins = ends;
    }
    reads
}

fn folder(path: &FilePath) -> Result<Arc<dyn ObjectStore>, Fault> {
    let open = || {
        std::fs::create_dir_all(path).map_err(|e| e.to_string())?;
        LocalFileSystem::new_with_prefix(path).map_err(|e| e.to_string())
    };
    let store = open().map_err(|why| Fault::internal(format!("{}: {why}", path.display())))?;
    Ok(Arc::new(store.with_fsync(true).with_automatic_cleanup(true)))
}

fn bucket(s3: &S3Config) -> Result<Arc<dyn ObjectStore>, Fault> {
    let secret = match (&s3.secret_access_key, &s3.secret_access_key_file) {
        (Some(word), _) => word.reveal().to_owned(),
        (None, Some(file)) => std::fs::read_to_string(file)
            .map(|text| text.trim().to_owned())
            .map_err(|e| Fault::internal(format!("[media] s3.secretAccessKeyFile {}: {e}", file.display())))?,
        (None, None) => String::new(),
    };
    let store = AmazonS3Builder::new()
        .with_endpoint(&s3.endpoint)
        .with_allow_http(s3.endpoint.starts_with("http://"))
        .with_region(s3.region.as_deref().unwrap_or("us-east-1"))
        .with_bucket_name(&s3.bucket)
        .with_access_key_id(&s3.access_key_id)
        .with_secret_access_key(secret)
        .build()
        .map_err(|e| Fault::internal(format!("[media] s3: {e}")))?;
    Ok(Arc::new(store))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_reads_of_a_range_are_its_bytes_in_order(
            sizes in prop::collection::vec(0u64..3_000_000, 0..6), a in 0u64..9_000_000, b in 0u64..9_000_000,
        ) {
            let pieces: Vec<Piece> = sizes.iter().enumerate().map(|(i, n)| Piece { key: i.to_string(), bytes: *n }).collect();
            let length: u64 = sizes.iter().sum();
            let range = a.min(b).min(length)..a.max(b).min(length);
            let begins = |i: usize| sizes[..i].iter().sum::<u64>();
            let mut at = range.start;
            for (key, read) in windows(&pieces, range.clone()) {
                let piece: usize = key.parse().unwrap();
                prop_assert!(read.end <= sizes[piece] && read.end - read.start <= WINDOW_BYTES && read.start < read.end);
                prop_assert_eq!(begins(piece) + read.start, at);
                at += read.end - read.start;
            }
            prop_assert_eq!(at, range.end.max(range.start));
        }
    }
}
