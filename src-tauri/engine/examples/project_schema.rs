//! Prints the JSON Schema of the project document: `cargo xtask codegen` publishes it in `docs/`.

fn main() {
    println!("{:#}", rowferry_engine::model::json_schema());
}
