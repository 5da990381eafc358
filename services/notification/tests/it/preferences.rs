//! Wishes.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn who_said_nothing_has_what_is_usual() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let usual = h.app.by(ada).get("/api/notifications/preferences").await.expect(200);
    assert_eq!(usual["kinds"].as_object().unwrap().len(), 15);
    assert_eq!(
        usual["kinds"]["reaction"],
        json!({ "inApp": true, "push": false, "email": true })
    );
    assert_eq!(
        usual["kinds"]["message"],
        json!({ "inApp": true, "push": true, "email": false })
    );
    assert_eq!(
        (&usual["quietHours"], &usual["digest"], &usual["timeZone"]),
        (&json!(null), &json!("off"), &json!("UTC"))
    );
}

#[tokio::test]
async fn wishes_are_kept_whole_and_a_kind_that_is_off_is_told_on_no_way() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let off = json!({ "inApp": false, "push": false, "email": false });
    let wishes = json!({ "kinds": { "reaction": off }, "timeZone": "Europe/Berlin", "quietHours": { "start": "22:00", "end": "07:00" }, "digest": "daily" });
    let kept = h.wish(ada, wishes).await;
    assert_eq!(
        (&kept["kinds"]["reaction"], &kept["nextDigestAt"]),
        (&off, &json!("2026-01-01T07:00:00.000Z"))
    );
    h.like(grace, (h.ambient.id(), ada)).await;
    assert_eq!(h.verified().await.items, 0);
    let again = h.wish(ada, json!({})).await;
    assert_eq!(
        (&again["kinds"]["reaction"]["inApp"], &again["digest"]),
        (&json!(true), &json!("off"))
    );
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_by_name() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let channels = json!({ "inApp": true, "push": true, "email": true, "fax": true });
    for (wishes, field) in [
        (json!({ "timeZone": "Europe/Atlantis" }), "timeZone"),
        (
            json!({ "quietHours": { "start": "22:00", "end": "22:00" } }),
            "quietHours.end",
        ),
        (
            json!({ "quietHours": { "start": "25:00", "end": "22:00" } }),
            "quietHours.start",
        ),
        (json!({ "digest": "hourly" }), "digest"),
        (json!({ "kinds": { "reaction": channels } }), "kinds.reaction"),
        (json!({ "kinds": { "earthquake": {} } }), "kinds"),
        (json!({ "mute": true }), "mute"),
    ] {
        let problem = h
            .app
            .by(ada)
            .put("/api/notifications/preferences", wishes)
            .await
            .expect(422);
        let named = problem["errors"][0]["field"].as_str().unwrap();
        assert!(named.starts_with(field), "{problem}");
    }
}
