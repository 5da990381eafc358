//! `social.friendship.v1`: requests, what became of them, and blocks, which part all that there is between two people.

use contracts::Event;
use contracts::friendship::FriendshipEvent;
use kernel::{Fault, FriendRequestId, UserId};

use crate::app::App;
use crate::app::tell::Circle;
use crate::domain::item::{Deed, Left, News, item_id};
use crate::domain::kind::Kind;
use crate::domain::subject::{Subject, of_user};

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    match event.body::<FriendshipEvent>()? {
        FriendshipEvent::Requested {
            from, to, request_id, ..
        } => {
            let news = news(to, Kind::FriendRequest, from, Some(request_id));
            app.tell(event, vec![news], Circle::Concerned).await
        }
        FriendshipEvent::Accepted { by, other, .. } => {
            take_back(app, by, Kind::FriendRequest, other).await?;
            let news = news(other, Kind::RequestAccepted, by, None);
            app.tell(event, vec![news], Circle::Concerned).await
        }
        FriendshipEvent::Declined { by, other, .. } => {
            take_back(app, by, Kind::FriendRequest, other).await?;
            take_back(app, other, Kind::FriendRequest, by).await
        }
        FriendshipEvent::Removed { by, other, .. } => {
            take_back(app, by, Kind::RequestAccepted, other).await?;
            take_back(app, other, Kind::RequestAccepted, by).await
        }
        FriendshipEvent::Blocked { by, other, .. } => {
            app.repo.forget(&of_user(by), Some(other)).await?;
            Ok(app.repo.forget(&of_user(other), Some(by)).await?)
        }
        FriendshipEvent::Unblocked { .. } => Ok(()),
    }
}

fn news(user_id: UserId, kind: Kind, by: UserId, request_id: Option<FriendRequestId>) -> News {
    News {
        user_id,
        kind,
        subject: Subject::User {
            user_id: by,
            request_id,
        },
        label: None,
        seq: None,
        deed: Deed::by(by, None),
    }
}

/// Takes the item of `owner` about `about` back.
async fn take_back(app: &App, owner: UserId, kind: Kind, about: UserId) -> Result<(), Fault> {
    let subject = Subject::User {
        user_id: about,
        request_id: None,
    };
    app.repo
        .take_back(item_id(owner, kind, &subject), |_| Left::Nothing)
        .await?;
    Ok(())
}
