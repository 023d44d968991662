//! The slice's texts.

otklik_locale::texts!();

impl L {
    /// The text of a code in one of the dictionaries: `find("action", "bodies.create")` is the message
    /// `action-bodies-create`.
    #[must_use]
    pub fn find(self, dictionary: &str, code: &str) -> Option<String> {
        let key = format!("{dictionary}-{}", code.replace(['.', '_'], "-"));
        let text = TEXTS.format(self.0, &key, []);
        (text != key).then_some(text)
    }
}
