//! Owns the sentences that items are told in: English, without a word of what people wrote. Refuses to know devices and mails.

use super::item::Item;
use super::kind::Kind;
use super::subject::Subject;

/// How many people are named.
pub(crate) const NAMED_MAX: usize = 2;

/// Returns the sentence of an item. `names` are those of the latest who did it, as far as they are known.
pub(crate) fn sentence(item: &Item, names: &[String]) -> String {
    let who = people(names, item.count(), item.more);
    let times = item.deeds.len();
    match item.kind {
        Kind::FriendRequest => format!("{who} wants to be friends with you"),
        Kind::RequestAccepted => format!("{who} accepted your friend request"),
        Kind::Reaction => format!("{who} reacted to your post"),
        Kind::Comment => format!("{who} commented on your post"),
        Kind::Reply => format!("{who} replied to your comment"),
        Kind::Share => format!("{who} shared your post"),
        Kind::Mention => format!("{who} mentioned you {}", place(item)),
        Kind::Message => match (&item.label, times) {
            (Some(title), _) => format!("{who} wrote in {title}"),
            (None, 1) => format!("{who} wrote to you"),
            (None, _) => format!("{who} sent you {times}{} messages", if item.more { "+" } else { "" }),
        },
        Kind::OrderCompleted => "Your order is complete".into(),
        Kind::OrderExpired => "Your order expired: it was not paid in time".into(),
        Kind::OrderRefunded => "Your order was refunded".into(),
        Kind::CardSold if times == 1 && !item.more => "Your card was sold".into(),
        Kind::CardSold => format!("Your card was sold {times}{} times", if item.more { "+" } else { "" }),
        Kind::CardApproved => "Your card was approved".into(),
        Kind::CardRejected => match &item.label {
            Some(reason) => format!("Your card was sent back: {reason}"),
            None => "Your card was sent back".into(),
        },
        Kind::Warned => {
            let what = match item.subject {
                Subject::Post { .. } => " about your post",
                Subject::Comment { .. } => " about your comment",
                _ => "",
            };
            let words = item.label.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("A moderator warned you{what}{words}")
        }
    }
}

fn place(item: &Item) -> String {
    match (&item.subject, &item.label) {
        (Subject::Post { .. }, _) => "in a post".into(),
        (Subject::Comment { .. }, _) => "in a comment".into(),
        (_, Some(title)) => format!("in {title}"),
        _ => "in a message".into(),
    }
}

/// "Ada", "Ada and Grace", "Ada and 3 others".
fn people(names: &[String], count: usize, more: bool) -> String {
    let plus = if more { "+" } else { "" };
    match (names, count) {
        ([], 0 | 1) => "Somebody".into(),
        ([], _) => format!("{count}{plus} people"),
        ([first, ..], 0 | 1) if !more => first.clone(),
        ([first, second, ..], 2) if !more => format!("{first} and {second}"),
        ([first, ..], 2) if !more => format!("{first} and another"),
        ([first, ..], _) => {
            let others = count.saturating_sub(1);
            let noun = if others == 1 && !more { "other" } else { "others" };
            format!("{first} and {others}{plus} {noun}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_as_far_as_it_reads_well() {
        let names = |n: &[&str]| n.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        for (named, count, more, words) in [
            (&["Ada"][..], 1, false, "Ada"),
            (&["Ada", "Grace"][..], 2, false, "Ada and Grace"),
            (&["Ada", "Grace"][..], 4, false, "Ada and 3 others"),
            (&["Ada"][..], 100, true, "Ada and 99+ others"),
            (&["Ada"][..], 2, false, "Ada and another"),
            (&[][..], 1, false, "Somebody"),
            (&[][..], 7, false, "7 people"),
        ] {
            assert_eq!(people(&names(named), count, more), words);
        }
    }
}
