//! Owns joining, leaving and roles: who may bring whom in, who becomes the owner when the owner goes. Refuses to know
//! whether a person wants to be brought in; that is asked before.

use contracts::chat::{Role, RoomChange};
use kernel::{Timestamp, UserId};

use crate::domain::room::{MEMBERS_MAX, Member, Room, within};
use crate::error::ChatError;

/// A wish to have somebody in the room, in a role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Who.
    pub user: UserId,
    /// In which role: `None` keeps the present one, or makes a plain member.
    pub role: Option<Role>,
    /// Now.
    pub at: Timestamp,
    /// The room's highest seq now.
    pub last_seq: u64,
}

impl Room {
    /// Adds a person (owner or admin) or gives one another role (owner). Naming another owner hands the room over:
    /// the old owner becomes an admin.
    pub(crate) fn seat(&mut self, by: UserId, seat: Seat) -> Result<Vec<RoomChange>, ChatError> {
        self.require(by, Role::Admin)?;
        self.group_only()?;
        let role = match (self.member(seat.user).map(|m| m.role), seat.role) {
            (Some(now), wanted) if wanted.is_none_or(|w| w == now) => return Ok(Vec::new()),
            (_, wanted) => wanted.unwrap_or(Role::Member),
        };
        let known = self.member(seat.user).is_some();
        if known || role > Role::Member {
            self.require(by, Role::Owner)?;
        }
        if seat.user == by {
            return Err(ChatError::OwnerNeeded);
        }
        let mut changes = Vec::new();
        if !known {
            within("members of a room", self.members.len() + 1, MEMBERS_MAX)?;
            let first = role.min(Role::Admin);
            self.push_member(Member {
                user_id: seat.user,
                role: first,
                joined_at: seat.at,
                joined_seq: seat.last_seq,
            });
            changes.push(RoomChange::MemberAdded {
                user_id: seat.user,
                role: first,
            });
        }
        if role == Role::Owner {
            changes.extend(self.give_role(by, Role::Admin));
        }
        changes.extend(self.give_role(seat.user, role));
        Ok(changes)
    }

    /// Takes a person out: oneself at any time, others by owner or admin, admins by the owner only.
    pub(crate) fn unseat(&mut self, by: UserId, user: UserId) -> Result<Vec<RoomChange>, ChatError> {
        let mine = self.member(by).ok_or(ChatError::NotFound)?.role;
        self.group_only()?;
        if by != user {
            self.require(by, Role::Admin)?;
            let theirs = self.member(user).ok_or(ChatError::NotAMember)?.role;
            if theirs >= mine {
                return Err(ChatError::Forbidden);
            }
        }
        Ok(self.depart(user))
    }

    /// Takes a person out, whatever the room. Ownership passes to the oldest admin, else to the oldest member; with
    /// the last one the room ends. A direct room stays with the other one, and the two may open a new one.
    pub(crate) fn depart(&mut self, user: UserId) -> Vec<RoomChange> {
        let Some(role) = self.member(user).map(|m| m.role) else {
            return Vec::new();
        };
        self.members.retain(|m| m.user_id != user);
        self.member_ids.retain(|m| *m != user);
        self.direct_key = None;
        if self.members.is_empty() {
            return vec![RoomChange::Deleted { members: vec![user] }];
        }
        let mut changes = vec![RoomChange::MemberRemoved { user_id: user }];
        if role == Role::Owner {
            let oldest_admin = self.members.iter().find(|m| m.role == Role::Admin);
            let heir = oldest_admin.or(self.members.first()).map(|m| m.user_id);
            changes.extend(heir.and_then(|heir| self.give_role(heir, Role::Owner)));
        }
        changes
    }

    fn give_role(&mut self, user: UserId, role: Role) -> Option<RoomChange> {
        let member = self.members.iter_mut().find(|m| m.user_id == user && m.role != role)?;
        member.role = role;
        Some(RoomChange::RoleChanged { user_id: user, role })
    }
}

#[cfg(test)]
mod tests {
    use contracts::chat::RoomKind;
    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::room::tests::founded;

    fn people<const N: usize>() -> [UserId; N] {
        let ambient = Ambient::system();
        std::array::from_fn(|_| ambient.id())
    }

    fn seat(user: UserId, role: Option<Role>) -> Seat {
        Seat {
            user,
            role,
            at: Timestamp::default(),
            last_seq: 7,
        }
    }

    fn role(room: &Room, user: UserId) -> Option<Role> {
        room.member(user).map(|m| m.role)
    }

    #[test]
    fn owners_appoint_admins_admins_add_members_and_members_add_nobody() {
        let [ada, bob, cyd, dan] = people();
        let mut room = founded(RoomKind::Group, ada, &[bob], 0).unwrap();
        assert!(matches!(room.seat(bob, seat(cyd, None)), Err(ChatError::Forbidden)));
        room.seat(ada, seat(bob, Some(Role::Admin))).unwrap();
        room.seat(bob, seat(cyd, None)).unwrap();
        assert_eq!(room.member(cyd).unwrap().joined_seq, 7);
        for wrong in [
            seat(cyd, Some(Role::Admin)),
            seat(dan, Some(Role::Admin)),
            seat(bob, Some(Role::Owner)),
        ] {
            assert!(matches!(room.seat(bob, wrong), Err(ChatError::Forbidden)), "{wrong:?}");
        }
        assert!(matches!(room.seat(dan, seat(dan, None)), Err(ChatError::NotFound)));
    }

    #[test]
    fn the_room_is_handed_over_by_naming_another_owner() {
        let [ada, bob, cyd] = people();
        let mut room = founded(RoomKind::Group, ada, &[bob], 0).unwrap();
        assert!(matches!(
            room.seat(ada, seat(ada, Some(Role::Member))),
            Err(ChatError::OwnerNeeded)
        ));
        room.seat(ada, seat(bob, Some(Role::Owner))).unwrap();
        assert_eq!(
            (role(&room, ada), role(&room, bob)),
            (Some(Role::Admin), Some(Role::Owner))
        );
        assert_eq!(room.seat(bob, seat(cyd, Some(Role::Owner))).unwrap().len(), 3);
        assert_eq!(role(&room, cyd), Some(Role::Owner));
    }

    #[test]
    fn an_owner_who_leaves_is_followed_by_the_oldest_admin_else_the_oldest_member() {
        let [ada, bob, cyd] = people();
        let mut room = founded(RoomKind::Group, ada, &[bob, cyd], 0).unwrap();
        room.seat(ada, seat(cyd, Some(Role::Admin))).unwrap();
        room.unseat(ada, ada).unwrap();
        assert_eq!(role(&room, cyd), Some(Role::Owner));
        room.unseat(cyd, cyd).unwrap();
        assert_eq!(role(&room, bob), Some(Role::Owner));
        assert!(matches!(
            room.unseat(bob, bob).unwrap()[..],
            [RoomChange::Deleted { .. }]
        ));
    }

    #[test]
    fn nobody_is_removed_by_an_equal() {
        let [ada, bob, cyd] = people();
        let mut room = founded(RoomKind::Group, ada, &[bob, cyd], 0).unwrap();
        room.seat(ada, seat(bob, Some(Role::Admin))).unwrap();
        assert!(matches!(room.unseat(bob, ada), Err(ChatError::Forbidden)));
        assert!(matches!(room.unseat(cyd, bob), Err(ChatError::Forbidden)));
        assert!(matches!(room.unseat(ada, people::<1>()[0]), Err(ChatError::NotAMember)));
        assert_eq!(room.unseat(bob, cyd).unwrap().len(), 1);
    }

    #[test]
    fn a_direct_room_keeps_its_two() {
        let [ada, bob, cyd] = people();
        let mut room = founded(RoomKind::Direct, ada, &[bob], 0).unwrap();
        assert!(matches!(room.unseat(ada, ada), Err(ChatError::DirectRoom)));
        assert!(room.seat(ada, seat(cyd, None)).is_err());
        assert!(
            matches!(room.depart(bob)[..], [RoomChange::MemberRemoved { .. }]),
            "only an erased account leaves it"
        );
        assert!(matches!(room.peer_of(ada), Err(ChatError::NobodyLeft)) && room.direct_key.is_none());
    }

    proptest! {
        /// Whatever is tried by whom: a group that still has members has exactly one owner, nobody twice, and its
        /// index of members says the same as its list.
        #[test]
        fn a_group_always_has_one_owner(steps in prop::collection::vec((0..6usize, 0..6usize, 0..5u8), 0..60)) {
            let all: [UserId; 6] = people();
            let mut room = founded(RoomKind::Group, all[0], &all[1..3], 0).unwrap();
            for (by, user, what) in steps {
                let (by, user) = (all[by], all[user]);
                let _refused_or_done = match what {
                    0 => room.unseat(by, user),
                    1 => room.seat(by, seat(user, None)),
                    2 => room.seat(by, seat(user, Some(Role::Member))),
                    3 => room.seat(by, seat(user, Some(Role::Admin))),
                    _ => room.seat(by, seat(user, Some(Role::Owner))),
                };
                if room.members.is_empty() {
                    return Ok(());
                }
                prop_assert_eq!(room.members.iter().filter(|m| m.role == Role::Owner).count(), 1);
                prop_assert_eq!(room.members.iter().map(|m| m.user_id).collect::<Vec<_>>(), room.member_ids());
                let distinct: std::collections::HashSet<_> = room.member_ids().iter().collect();
                prop_assert_eq!(distinct.len(), room.members.len());
            }
        }
    }
}
