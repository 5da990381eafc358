//! Owns what the driver's errors mean to the port. Refuses to let one of them out.

use ::mongodb::error::{
    Error, ErrorKind, IndexedWriteError, InsertManyError, RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR,
    UNKNOWN_TRANSACTION_COMMIT_RESULT, WriteFailure,
};

use crate::StoreError;

const DUPLICATE_KEY: i32 = 11_000;
const WRITE_CONFLICT: i32 = 112;
const NAMESPACE_NOT_FOUND: i32 = 26;
/// A member of the replica set is stepping down, shutting down, unreachable or too slow.
const AWAY: [i32; 17] = [
    6, 7, 50, 64, 89, 91, 134, 136, 189, 262, 9001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436,
];

/// Why a call did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The port's own reason.
    Store(StoreError),
    /// The server answered nothing in time.
    Late,
    /// What the driver says.
    Driver(Box<Error>),
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Driver(Box::new(e))
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(e) => e,
            Failure::Late => StoreError::Unavailable("MongoDB did not answer in time".into()),
            Failure::Driver(e) if is_away(&e) => StoreError::Unavailable(e.to_string()),
            Failure::Driver(e) => StoreError::Backend(e.to_string()),
        }
    }
}

impl Failure {
    /// Returns the name of the server's index that was violated, if that is what happened.
    pub fn violated(&self) -> Option<&str> {
        let (code, message) = self.first()?;
        if code != DUPLICATE_KEY {
            return None;
        }
        // "E11000 duplicate key error collection: <db>.<collection> index: <name> dup key: { ... }". What a user wrote
        // comes after the name.
        let (_, rest) = message.split_once("index: ")?;
        rest.split_whitespace().next()
    }

    /// Returns how many of several documents were inserted before the one that failed, when one of them failed.
    pub fn inserted(&self) -> Option<usize> {
        let Self::Driver(e) = self else { return None };
        match e.kind.as_ref() {
            ErrorKind::InsertMany(failed) => refused_one(failed).map(|refused| refused.index),
            _ => None,
        }
    }

    /// Tells whether nothing was done because of another writer, so that the same may be tried again.
    pub fn may_be_tried_again(&self) -> bool {
        match self {
            Self::Driver(e) => {
                e.contains_label(TRANSIENT_TRANSACTION_ERROR)
                    || self.first().is_some_and(|(code, _)| code == WRITE_CONFLICT)
            }
            _ => false,
        }
    }

    /// Tells whether a commit may have happened, so that it is to be asked for again.
    pub fn leaves_commit_open(&self) -> bool {
        matches!(self, Self::Driver(e) if e.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT))
    }

    /// Tells whether the server refused a command, rather than being away.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Driver(e) if matches!(e.kind.as_ref(), ErrorKind::Command(_)) && !is_away(e))
    }

    /// Tells whether there is no such collection.
    pub fn is_absence(&self) -> bool {
        self.first().is_some_and(|(code, _)| code == NAMESPACE_NOT_FOUND)
    }

    fn first(&self) -> Option<(i32, &str)> {
        let Self::Driver(e) = self else { return None };
        match e.kind.as_ref() {
            ErrorKind::Write(WriteFailure::WriteError(e)) => Some((e.code, &e.message)),
            ErrorKind::InsertMany(e) => {
                let refused = refused_one(e)?;
                Some((refused.code, &refused.message))
            }
            ErrorKind::Command(e) => Some((e.code, &e.message)),
            _ => None,
        }
    }
}

/// Returns the document of an ordered insert that was refused. Nothing when those before it are not known to be on a majority.
fn refused_one(e: &InsertManyError) -> Option<&IndexedWriteError> {
    if e.write_concern_error.is_some() {
        return None;
    }
    e.write_errors.as_ref()?.first()
}

fn is_away(e: &Error) -> bool {
    if e.contains_label(RETRYABLE_WRITE_ERROR) || e.contains_label(TRANSIENT_TRANSACTION_ERROR) {
        return true;
    }
    match e.kind.as_ref() {
        ErrorKind::Io(_)
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::DnsResolve { .. }
        // Written, but not known to be on a majority.
        | ErrorKind::Write(WriteFailure::WriteConcernError(_)) => true,
        ErrorKind::InsertMany(e) => e.write_concern_error.is_some(),
        ErrorKind::Command(e) => AWAY.contains(&e.code),
        _ => false,
    }
}
