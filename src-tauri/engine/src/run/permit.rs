//! May a plan run? Only when nothing blocks it and a person has agreed to what must be confirmed.

use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Plan, Severity};

/// What a person agreed to before the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Confirmed {
    #[default]
    Nothing,
    /// Everything that the plan with this fingerprint lists.
    Plan(String),
    /// Everything that the plan lists, whatever it is (`--yes`).
    Everything,
}

/// May this plan run? Gives what was confirmed.
pub(super) fn permit(plan: &Plan, dry_run: bool, confirmed: &Confirmed) -> Result<Vec<String>> {
    let listed = |severity: Severity| -> Vec<String> {
        plan.findings
            .iter()
            .filter(|f| f.severity == severity)
            .map(|f| match (&f.table, &f.column) {
                (Some(t), Some(c)) => format!("{t}.{c}: {}", f.message),
                (Some(t), None) => format!("{t}: {}", f.message),
                _ => f.message.clone(),
            })
            .collect()
    };
    // A dry run writes nothing: what is there already does not stop it.
    let blocking: Vec<String> = if dry_run {
        plan.findings
            .iter()
            .filter(|f| f.severity == Severity::Blocks && f.code != crate::plan::FindingCode::TargetNotEmpty)
            .map(|f| f.message.clone())
            .collect()
    } else {
        listed(Severity::Blocks)
    };
    if !blocking.is_empty() {
        let count = blocking.len();
        return Err(Error::new(
            ErrorKind::Blocked,
            format!("{count} finding{} of the plan block the run", if count == 1 { "" } else { "s" }),
        )
        .detail(blocking.join("; ")));
    }
    let confirm = listed(Severity::Confirm);
    let agreed = match confirmed {
        Confirmed::Everything => true,
        Confirmed::Plan(fingerprint) => *fingerprint == plan.fingerprint,
        Confirmed::Nothing => false,
    };
    if !dry_run && !confirm.is_empty() && !agreed {
        return Err(Error::new(ErrorKind::Blocked, "the plan lists what must be confirmed first")
            .detail(confirm.join("; "))
            .hint("Confirm it in the window, or pass --yes."));
    }
    Ok(if dry_run { Vec::new() } else { confirm })
}
