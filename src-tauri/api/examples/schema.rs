//! Prints the JSON Schema of every operation: the window's types are made from it.

fn main() {
    println!("{:#}", rowferry_api::schema());
}
