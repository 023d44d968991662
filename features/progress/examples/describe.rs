//! Prints the description of a package: what `data/datapackage.json` must be.

use otklik_progress::describe::package;
use otklik_progress::reference::Reference;

fn main() {
    println!("{:#}", package(Reference::built_in()));
}
