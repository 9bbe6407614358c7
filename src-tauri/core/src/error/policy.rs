//! What to do about an error, by its kind.

use super::ErrorKind;

/// May the same call be tried again?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The same call may succeed in a moment.
    Retry,
    /// Only these rows are at fault: set them aside and go on.
    RejectRows,
    /// Somebody must change something first.
    Stop,
}

impl ErrorKind {
    pub fn advice(self) -> Advice {
        match self {
            ErrorKind::Transient | ErrorKind::Busy => Advice::Retry,
            ErrorKind::Constraint | ErrorKind::Conversion | ErrorKind::BadData => Advice::RejectRows,
            _ => Advice::Stop,
        }
    }

    /// May the same call succeed in a moment, once it has succeeded before? A server that was reached and is not any more
    /// may be restarting.
    pub fn may_pass(self) -> bool {
        self.advice() == Advice::Retry || self == ErrorKind::Unreachable
    }

    /// What a person can do about any error of this kind.
    pub fn remedy(self) -> Option<&'static str> {
        Some(match self {
            ErrorKind::InvalidProject => "Correct the project file at the path named.",
            ErrorKind::InvalidUrl => {
                "Use postgres://user@host:port/db?schema=public, mysql://user@host:port/db, sqlite:PATH, csv:PATH, json:PATH \
                 or parquet:PATH."
            }
            ErrorKind::NotFound => "Check the name; a rescan shows what exists now.",
            ErrorKind::WrongFormat => "Choose a file of the kind that the URL names.",
            ErrorKind::Unreachable => "Check host, port and firewall, and that the server runs.",
            ErrorKind::Authentication => "Check the user name and enter the password again.",
            ErrorKind::Permission => "Ask for the missing right, or connect as another user.",
            ErrorKind::SecretNeeded => {
                "Enter the password, save it in the keychain, or set ROWFERRY_PASSWORD_<CONNECTION>."
            }
            ErrorKind::Keychain => {
                "Unlock or start the system's keychain; until then the password is asked each session."
            }
            ErrorKind::Expression => "Correct the expression at the character named.",
            ErrorKind::Conversion | ErrorKind::BadData => {
                "Correct the value at its source, or map the column with an expression."
            }
            ErrorKind::Constraint => "Correct the row, or change the mapping so that it meets the target's constraint.",
            ErrorKind::Blocked => "Resolve the findings that block; `rowferry check` lists them.",
            ErrorKind::RejectLimit => "Look at the rejects, correct mapping or data, and resume; or raise the limit.",
            ErrorKind::DiskFull => "Free some room, then resume the run: what was committed is kept.",
            ErrorKind::Busy => "Close the other program that holds the lock, then resume.",
            ErrorKind::Conflict => "Look at what was changed, then keep yours or take theirs.",
            ErrorKind::Transient => "Try again, or resume the run.",
            ErrorKind::Cancelled => return None,
            ErrorKind::Unsupported => "Choose another connector or option.",
            ErrorKind::Io => "Check the path and its permissions.",
            ErrorKind::Internal => "This is a defect of Rowferry: please report it with the log.",
        })
    }
}
