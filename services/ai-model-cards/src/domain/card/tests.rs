use kernel::Currency;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::content::Category;

pub(crate) fn content(name: &str) -> Content {
    Content {
        name: name.into(),
        description: "Explains things".into(),
        category: Category::Education,
        tags: vec!["school".into()],
        persona: "You explain.".into(),
        model: "default".into(),
        temperature_percent: 70,
        max_tokens: 500,
        talkativeness: 50,
        scope: contracts::ai_model_cards::Scope::default(),
        message_price: None,
        sample_prompts: vec![],
    }
}

pub(crate) fn card(size: Option<u32>) -> Card {
    Card {
        id: CardId::from(Uuid::from_u128(1)),
        seller_id: UserId::from(Uuid::from_u128(2)),
        handle: "tutor".into(),
        version: 1,
        price: euro(1_299),
        edition: Edition::of(size),
        draft: Some(Draft {
            content: content("Tutor"),
            stage: Stage::Draft,
        }),
        published: None,
        listing: Listing::Unlisted,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        submitted_at: None,
        listed_at: None,
        holds_due: None,
    }
}

fn euro(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

fn agent(n: u128) -> AgentId {
    AgentId::from(Uuid::from_u128(n))
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn named(name: &str) -> ContentEdit {
    ContentEdit {
        name: Some(name.into()),
        ..ContentEdit::default()
    }
}

fn publish(card: &mut Card, n: u128) -> Step {
    card.submit(at(1))?;
    card.approve()?;
    card.publish(agent(n), format!("tutor_v{n}"), at(2))
}

#[test]
fn the_way_to_a_sale_is_draft_submitted_approved_published() {
    let mut card = card(None);
    assert_eq!(card.approve(), Err(Refusal::WrongState));
    assert_eq!(card.publish(agent(1), "tutor".into(), at(1)), Err(Refusal::WrongState));
    assert_eq!(
        publish(&mut card, 1).unwrap(),
        CardChange::Published {
            revision: 1,
            agent_id: agent(1),
            price: euro(1_299)
        }
    );
    assert_eq!((card.status(), card.listed_at), (Status::Published, Some(at(2))));
}

#[test]
fn while_the_next_draft_is_looked_at_the_published_revision_stays_on_sale() {
    let mut card = card(None);
    publish(&mut card, 1).unwrap();
    assert_eq!(card.edit(&named("Better")), Ok(Some(CardChange::Drafted)));
    card.submit(at(3)).unwrap();
    assert_eq!(card.edit(&named("Sneaky")), Err(Refusal::WrongState));
    assert_eq!(card.offer().unwrap().name, "Tutor");
    card.approve().unwrap();
    card.publish(agent(2), "tutor_v2".into(), at(4)).unwrap();
    assert_eq!(
        (card.offer().unwrap().name.as_str(), card.offer().unwrap().revision),
        ("Better", 2)
    );
}

#[test]
fn what_was_approved_or_rejected_must_be_submitted_again_once_it_is_edited() {
    let mut card = card(None);
    card.submit(at(1)).unwrap();
    card.reject("too short").unwrap();
    assert_eq!(card.edit(&named("Longer")), Ok(Some(CardChange::Drafted)));
    card.submit(at(2)).unwrap();
    card.approve().unwrap();
    card.edit(&named("Quite another")).unwrap();
    assert_eq!(card.next_revision(), Err(Refusal::WrongState));
}

#[test]
fn a_suspended_card_comes_back_by_a_moderator_alone_and_a_retired_one_never() {
    let mut card = card(None);
    publish(&mut card, 1).unwrap();
    card.suspend("reported").unwrap();
    assert_eq!((card.offer(), card.listed_at), (None, None));
    card.edit(&named("Evasion")).unwrap();
    assert_eq!(
        publish(&mut card, 2),
        Err(Refusal::WrongState),
        "suspended: no way around it"
    );
    card.reinstate().unwrap();
    card.retire().unwrap();
    assert_eq!(card.reinstate(), Err(Refusal::WrongState));
    assert_eq!(card.edit(&named("Again")), Err(Refusal::WrongState));
    assert_eq!(card.reprice(euro(1)), Err(Refusal::WrongState));
}

#[test]
fn price_and_edition_stand_still_while_a_moderator_looks_at_a_new_card() {
    let mut card = card(Some(3));
    assert_eq!(card.reprice(euro(5)), Ok(None));
    card.submit(at(1)).unwrap();
    assert_eq!(card.reprice(euro(9_999)), Err(Refusal::WrongState));
    assert_eq!(card.resize(None), Err(Refusal::WrongState));
}

#[derive(Clone, Debug)]
enum Do {
    Edit,
    Submit,
    Approve,
    Reject,
    Publish,
    Suspend,
    Reinstate,
    Retire,
    Reprice(i64),
    Resize(Option<u32>),
}

fn take(card: &mut Card, step: &Do, n: u128) -> bool {
    match step {
        Do::Edit => card.edit(&named("Other")).is_ok(),
        Do::Submit => card.submit(at(1)).is_ok(),
        Do::Approve => card.approve().is_ok(),
        Do::Reject => card.reject("no").is_ok(),
        Do::Publish => card.publish(agent(n), format!("h{n}"), at(1)).is_ok(),
        Do::Suspend => card.suspend("why").is_ok(),
        Do::Reinstate => card.reinstate().is_ok(),
        Do::Retire => card.retire().is_ok(),
        Do::Reprice(amount) => card.reprice(euro(*amount)).is_ok(),
        Do::Resize(size) => card.resize(*size).is_ok(),
    }
}

fn steps() -> impl Strategy<Value = Vec<Do>> {
    let step = prop_oneof![
        2 => Just(Do::Edit),
        4 => Just(Do::Submit),
        4 => Just(Do::Approve),
        1 => Just(Do::Reject),
        4 => Just(Do::Publish),
        1 => Just(Do::Suspend),
        1 => Just(Do::Reinstate),
        1 => Just(Do::Retire),
        1 => (0..9i64).prop_map(Do::Reprice),
        1 => prop::option::of(1..9u32).prop_map(Do::Resize),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_card_its_two_sides_make_sense(steps in steps(), size in prop::option::of(1..9u32)) {
        let mut card = card(size);
        let (mut looked_at, mut revisions) = (None::<Content>, 0);
        for (n, step) in steps.iter().enumerate() {
            let before = card.clone();
            let done = take(&mut card, step, n as u128);
            if !done {
                prop_assert_eq!(&card, &before, "a refused step changes nothing: {:?}", step);
            }
            if done && matches!(step, Do::Approve) {
                looked_at = card.draft.as_ref().map(|d| d.content.clone());
            }
            let now = card.published.as_ref().map_or(0, |p| p.revision);
            prop_assert_eq!(now, revisions + u32::from(done && matches!(step, Do::Publish)), "one more with each publication, else the same");
            if now > revisions {
                prop_assert_eq!(card.published.as_ref().map(|p| &p.content), looked_at.as_ref(), "only what a moderator saw is published");
            } else {
                prop_assert_eq!(&card.published, &before.published, "nothing else writes what is published");
            }
            revisions = now;
            prop_assert_eq!(card.listed_at.is_some(), card.is_on_sale());
            prop_assert_eq!(card.offer().is_some(), card.is_on_sale());
            prop_assert_eq!(card.submitted_at.is_some(), card.draft.as_ref().is_some_and(|d| d.stage == Stage::Submitted));
            prop_assert_eq!(card.published.is_none(), card.listing == Listing::Unlisted);
            if before.listing == Listing::Retired {
                prop_assert!(!done, "nothing leads out of retired");
            }
        }
    }
}
