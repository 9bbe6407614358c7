//! What reads data for a person in this process, so that they can end it: examinations by project, looks by ticket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use rowferry_engine::run::Control;

/// Those under way, by number: with the project or ticket that each is of. Clones share them.
#[derive(Clone, Default)]
pub struct Examinations(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    next: u64,
    running: HashMap<u64, (String, Control)>,
}

/// One examination; forgotten when it ends, however that is.
pub struct Examination {
    pub control: Control,
    number: u64,
    all: Examinations,
}

impl Examinations {
    pub fn begin(&self, project: &str) -> Examination {
        let mut known = self.known();
        known.next += 1;
        let (number, control) = (known.next, Control::new());
        known.running.insert(number, (project.to_string(), control.clone()));
        Examination { control, number, all: self.clone() }
    }

    /// Ends those of a project or ticket; nothing where there is none.
    pub fn cancel(&self, project: &str) {
        self.known().running.values().filter(|(of, _)| of == project).for_each(|(_, control)| control.cancel());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Drop for Examination {
    fn drop(&mut self) {
        self.all.known().running.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use rowferry_engine::error::ErrorKind;
    use serde_json::json;

    use super::*;
    use crate::{App, call};

    #[tokio::test]
    async fn a_reading_under_way_ends_at_once_when_it_is_cancelled() {
        let home = tempfile::tempdir().unwrap();
        let app = App::open_at(home.path()).unwrap();
        let samples = call(&app, "samples", json!({})).await.unwrap();
        let sample = call(&app, "open_sample", json!({ "id": samples[0]["id"] })).await.unwrap();
        let project = json!({ "id": sample["id"] });
        let mut examined = Box::pin(call(&app, "examine", project.clone()));
        // It waits for its databases, which are opened on other threads.
        assert!((&mut examined).now_or_never().is_none());
        call(&app, "cancel_examination", project.clone()).await.unwrap();
        assert_eq!(examined.await.unwrap_err().kind, ErrorKind::Cancelled);
        call(&app, "examine", project.clone()).await.expect("a later one is not cancelled");
        call(&app, "cancel_examination", project).await.expect("nothing is under way, and that is no error");
    }

    #[test]
    fn only_those_of_the_project_are_cancelled_and_none_is_kept() {
        let all = Examinations::default();
        let (one, twin, other) = (all.begin("a"), all.begin("a"), all.begin("b"));
        all.cancel("a");
        assert!(one.control.check().is_err() && twin.control.check().is_err() && other.control.check().is_ok());
        drop((one, twin, other));
        assert!(all.known().running.is_empty());
        assert!(all.begin("a").control.check().is_ok(), "a later one is not cancelled");
    }
}
