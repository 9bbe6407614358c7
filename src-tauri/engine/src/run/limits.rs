//! How many rejected rows a run bears before it stops.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Options;

/// A share of fewer rows says little; only at the end it is judged all the same.
const ENOUGH: u64 = 1_000;

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    rows: Option<u64>,
    /// In percent of the rows read.
    share: Option<f64>,
}

impl Limits {
    pub fn of(options: &Options) -> Limits {
        Limits { rows: options.reject_limit, share: options.reject_share }
    }

    /// `all` says that everything was read.
    ///
    /// # Errors
    /// `RejectLimit`, saying which limit.
    pub fn judge(&self, read: u64, rejected: u64, all: bool) -> Result<()> {
        let stop = |what: String| Err(Error::new(ErrorKind::RejectLimit, what));
        if let Some(limit) = self.rows.filter(|limit| rejected > *limit) {
            return stop(format!("more than {limit} rows were rejected, which is the project's reject_limit"));
        }
        if let Some(share) = self.share.filter(|share| rejected as f64 > share / 100.0 * read as f64)
            && (all || read >= ENOUGH)
        {
            return stop(format!(
                "{rejected} of {read} rows were rejected, more than the {share} % of the project's reject_share"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_judged_by_enough_rows_or_at_the_end() {
        let limits = Limits { rows: None, share: Some(10.0) };
        assert!(limits.judge(10, 5, false).is_ok());
        assert!(limits.judge(10, 5, true).unwrap_err().what.contains("5 of 10"));
        assert!(limits.judge(1_000, 100, false).is_ok());
        assert!(limits.judge(1_000, 101, false).is_err());
        assert!(Limits { rows: None, share: Some(0.0) }.judge(0, 0, true).is_ok());
        assert!(Limits { rows: Some(3), share: None }.judge(9, 3, true).is_ok());
        assert!(
            Limits { rows: Some(3), share: None }.judge(9, 4, false).unwrap_err().what.contains("more than 3 rows")
        );
    }
}
