//! A person's own data out of a store: all of theirs once, whatever the pages, and no field that is not named.

use chassis::own_data::{Documents, PAGE, Part};
use contracts::own_data::{OwnData as _, OwnItem};
use kernel::UserId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Collection, Document, Index};
use testkit::World;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    id: String,
    owners: Vec<UserId>,
    place: i64,
    secret: Option<String>,
}

impl Document for Note {
    const COLLECTION: &'static str = "notes";
    const INDEXES: &'static [Index] = &[Index::multi("owner", &["owners", "place"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

const PARTS: &[Part] = &[
    Part::one::<Note>("self", &["id", "absent"]),
    Part::of::<Note>("notes", "owner", &["place"]),
    Part::of::<Note>("again", "owner", &["id"]),
];

async fn all(documents: &Documents, user: UserId) -> Vec<OwnItem> {
    let (mut items, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = documents.own_data(user, cursor.as_deref()).await.unwrap();
        assert!(page.items.len() <= PAGE);
        items.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return items;
        }
    }
}

#[tokio::test]
async fn everything_of_a_person_is_told_once_and_nothing_that_is_not_named() {
    let world = World::new().await;
    let store = world.store("notes").await;
    let notes: Collection<Note> = Collection::open(&store).await.unwrap();
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(|handle| world.users().add(handle));
    let secret = Some("a secret".to_owned());
    for n in 0..500_i64 {
        let owners = if n < 450 { vec![ada, bob] } else { vec![bob] };
        // Many stand at the same place.
        let note = Note {
            id: format!("{n:03}"),
            owners,
            place: n / 100,
            secret: secret.clone(),
        };
        notes.insert(&note, Vec::new()).await.unwrap();
    }
    let own = Note {
        id: ada.to_string(),
        owners: vec![],
        place: 0,
        secret,
    };
    notes.insert(&own, Vec::new()).await.unwrap();
    let documents = Documents::new(&store, PARTS);

    let told = all(&documents, ada).await;
    let of = |kind: &str| {
        told.iter()
            .filter(|item| item.kind == kind)
            .map(|item| item.data.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("self"), [json!({ "id": ada })]);
    assert_eq!(
        of("notes"),
        (0..450).map(|n| json!({ "place": n / 100 })).collect::<Vec<_>>()
    );
    assert_eq!(
        of("again"),
        (0..450).map(|n| json!({ "id": format!("{n:03}") })).collect::<Vec<_>>()
    );
    assert_eq!(all(&documents, bob).await.len(), 1000);
    assert_eq!(all(&documents, eve).await, []);
}
