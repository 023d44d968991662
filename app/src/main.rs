//! `otklik`: see the library of the same name.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// What an import of millions of rows gives back goes back to the system; glibc's own keeps a growing part of it. How
/// soon it goes is set in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    otklik::cli::main()
}
