//! Drives what docs/walkthroughs tells, step by step: one test for each page, of the same name.

use blackbox::{Instance, unique, walk};

#[tokio::test]
async fn a_chat_message() {
    walk::a_chat_message(Instance::shared()).await;
}

#[tokio::test]
async fn a_sign_in() {
    walk::a_sign_in(Instance::shared()).await;
}

#[tokio::test]
async fn a_purchase() {
    let email = format!("{}@example.com", unique("moderator"));
    let Some(product) = Instance::own_with(walk::market(&email)) else {
        return;
    };
    let moderator = walk::moderator(&product, &email).await;
    walk::a_purchase(&product, &moderator).await;
}

#[tokio::test]
async fn a_post() {
    walk::a_post(Instance::shared()).await;
}
