//! The list of operations: names, types and where each is carried out, in one place.
//!
//! From it come the dispatcher that both shells call, and the schema that the window's TypeScript types are made from.

use rowferry_engine::catalog::Catalog;
use rowferry_engine::connectors::Descriptor;
use rowferry_engine::plan::Plan;
use rowferry_engine::report::Report;
use rowferry_engine::report::pictures::Picture;
use rowferry_engine::run::{RunEvent, RunSnapshot};
use rowferry_engine::verify::Verification;

use crate::operations::{connections, drift, looks, mapping, projects, runs, versions};
use crate::state::App;
use crate::wire::*;
use crate::wire_looks::*;

macro_rules! operations {
    ($($(#[doc = $doc:literal])* $name:ident: $module:ident, $request:ty => $reply:ty;)+) => {
        /// Carries out the operation with this name on a request in JSON; gives the reply as JSON text. A catalog may
        /// have many megabytes, so that nothing stands between the reply and its text.
        pub async fn call_text(app: &App, operation: &str, request: serde_json::Value) -> Result<String, WireError> {
            match operation {
                $(stringify!($name) => {
                    let request: $request = crate::decode(operation, request)?;
                    let reply: $reply = $module::$name(app, request).await.map_err(WireError::from)?;
                    crate::encode(operation, &reply)
                })+
                _ => Err(crate::unknown(operation)),
            }
        }

        /// JSON Schema of every operation, under `$defs` and `properties`.
        pub fn schema() -> serde_json::Value {
            let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
            let mut operations = serde_json::Map::new();
            $(
                let request = generator.subschema_for::<$request>();
                let reply = generator.subschema_for::<$reply>();
                operations.insert(stringify!($name).into(), serde_json::json!({
                    "type": "object",
                    "description": <[&str]>::join(&[$($doc.trim()),*], "\n"),
                    "required": ["request", "reply"],
                    "additionalProperties": false,
                    "properties": { "request": request, "reply": reply },
                }));
            )+
            let names: Vec<_> = operations.keys().cloned().collect();
            let _ = generator.subschema_for::<RunEvent>();
            let _ = generator.subschema_for::<WireError>();
            let definitions = generator.take_definitions(true);
            serde_json::json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Operations",
                "description": "Every operation of the engine that a window can call.",
                "type": "object",
                "additionalProperties": false,
                "required": names,
                "properties": operations,
                "$defs": definitions,
            })
        }
    };
}

operations! {
    /// What this build is, and whether the keychain can be used.
    about: projects, Empty => About;
    /// The kinds of database, with the fields of their forms.
    connectors: connections, Empty => Vec<Descriptor>;
    /// Projects to try with nothing installed.
    samples: projects, Empty => Vec<Sample>;
    /// Makes fresh copies of a sample's databases and project in the workspace, and opens it.
    open_sample: projects, ById => OpenProject;
    /// Latest opened first.
    recent_projects: projects, Empty => Vec<RecentProject>;
    /// Takes a project off the list; its file stays.
    forget_project: projects, ById => Empty;
    new_project: projects, NewProject => OpenProject;
    /// Opens a project file where it is.
    open_project: projects, ByPath => OpenProject;
    /// What a project file holds, for a preview: nothing is opened or remembered.
    read_project: projects, ReadFile => ReadProject;
    /// Copies a project file into the workspace under a new id, and opens the copy.
    import_project: projects, ByPath => OpenProject;
    load_project: projects, ById => OpenProject;
    /// Writes the file, keeps a version, and the edits that led to it. Fails as a conflict when somebody else changed the
    /// file since `base`.
    save_project: projects, SaveProject => Saved;
    /// Fails as a conflict when the file no longer holds this version.
    project_unchanged: projects, ProjectAt => Empty;
    /// Writes the document to a file of the person's choice.
    export_project: projects, ExportProject => Exported;
    /// What undo and redo need after a restart.
    edit_history: versions, ById => EditHistory;
    /// Latest first.
    project_versions: versions, ById => Vec<ProjectVersion>;
    load_version: versions, ProjectAt => OpenProject;
    /// Gives a version a name, under which it is kept for good, or takes it away.
    name_version: versions, NameVersion => Empty;
    url_from_form: connections, ConnectionForm => UrlText;
    form_from_url: connections, UrlText => ConnectionForm;
    test_connection: connections, TestConnection => ConnectionTested;
    set_secret: connections, SetSecret => SecretStatus;
    forget_secret: connections, SecretOf => SecretStatus;
    secret_status: connections, SecretOf => SecretStatus;
    catalog: connections, GetCatalog => Catalog;
    /// What became of both schemas since the mapping was last seen against them.
    drift: drift, ById => Drift;
    /// From now on drift is measured from the schemas as they are.
    accept_schemas: drift, ById => Empty;
    /// Adds suggestions for what is not mapped; with an empty target, tables to create.
    suggest: mapping, MappingOf => Suggested;
    describe_mapping: mapping, MappingOf => MappingDescription;
    analyze_expression: mapping, AnalyzeExpression => ExpressionAnalysis;
    functions: mapping, Empty => Vec<FunctionDescription>;
    preview: mapping, PreviewRows => Preview;
    /// What the values of columns are like, in a bounded part of a table of either side.
    profile_columns: looks, ProfileColumns => TableProfile;
    /// What each of several expressions makes of the same real rows.
    evaluate_steps: looks, EvaluateSteps => StepsEvaluated;
    /// Real values that a link would lose.
    find_losses: looks, FindLosses => LossesFound;
    /// Ends a look at values, at once: it then fails as cancelled.
    cancel_look: looks, ByTicket => Empty;
    /// The plan of the saved project.
    check: runs, ById => Plan;
    /// The same, with what the data say: reads the source, of large tables a part.
    examine: runs, ById => Plan;
    /// Ends the reading of data for this project's plan, at once: `examine` then fails as cancelled.
    cancel_examination: runs, ById => Empty;
    start_run: runs, StartRun => RunStarted;
    /// Adds the rows of a corrected reject file to what the target holds, by a run of its own.
    load_rejects: runs, LoadRejects => RunStarted;
    pause_run: runs, ByRun => Empty;
    continue_run: runs, ByRun => Empty;
    /// Ends the run once the chunks under way are committed; it can be resumed.
    stop_run: runs, ByRun => Empty;
    /// Ends it at once: the chunks under way are taken back; what was committed stays and can be resumed.
    cancel_run: runs, ByRun => Empty;
    /// Goes on with a run that was cancelled, failed or interrupted.
    resume_run: runs, ByRun => RunStarted;
    /// Takes what the run wrote out of the target again.
    rollback_run: runs, ByRun => Empty;
    /// Removes what the target keeps for a rollback of the run, which cannot be taken back then.
    accept_run: runs, ByRun => Empty;
    run_status: runs, ByRun => RunSnapshot;
    /// Runs under way in this process, latest first.
    live_runs: runs, Empty => Vec<RunSnapshot>;
    /// Latest first.
    runs: runs, ListRuns => Vec<RunSummary>;
    report: runs, ByRun => Report;
    /// The report's figures as bars.
    report_pictures: runs, ByRun => Vec<Picture>;
    render_report: runs, RenderReport => RenderedReport;
    rejects: runs, ListRejects => Rejects;
    verify_run: runs, VerifyRun => Verification;
}
