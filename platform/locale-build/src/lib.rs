#![doc = include_str!("../README.md")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use fluent_syntax::ast::{self, Expression, InlineExpression, PatternElement};

/// Generates `$OUT_DIR/texts.rs` from `locales/ru.ftl` and every other `locales/*.ftl`.
///
/// Panics with file and message key when a file can't be read, a text is wrong, or another language has
/// a message that Russian lacks: a build script has no better way to say it.
#[expect(clippy::disallowed_methods, reason = "a build script is told its folders by the environment")]
pub fn generate() {
    println!("cargo::rerun-if-changed=locales");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let text = texts(&Path::new(&root).join("locales"));
    std::fs::write(Path::new(&out).join("texts.rs"), text).expect("OUT_DIR can be written");
}

fn texts(folder: &Path) -> String {
    let mut files: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for path in entries.map(|entry| entry.expect("a folder entry").path()) {
        if path.extension().is_some_and(|ext| ext == "ftl") {
            let language = path.file_stem().expect("a name").to_string_lossy().into_owned();
            files.insert(language, messages(&path));
        }
    }
    let russian = files.get("ru").unwrap_or_else(|| panic!("{}: ru.ftl is missing", folder.display()));
    for (language, messages) in &files {
        for key in messages.keys() {
            assert!(russian.contains_key(key), "{language}.ftl: {key} is not in ru.ftl");
        }
    }
    let mut code = String::from("static TEXTS: ::otklik_locale::Texts = ::otklik_locale::Texts::new(&[\n");
    for language in files.keys() {
        // The text itself, not its path: a build folder may be shared by several checkouts.
        let path = folder.join(format!("{language}.ftl"));
        let source = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        writeln!(code, "    ({language:?}, {source:?}),").expect("a string grows");
    }
    code.push_str("]);\n\n/// The texts of this slice in one language: a method per message.\n");
    code.push_str("#[derive(Clone, Copy, Debug, Default)]\npub struct L(pub ::otklik_locale::Lang);\n\n");
    code.push_str("#[allow(dead_code, clippy::allow_attributes, clippy::too_many_arguments, clippy::must_use_candidate)]\nimpl L {\n");
    for (key, variables) in russian {
        let name = key.replace('-', "_");
        writeln!(code, "    /// The message `{key}`.").expect("a string grows");
        if variables.is_empty() {
            writeln!(code, "    pub fn {name}(self) -> &'static str {{\n        static SLOT: ::otklik_locale::Slot = ::otklik_locale::Slot::new();\n        TEXTS.plain(self.0, {key:?}, &SLOT)\n    }}").expect("a string grows");
        } else {
            let arguments = variables
                .iter()
                .map(|v| format!("{}: impl Into<::otklik_locale::Value<'static>>", v.replace('-', "_")))
                .collect::<Vec<_>>()
                .join(", ");
            let pairs = variables
                .iter()
                .map(|v| format!("({v:?}, {}.into())", v.replace('-', "_")))
                .collect::<Vec<_>>()
                .join(", ");
            writeln!(code, "    pub fn {name}(self, {arguments}) -> String {{\n        TEXTS.format(self.0, {key:?}, [{pairs}])\n    }}").expect("a string grows");
        }
    }
    code.push_str("}\n");
    code
}

fn messages(path: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let resource = fluent_syntax::parser::parse(text)
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
    let mut messages = BTreeMap::new();
    for entry in &resource.body {
        let ast::Entry::Message(message) = entry else { continue };
        let key = message.id.name.clone();
        let mut variables = BTreeSet::new();
        match &message.value {
            Some(pattern) => collect(pattern, &mut variables),
            None => panic!("{}: {key} has no text", path.display()),
        }
        assert!(messages.insert(key.clone(), variables).is_none(), "{}: {key} stands twice", path.display());
    }
    messages
}

fn collect(pattern: &ast::Pattern<String>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables);
        }
    }
}

fn collect_expression(expression: &Expression<String>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, variables),
        Expression::Select { selector, variants } => {
            collect_inline(selector, variables);
            for variant in variants {
                collect(&variant.value, variables);
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<String>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.clone());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                collect_inline(argument, variables);
            }
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, variables),
        _ => {}
    }
}
