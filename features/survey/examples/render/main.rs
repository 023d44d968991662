//! Writes every public page, filled with samples, into a folder: `cargo run -p otklik-survey --example render -- DIR`.

use std::path::PathBuf;

use otklik_survey::view;

mod sample;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "pages".into()));
    std::fs::create_dir_all(&folder)?;
    for (name, page) in sample::pages() {
        std::fs::write(folder.join(format!("{name}.html")), &page)?;
        println!("{:>5} bytes  {name}", page.len());
    }
    Ok(())
}
