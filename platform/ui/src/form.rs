//! What forms show: mistakes beside their fields, choices.

/// A mistake in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, which is also the `id` of its control.
    pub field: String,
    /// What is wrong and how to mend it.
    pub text: String,
}

/// The mistakes of a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(pub Vec<FieldError>);

impl Errors {
    /// No mistakes.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a mistake; an empty field name makes one about the whole form.
    pub fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), text: text.into() });
    }

    /// The first mistake of a field, or an empty string.
    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|error| error.field == field).map_or("", |error| error.text.as_str())
    }

    /// Whether all of them are about the whole form, none about a field.
    #[must_use]
    pub fn only_whole(&self) -> bool {
        self.0.iter().all(|error| error.field.is_empty())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One choice of a select or of radio buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// Its words.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice among others, chosen when its value is the current one.
    #[must_use]
    pub fn new(value: impl Into<String>, text: impl Into<String>, current: &str) -> Self {
        let value = value.into();
        Self { chosen: value == current, value, text: text.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_mistake_of_a_field_is_shown_beside_it() {
        let mut errors = Errors::new();
        assert!(errors.is_empty());
        errors.add("email", "Нет знака @.");
        errors.add("email", "Слишком длинно.");
        assert_eq!(errors.of("email"), "Нет знака @.");
        assert_eq!(errors.of("name"), "");
        assert!(!errors.only_whole());
    }

    #[test]
    fn the_current_value_is_chosen() {
        assert!(Choice::new("7", "Неделя", "7").chosen);
        assert!(!Choice::new("30", "Месяц", "7").chosen);
    }
}
