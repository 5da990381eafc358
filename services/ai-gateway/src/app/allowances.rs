//! Owns what each subject may use: a key what its owner says, others what a moderator set, else what the configuration says
//! for all. Remembered for five seconds at most, and a change that is made here holds here at once. Refuses to count.

use std::sync::Arc;
use std::time::Duration;

use contracts::ai_gateway::Principal;
use kernel::UserId;

use crate::app::remembered::Remembered;
use crate::config::{BudgetConfig, Budgets};
use crate::domain::subject::{Allowance, BudgetDoc, Subject};
use crate::error::Error;
use crate::repo::Repo;

/// How long what was read is believed.
const ALLOWANCE_TTL: Duration = Duration::from_secs(5);
/// How many are remembered.
const ALLOWANCES_MAX: u64 = 100_000;

/// What everybody may use.
pub(crate) struct Allowances {
    repo: Arc<Repo>,
    /// What holds for those for whom nothing is set.
    user: Arc<Allowance>,
    agent: Arc<Allowance>,
    room: Arc<Allowance>,
    known: Remembered<Subject, Arc<Allowance>>,
}

fn of_user(user: UserId, config: &BudgetConfig) -> Allowance {
    Allowance {
        owner: Some(user),
        ..Allowance::from(config)
    }
}

impl Allowances {
    pub(crate) fn new(repo: Arc<Repo>, budgets: &Budgets) -> Self {
        Self {
            repo,
            user: Arc::new((&budgets.user).into()),
            agent: Arc::new((&budgets.agent).into()),
            room: Arc::new((&budgets.room).into()),
            known: Remembered::new(ALLOWANCES_MAX, ALLOWANCE_TTL),
        }
    }

    /// Returns what all that a call of `who` is counted for may use. One read at most, unless a key is new as well.
    pub(crate) async fn of(&self, who: &Principal) -> Result<Vec<(Subject, Arc<Allowance>)>, Error> {
        let mut found = Vec::with_capacity(4);
        let mut unknown = Vec::new();
        for subject in Subject::of(who) {
            match self.known.get(&subject) {
                Some(allowance) => found.push((subject, allowance)),
                None => unknown.push(subject),
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let since = self.known.reading();
        let settable: Vec<Subject> = unknown
            .iter()
            .copied()
            .filter(|s| !matches!(s, Subject::Key(_)))
            .collect();
        let set = self.repo.books.settings(&settable).await?;
        for subject in unknown {
            let allowance = match subject {
                Subject::Key(id) => {
                    let key = self.repo.key(id).await?.filter(|key| key.owner_id == who.user_id);
                    Arc::new((&key.ok_or(Error::KeyInvalid)?).into())
                }
                _ => self.settled(subject, set.iter().find(|doc| doc.id == subject.to_string())),
            };
            self.known.insert(since, subject, allowance.clone());
            found.push((subject, allowance));
        }
        Ok(found)
    }

    /// Returns what a person, agent or room may use when this is set for it.
    fn settled(&self, subject: Subject, set: Option<&BudgetDoc>) -> Arc<Allowance> {
        match (subject, set) {
            (Subject::User(user), Some(doc)) => Arc::new(of_user(user, &doc.set)),
            (_, Some(doc)) => Arc::new((&doc.set).into()),
            (Subject::User(user), None) => Arc::new(Allowance {
                owner: Some(user),
                ..Allowance::clone(&self.user)
            }),
            (Subject::Agent(_), None) => self.agent.clone(),
            (Subject::Room(_) | Subject::Key(_), None) => self.room.clone(),
        }
    }

    /// Returns what is in force for one of them, read anew, and whether it is set for it alone.
    pub(crate) async fn read(&self, subject: Subject) -> Result<(Arc<Allowance>, bool), Error> {
        let set = self.repo.books.settings(&[subject]).await?;
        Ok((self.settled(subject, set.first()), !set.is_empty()))
    }

    /// Forgets what was read, after a change.
    pub(crate) fn forget(&self, subject: Subject) {
        self.known.forget(&subject);
    }
}
