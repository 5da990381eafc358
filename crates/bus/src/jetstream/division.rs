//! Owns who of a group's members ought to have which partition. Refuses to know who has it.

use contracts::event::partition_of;

/// Returns which of the members that want a topic ought to have a partition: in turn, beginning with another one for each topic. All who know
/// the same members say the same.
pub(super) fn wanted<'a>(able: &[&'a str], topic: &str, partition: u16) -> Option<&'a str> {
    let members = u16::try_from(able.len()).ok().filter(|n| *n > 0)?;
    // Not by the number of members at once: the last bit of that hash is that of the letters together, and names are much alike.
    let first = partition_of(topic, u16::MAX);
    let at = (u32::from(first) + u32::from(partition)) % u32::from(members);
    able.get(at as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(able: &[&str], partitions: u16) -> Vec<usize> {
        let all: Vec<_> = (0..partitions).filter_map(|p| wanted(able, "t", p)).collect();
        able.iter().map(|m| all.iter().filter(|w| w == &m).count()).collect()
    }

    #[test]
    fn everybody_has_his_share_and_nobody_has_none() {
        assert_eq!(wanted(&[], "t", 3), None);
        assert_eq!(shares(&["a"], 8), [8]);
        assert_eq!(shares(&["a", "b"], 8), [4, 4]);
        let mut three = shares(&["a", "b", "c"], 8);
        three.sort_unstable();
        assert_eq!(three, [2, 3, 3]);
        assert_eq!(shares(&["a", "b", "c"], 1).iter().sum::<usize>(), 1);
    }

    #[test]
    fn many_small_topics_are_spread_too() {
        let topics = ["one", "two", "three", "four", "five", "six"];
        let of_a = topics.iter().filter(|t| wanted(&["a", "b"], t, 0) == Some("a")).count();
        assert!((1..6).contains(&of_a), "{of_a}");
    }
}
