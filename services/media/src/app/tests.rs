//! What a process that dies, or a store that fails, leaves half done.

use std::sync::Arc;
use std::time::Duration;

use contracts::media::{AssetKind, AssetStatus};
use kernel::{AssetId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Change, Collection, Document, Index};
use testkit::World;

use super::App;
use crate::domain::asset::{Arrival, Step};
use crate::domain::shelf::Shelf;
use crate::domain::upload::Upload;
use crate::error::Error;

struct Stage {
    world: World,
    store: Arc<dyn store::Store>,
    app: Arc<App>,
}

async fn stage() -> Stage {
    let world = World::new().await;
    let mut config = crate::Config::default();
    (config.times.look_seconds_max, config.times.still_seconds_max) = (1, 1);
    let store = world.store("media").await;
    let media = crate::local(crate::Deps {
        ambient: world.ambient(),
        store: store.clone(),
        data_dir: world.path().to_owned(),
        config,
    });
    let app = media.await.unwrap().app;
    Stage { world, store, app }
}

const TEXT: &[u8] = b"words that nobody may lose";

impl Stage {
    /// Brings an upload to where it is whole and no asset yet, as when the process died at that point.
    async fn whole(&self, by: UserId) -> Upload {
        let upload = self.app.begin(by, TEXT.len() as u64, String::new()).await.unwrap();
        let piece = self.app.objects.put(upload.id, TEXT.into()).await.unwrap();
        let now = self.world.ambient().now();
        let whole = self.app.repo.uploads.update(upload.id, |mut upload| {
            upload.add(0, std::slice::from_ref(&piece), now).unwrap();
            Ok::<_, Error>(Change::Put(upload.clone(), Vec::new(), upload))
        });
        whole.await.unwrap().unwrap()
    }

    fn arrival(upload: &Upload) -> Arrival {
        Arrival {
            id: upload.id,
            owner_id: upload.owner_id,
            kind: AssetKind::File,
            file_name: "a.txt".into(),
            alt: String::new(),
            source: upload.pieces.clone(),
        }
    }

    async fn look(&self) {
        let (asset, lease, step) = self.app.take_up().await.unwrap().unwrap();
        assert_eq!(step, Step::Look);
        self.app.look(&asset, &lease).await.unwrap();
    }

    async fn bytes(&self, id: AssetId) -> Vec<u8> {
        let asset = self.app.repo.asset(id).await.unwrap();
        self.app
            .objects
            .read(id, &asset.variants[0].pieces)
            .await
            .unwrap()
            .to_vec()
    }
}

#[tokio::test]
async fn a_crash_between_the_asset_and_the_end_of_its_upload_costs_nothing() {
    let s = stage().await;
    let upload = s.whole(s.world.ambient().id()).await;
    s.app.arrive(Stage::arrival(&upload)).await.unwrap();
    // The process dies here. Another looks, and keeps what it makes under a name of its own, as with pictures.
    s.look().await;
    let anew = s.app.objects.put(upload.id, TEXT.into()).await.unwrap();
    let moved = s.app.repo.assets.update(upload.id, |mut asset| {
        asset.variants[0].pieces = vec![anew.clone()];
        Ok::<_, Error>(Change::Put(asset, Vec::new(), ()))
    });
    moved.await.unwrap();
    s.app.objects.remove_all_but(upload.id, &[&anew.key]).await.unwrap();
    s.world.advance(Duration::from_secs(120));
    s.app.sweep().await.unwrap();
    assert_eq!(s.bytes(upload.id).await, TEXT);
    assert!(s.app.repo.uploads.get(upload.id).await.unwrap().unwrap().done);
}

/// A shelf that is read as it stands.
#[derive(Clone, Serialize, Deserialize)]
struct Raw(Value);

impl Document for Raw {
    const COLLECTION: &'static str = Shelf::COLLECTION;
    const INDEXES: &'static [Index] = Shelf::INDEXES;
    fn id(&self) -> String {
        self.0["userId"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_store_that_fails_while_a_file_is_counted_costs_no_file() {
    let s = stage().await;
    let upload = s.whole(s.world.ambient().id()).await;
    let shelves = Collection::<Raw>::open(&s.store).await.unwrap();
    let set = async |to: Value| {
        let swapped = shelves.update(upload.owner_id, |before| {
            Ok::<_, Error>(Change::Put(Raw(to.clone()), Vec::new(), before.0))
        });
        swapped.await.unwrap().unwrap()
    };
    let good = set(json!({ "userId": upload.owner_id, "oldestAt": null })).await;
    let failed = s.app.arrive(Stage::arrival(&upload)).await.unwrap_err();
    assert!(failed.is_outage(), "{failed}");
    s.app.undo_unless_asset(upload.owner_id, upload.id).await;
    set(good).await;
    s.look().await;
    assert_eq!(s.bytes(upload.id).await, TEXT);
    s.world.advance(Duration::from_secs(120));
    s.app.sweep().await.unwrap();
    let shelf = s.app.repo.shelves.get(upload.owner_id).await.unwrap().unwrap();
    assert_eq!((shelf.bytes, shelf.held.len()), (TEXT.len() as u64, 0));
}

#[tokio::test]
async fn erasure_takes_the_bytes_of_an_upload_that_is_whole_and_no_asset_yet() {
    let s = stage().await;
    let upload = s.whole(s.world.ambient().id()).await;
    s.app.erase(upload.owner_id).await.unwrap();
    let head = s.app.objects.read_head(upload.id, &upload.pieces, 5).await;
    assert!(matches!(
        head,
        Err(Error::Objects(object_store::Error::NotFound { .. }))
    ));
}

#[tokio::test]
async fn what_is_removed_does_not_come_back_when_it_arrives_once_more() {
    let s = stage().await;
    let upload = s.whole(s.world.ambient().id()).await;
    s.app.arrive(Stage::arrival(&upload)).await.unwrap();
    s.app.delete(upload.owner_id, upload.id).await.unwrap();
    let again = s.app.arrive(Stage::arrival(&upload)).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[tokio::test]
async fn looking_that_finds_no_thread_in_time_is_put_back_before_another_takes_it_up() {
    let s = stage().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let id = s.world.ambient().id();
    let mut arrival = Stage::arrival(&s.whole(s.world.ambient().id()).await);
    arrival.id = id;
    arrival.source = vec![s.app.objects.put(id, png.into_inner().into()).await.unwrap()];
    s.app.arrive(arrival).await.unwrap();
    let all = s.app.cpu.clone().acquire_many_owned(2).await.unwrap();
    let (asset, lease, _) = s.app.take_up().await.unwrap().unwrap();
    let looked = tokio::time::timeout(Duration::from_secs(20), s.app.look(&asset, &lease));
    looked.await.unwrap().unwrap();
    let work = s.app.repo.asset(id).await.unwrap().work.unwrap();
    assert_eq!((work.lease, work.attempts), (None, 0));
    drop(all);
    s.world.advance(Duration::from_secs(10));
    s.look().await;
    assert_eq!(s.app.repo.asset(id).await.unwrap().status, AssetStatus::Ready);
}
