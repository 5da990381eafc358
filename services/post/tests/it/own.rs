//! What post shows a person of their own, for their archive.

use serde_json::{Value, json};

use crate::stage::{Person, Stage};

async fn own(stage: &Stage, of: &Person) -> Vec<(String, Value)> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = stage.own_data.own_data(of.id, cursor.as_deref()).await.unwrap();
        found.extend(page.items.into_iter().map(|item| (item.kind, item.data)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn earlier_words_and_reports_are_ones_own_and_others_have_none_of_them() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let mine = ada.post("public", "first words").await;
    let path = format!("/api/posts/{mine}");
    ada.ask
        .patch(&path, json!({ "text": "second words" }))
        .await
        .expect(200);
    let report = json!({ "reason": "spam", "detail": "a word of bob" });
    bob.ask.post(&format!("{path}/reports"), report).await.expect(202);
    let of_ada = own(&stage, &ada).await;
    let earlier: Vec<&Value> = of_ada
        .iter()
        .filter(|(k, _)| k == "earlierWords")
        .map(|(_, d)| d)
        .collect();
    assert_eq!((earlier.len(), &earlier[0]["text"]), (1, &json!("first words")));
    assert!(!format!("{of_ada:?}").contains("bob"), "{of_ada:?}");
    let of_bob = own(&stage, &bob).await;
    let told = [("reports".to_owned(), "a word of bob")];
    let found: Vec<_> = of_bob
        .iter()
        .map(|(k, d)| (k.clone(), d["detail"].as_str().unwrap()))
        .collect();
    assert_eq!(found, told);
    assert_eq!(of_bob[0].1["subject"], json!(format!("post:{mine}")));
    assert!(!format!("{of_bob:?}").contains("words"), "{of_bob:?}");
}
