//! Sets, reads and removes what a single person, agent or room may use. Knows not who may do so: handlers ask that.

use std::sync::Arc;

use kernel::UserId;

use crate::app::App;
use crate::app::governor::budgets;
use crate::config::BudgetConfig;
use crate::domain::gone::Ending;
use crate::domain::ledger::LedgerDoc;
use crate::domain::subject::{Allowance, BudgetDoc, Subject, Unit};
use crate::error::Error;
use crate::repo::books::AccountId;

/// What is in force for one of them, and what became of it today.
pub(crate) struct Standing {
    pub(crate) allowance: Arc<Allowance>,
    /// Whether it is set for this one alone.
    pub(crate) own: bool,
    /// Micros and tokens.
    pub(crate) spent: (u64, u64),
    /// What processes hold of each for calls under way, and for a few seconds after.
    pub(crate) held: (u64, u64),
}

impl App {
    /// Reads what is in force for `subject`. What was used counts as long as there is a budget, and is a second old.
    pub(crate) async fn standing(&self, subject: Subject) -> Result<Standing, Error> {
        let (allowance, own) = self.governor.allowances.read(subject).await?;
        let named = budgets(&allowance).map(|(unit, _, window)| AccountId { subject, unit, window });
        let accounts: Vec<AccountId> = named.collect();
        let found = self.repo.books.accounts(&accounts).await?;
        let now = self.ambient.now();
        let of = |unit: Unit| {
            let account = accounts.iter().find(|account| account.unit == unit)?;
            let current = |doc: &&LedgerDoc| doc.id == account.to_string() && doc.period >= account.window.begin(now);
            found.iter().find(current).map(|doc| (doc.spent, doc.held()))
        };
        let (micros, tokens) = (
            of(Unit::Micros).unwrap_or_default(),
            of(Unit::Tokens).unwrap_or_default(),
        );
        Ok(Standing {
            allowance,
            own,
            spent: (micros.0, tokens.0),
            held: (micros.1, tokens.1),
        })
    }

    /// Sets what `subject` may use: in force here at once, elsewhere within five seconds.
    pub(crate) async fn set_budget(&self, subject: Subject, set: BudgetConfig) -> Result<(), Error> {
        let doc = BudgetDoc {
            id: subject.to_string(),
            set,
            set_at: self.ambient.now(),
        };
        self.repo.books.set(&doc).await?;
        if let Subject::User(user) = subject
            && self.is_erased(user).await?
        {
            self.remove_budget(subject).await?;
            return Err(Error::BudgetNotFound);
        }
        self.governor.allowances.forget(subject);
        Ok(())
    }

    /// Lets the configuration hold for `subject` again.
    pub(crate) async fn unset_budget(&self, subject: Subject) -> Result<(), Error> {
        self.repo.books.unset(subject).await?;
        self.governor.allowances.forget(subject);
        Ok(())
    }

    /// Removes all that is known of a subject's budgets.
    pub(crate) async fn remove_budget(&self, subject: Subject) -> Result<(), Error> {
        self.unset_budget(subject).await?;
        Ok(self.governor.treasury.remove(subject).await?)
    }

    async fn is_erased(&self, user: UserId) -> Result<bool, Error> {
        Ok(self.gone.ending(user).await? == Some(Ending::Erased))
    }
}
