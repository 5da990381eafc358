//! Prints what the calls that stand on every request cost: `cargo run --release -p ephemeral --example speed`.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ephemeral::memory::MemoryEphemeral;
use ephemeral::{Bucket, Ephemeral, EphemeralError};
use kernel::Ambient;

const ROUNDS: u32 = 1_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), EphemeralError> {
    let it = MemoryEphemeral::new(Ambient::system());
    let hour = Duration::from_secs(3_600);
    for n in 0..100_000 {
        it.set(&format!("revoked:{n:036}"), Bytes::new(), hour).await?;
    }
    let (session, user) = (
        "revoked:0190c5a0-7b7e-7000-8000-000000000001",
        "banned:0190c5a0-7b7e-7000-8000-000000000002",
    );

    let began = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(it.any_exists(&[session]).await?);
    }
    report("any_exists, one key of 100,000", began);

    let began = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(it.any_exists(&[session, user]).await?);
    }
    report("any_exists, two keys", began);

    let began = Instant::now();
    for _ in 0..ROUNDS {
        let _ = std::hint::black_box(
            it.spend(
                user,
                Bucket {
                    capacity: 2e3,
                    per_second: 1e3,
                },
                1.0,
            )
            .await?,
        );
    }
    report("spend", began);

    let mut subscriber = it.subscriber().await?;
    subscriber.subscribe("room").await?;
    let began = Instant::now();
    for _ in 0..ROUNDS {
        it.publish("room", Bytes::from_static(b"hello")).await?;
        std::hint::black_box(subscriber.next().await);
    }
    report("publish and next", began);
    Ok(())
}

fn report(what: &str, began: Instant) {
    println!("{what}: {} ns", began.elapsed().as_nanos() / u128::from(ROUNDS));
}
