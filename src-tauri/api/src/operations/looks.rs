//! Looking at values while a mapping is drawn: bounded, and ended at once by its ticket.

use rowferry_engine::catalog::Table;
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::model::TableMapping;
use rowferry_engine::plan;
use rowferry_engine::preview;
use rowferry_engine::transform::Expressions;

use super::mapping::{both, no_table, sides, worded};
use crate::state::{App, Opened};
use crate::wire::*;
use crate::wire_looks::*;

const MOST_ROWS: u32 = 1_000_000;

pub async fn profile_columns(app: &App, request: ProfileColumns) -> Result<TableProfile> {
    let (project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let side = app.side(&project, request.side, false).await?;
    let table = side.catalog.table(&request.table).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("there is no table {} yet", request.table))
            .hint("It has values once a run has created it.")
    })?;
    let table = match &request.mapping {
        Some(mapping) if mapping.from == request.table => plan::as_read(mapping, table),
        _ => table.clone(),
    };
    let rows = u64::from(request.rows.clamp(1, MOST_ROWS));
    let (looked, columns) =
        preview::profile(side.connection.as_ref(), &table, &request.columns, rows, &look.control).await?;
    Ok(TableProfile { looked: looked_at(looked), columns })
}

pub async fn evaluate_steps(app: &App, request: EvaluateSteps) -> Result<StepsEvaluated> {
    let (project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let source = app.side(&project, SideName::Source, false).await?;
    let table = source_table(&source, &request.mapping)?;
    let limit = u64::from(request.limit.clamp(1, 1000));
    let (looked, steps) =
        preview::steps(source.connection.as_ref(), &table, &request.expressions, limit, &look.control).await?;
    let step = |s: preview::Step| StepEvaluated {
        result: s.result,
        problem: s.problem.map(worded),
        values: s.values,
        failures: s.failures.into_iter().map(|(row, reason)| StepFailure { row, reason }).collect(),
    };
    Ok(StepsEvaluated { looked: looked_at(looked), steps: steps.into_iter().map(step).collect() })
}

pub async fn find_losses(app: &App, request: FindLosses) -> Result<LossesFound> {
    let (mut project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let (source, target) = both(app, &project).await?;
    let FindLosses { mapping, column, .. } = request;
    let from = source_table(&source, &mapping)?;
    let existing = target.catalog.table(&mapping.to);
    project.tables.retain(|t| t.to != mapping.to);
    project.tables.push(mapping.clone());
    let to = plan::proposed_table(&project, &mapping, &from, existing, &sides(&source, &target), &Expressions::new())?;
    let rows = u64::from(request.rows.clamp(1, MOST_ROWS));
    let (looked, lost) =
        preview::losses(source.connection.as_ref(), &mapping, &column, &from, &to, rows, &look.control).await?;
    let example = |l: preview::Lost| LostValue {
        before: l.before,
        rejected: l.after.is_none(),
        after: l.after.flatten(),
        reason: l.reason,
    };
    Ok(LossesFound {
        looked: looked_at(looked),
        rows: lost.rows,
        examples: lost.examples.into_iter().map(example).collect(),
    })
}

pub async fn cancel_look(app: &App, request: ByTicket) -> Result<Empty> {
    app.looks.cancel(&request.ticket);
    Ok(Empty {})
}

fn source_table(source: &Opened, mapping: &TableMapping) -> Result<Table> {
    let table = source.catalog.table(&mapping.from).ok_or_else(|| no_table(&mapping.from.to_string()))?;
    Ok(plan::as_read(mapping, table))
}

fn looked_at(looked: preview::Looked) -> LookedAt {
    LookedAt {
        query: looked.query,
        more_queries: looked.more_queries as u32,
        rows: looked.rows,
        sampled: looked.sampled,
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use rowferry_engine::error::ErrorKind;
    use serde_json::{Value, json};

    use crate::{App, call};

    async fn chinook() -> (tempfile::TempDir, App, String) {
        let home = tempfile::tempdir().unwrap();
        let app = App::open_at(home.path()).unwrap();
        let opened = call(&app, "open_sample", json!({ "id": "chinook" })).await.unwrap();
        let id = opened["id"].as_str().unwrap().to_string();
        (home, app, id)
    }

    fn track_to(table: &str, from: &str, to: &str, expression: Option<&str>) -> Value {
        json!({
            "from": { "schema": "main", "table": "Track" },
            "to": { "schema": "main", "table": table },
            "columns": [{ "to": to, "from": [from], "expression": expression }],
        })
    }

    #[tokio::test]
    async fn a_profile_is_of_all_rows_of_a_small_table_and_shows_its_query() {
        let (_home, app, project) = chinook().await;
        let request = json!({ "project": project, "side": "source", "table": { "schema": "main", "table": "Track" },
            "columns": ["Composer", "UnitPrice"], "rows": 100_000, "ticket": "t" });
        let found = call(&app, "profile_columns", request).await.unwrap();
        assert_eq!((&found["looked"]["rows"], &found["looked"]["sampled"]), (&json!(3503), &json!(false)));
        assert!(found["looked"]["query"].as_str().unwrap().contains(r#"from "main"."Track""#));
        let [composer, price] = [&found["columns"][0], &found["columns"][1]];
        assert_eq!((&composer["nulls"], &composer["longest"]), (&json!(977), &json!(188)));
        assert_eq!(
            (&price["distinct"], &price["least"], &price["greatest"]),
            (&json!(2), &json!("0.99"), &json!("1.99"))
        );
    }

    #[tokio::test]
    async fn a_profile_of_a_few_rows_says_that_there_are_more() {
        let (_home, app, project) = chinook().await;
        let request = json!({ "project": project, "side": "source", "table": { "schema": "main", "table": "Track" },
            "columns": ["Name"], "rows": 10, "ticket": "t" });
        let found = call(&app, "profile_columns", request).await.unwrap();
        assert_eq!((&found["looked"]["rows"], &found["looked"]["sampled"]), (&json!(10), &json!(true)));
        assert_eq!(found["columns"][0]["values"].as_array().unwrap().len(), 6);
    }

    #[tokio::test]
    async fn a_target_table_that_a_run_would_create_has_no_values_yet() {
        let (_home, app, project) = chinook().await;
        let request = json!({ "project": project, "side": "target", "table": { "schema": "main", "table": "new" },
            "columns": [], "rows": 10, "ticket": "t" });
        assert_eq!(call(&app, "profile_columns", request).await.unwrap_err().kind, ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn each_step_is_evaluated_on_the_same_rows_and_a_mistake_keeps_no_other_back() {
        let (_home, app, project) = chinook().await;
        let request = json!({ "project": project, "mapping": track_to("track", "Name", "name", None), "limit": 2,
            "expressions": [r#""Name""#, r#"upper("Name")"#, "nope", r#"cast("Name" as int)"#], "ticket": "t" });
        let found = call(&app, "evaluate_steps", request).await.unwrap();
        assert_eq!(found["steps"][0]["values"][0], "For Those About To Rock (We Salute You)");
        assert_eq!(found["steps"][1]["values"][0], "FOR THOSE ABOUT TO ROCK (WE SALUTE YOU)");
        assert!(found["steps"][2]["problem"]["message"].as_str().unwrap().contains("nope"));
        assert_eq!(found["steps"][3]["failures"].as_array().unwrap().len(), 2);
        assert!(
            !found["steps"][3]["failures"][0]["reason"].as_str().unwrap().contains("Rock"),
            "a reason holds no value"
        );
    }

    #[tokio::test]
    async fn values_that_would_be_lost_are_found_with_what_becomes_of_them() {
        let (_home, app, project) = chinook().await;
        let losses = |mapping: Value, column: &str| json!({ "project": project, "mapping": mapping, "column": column, "rows": 100_000, "ticket": "t" });
        let narrow = losses(track_to("genre", "Composer", "name", None), "name");
        let found = call(&app, "find_losses", narrow).await.unwrap();
        assert!(found["rows"].as_u64().unwrap() > 0, "{found}");
        assert_eq!(found["examples"][0]["rejected"], true);
        assert_eq!(found["examples"][0]["reason"], "longer than 120 characters");
        let lossy = losses(track_to("track", "UnitPrice", "bytes", None), "bytes");
        let found = call(&app, "find_losses", lossy).await.unwrap();
        assert_eq!((&found["rows"], &found["examples"][0]["before"]), (&json!(3503), &json!("0.99")), "{found}");
        let exact = losses(track_to("track", "Name", "name", None), "name");
        assert_eq!(call(&app, "find_losses", exact).await.unwrap()["rows"], 0);
    }

    #[tokio::test]
    async fn a_look_ends_at_once_by_its_ticket_and_no_other_does() {
        let (_home, app, project) = chinook().await;
        let request = |ticket: &str| {
            json!({ "project": project, "side": "source", "table": { "schema": "main", "table": "PlaylistTrack" },
                "columns": ["TrackId"], "rows": 100_000, "ticket": ticket })
        };
        // Open it first: only the look itself is to be ended.
        call(&app, "profile_columns", request("first")).await.unwrap();
        let (mut one, other) =
            (Box::pin(call(&app, "profile_columns", request("one"))), call(&app, "profile_columns", request("other")));
        assert!((&mut one).now_or_never().is_none());
        call(&app, "cancel_look", json!({ "ticket": "one" })).await.unwrap();
        assert_eq!(one.await.unwrap_err().kind, ErrorKind::Cancelled);
        other.await.unwrap();
    }
}
