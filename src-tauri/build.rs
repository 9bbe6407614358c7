//! Capabilities, and a page to show where the UI has not been built.

fn main() {
    let page = std::path::Path::new("ui/dist/index.html");
    if !page.exists() {
        let text =
            "<!doctype html><title>Rowferry</title><p>The UI is not built: <code>cargo xtask run</code> builds it.";
        let written = page.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(page, text));
        if let Err(e) = written {
            println!("cargo:warning=the UI's placeholder cannot be written: {e}");
        }
    }
    // The assets are inside the binary, so that a new UI needs a new binary.
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/*.json");
    if let Err(e) = tauri_build::try_build(attributes) {
        println!("cargo:warning={e:#}");
        std::process::exit(1);
    }
}
