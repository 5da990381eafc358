//! An ephemeral store that accepts what it is asked and never answers: it must not hold up money.

use serde_json::json;
use testkit::AbsentEphemeral;
use tokio_util::sync::CancellationToken;

use super::limits::asked;
use super::money::a_micro_a_word;
use super::{DEADLINE, Setup, World};

#[tokio::test]
async fn money_is_told_while_the_ephemeral_store_is_silent() {
    let world = World::new().await;
    let ephemeral = AbsentEphemeral::new(world.ambient());
    let s = Setup::of(world, a_micro_a_word(), Some(ephemeral.clone())).await;
    s.allow_ada(json!({"microsPerDay": 1_000, "tokensPerMinute": 10_000}))
        .await;
    asked(&s.ada(), 10).await.expect(200);
    ephemeral.fall_silent();
    let worker = tokio::spawn((s.usage.run.clone())(CancellationToken::new()));
    let told = async {
        while s.adas_money().await.0 != 10 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, told).await.unwrap();
    worker.abort();
}
