#![doc = include_str!("../README.md")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

/// A value put into a text.
pub type Value<'a> = fluent_bundle::FluentValue<'a>;

/// A language of the interface, by its place in every slice's list of files; Russian unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lang(pub &'static str);

impl Default for Lang {
    fn default() -> Self {
        Self("ru")
    }
}

/// The texts of one slice: pairs of language and Fluent source.
#[derive(Debug)]
pub struct Texts {
    files: &'static [(&'static str, &'static str)],
}

/// Keeps a text without values once it has been made; one per message.
#[derive(Debug, Default)]
pub struct Slot(OnceLock<HashMap<&'static str, String>>);

impl Slot {
    /// An empty slot.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    /// One bundle per slice and language in each thread: bundles keep caches that are not shared.
    static BUNDLES: RefCell<HashMap<(usize, &'static str), Option<Bundle>>> = RefCell::default();
}

impl Texts {
    /// The texts from their sources.
    #[must_use]
    pub const fn new(files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files }
    }

    /// A text without values.
    pub fn plain(&self, lang: Lang, key: &'static str, slot: &'static Slot) -> &'static str {
        let made = slot.0.get_or_init(|| {
            self.files.iter().map(|&(name, _)| (name, self.format(Lang(name), key, []))).collect()
        });
        made.get(lang.0).or_else(|| made.get("ru")).map_or(key, String::as_str)
    }

    /// A text with values; falls back to Russian, and at worst to the key.
    pub fn format<const N: usize>(
        &self,
        lang: Lang,
        key: &str,
        values: [(&'static str, Value<'static>); N],
    ) -> String {
        let args = FluentArgs::from_iter(values);
        BUNDLES.with_borrow_mut(|bundles| {
            for name in [lang.0, "ru"] {
                let slice = std::ptr::from_ref(self).addr();
                let bundle = bundles.entry((slice, name)).or_insert_with(|| self.bundle(name));
                let Some(bundle) = bundle else { continue };
                let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
                    continue;
                };
                return bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned();
            }
            key.to_owned()
        })
    }

    fn bundle(&self, name: &'static str) -> Option<Bundle> {
        let (_, source) = self.files.iter().find(|(file, _)| *file == name)?;
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let mut bundle = FluentBundle::new(vec![name.parse().ok()?]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Some(bundle)
    }
}

/// Declares the generated texts of the slice: `otklik_locale::texts!();` gives the type `L`.
#[macro_export]
macro_rules! texts {
    () => {
        include!(concat!(env!("OUT_DIR"), "/texts.rs"));
    };
}
