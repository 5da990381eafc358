//! `social.reaction.v1`: told to the post's author while the post stands; a reaction that changes is the same deed, one that is cleared is taken back.

use contracts::Event;
use contracts::post::ReactionEvent;
use kernel::Fault;

use crate::app::App;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::Subject;

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let reaction: ReactionEvent = event.body()?;
    let news = News {
        user_id: reaction.post_author_id,
        kind: Kind::Reaction,
        subject: Subject::Post {
            post_id: reaction.post_id,
        },
        label: None,
        seq: None,
        deed: Deed::by(reaction.user_id, None),
    };
    if reaction.reaction.is_some() {
        return app.tell_of_post(event, vec![news], reaction.post_id).await;
    }
    let retract = |item: &mut crate::domain::item::Item| item.retract(|deed| *deed == news.deed);
    app.repo.take_back(news.item_id(), retract).await?;
    Ok(())
}
