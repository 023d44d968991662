//! An event log in memory: one trace at a time.

/// The type of an attribute in XES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text.
    String,
    /// A moment.
    Date,
    /// A whole number.
    Int,
    /// Another number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// An identifier.
    Id,
    /// Ordered attributes, of which keys may repeat.
    List,
    /// Unordered attributes.
    Container,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::String,
        Self::Date,
        Self::Int,
        Self::Float,
        Self::Boolean,
        Self::Id,
        Self::List,
        Self::Container,
    ];

    /// The name of its element.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Date => "date",
            Self::Int => "int",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Id => "id",
            Self::List => "list",
            Self::Container => "container",
        }
    }

    /// Whether it has a value of its own.
    #[must_use]
    pub const fn has_value(self) -> bool {
        !matches!(self, Self::List | Self::Container)
    }
}

/// An attribute with its value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its type.
    pub kind: Kind,
    /// Its key, such as `concept:name`.
    pub key: String,
    /// Its value; empty for lists and containers.
    pub value: String,
    /// Attributes of the attribute.
    pub nested: Vec<Self>,
    /// Elements of a list's `values`.
    pub values: Vec<Self>,
}

impl Attribute {
    /// An attribute without nested ones.
    #[must_use]
    pub fn new(kind: Kind, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { kind, key: key.into(), value: value.into(), nested: Vec::new(), values: Vec::new() }
    }
}

/// What all traces or events of a log have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// `trace` or `event`.
    pub scope: String,
    /// With values that stand for missing ones.
    pub attributes: Vec<Attribute>,
}

/// Where the meaning of keys is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The prefix of its keys.
    pub prefix: String,
    /// Its address: a name, nothing is fetched from it.
    pub uri: String,
}

/// Which keys tell events apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classifier {
    /// Its name.
    pub name: String,
    /// `trace`, or nothing for events.
    pub scope: String,
    /// Keys, separated as they are.
    pub keys: String,
}

/// What a log says before its traces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its extensions.
    pub extensions: Vec<Extension>,
    /// Attributes that all traces or events have.
    pub globals: Vec<Global>,
    /// Its classifiers.
    pub classifiers: Vec<Classifier>,
    /// Attributes of the log.
    pub attributes: Vec<Attribute>,
}

/// A case with its events in the order of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Attributes of the case.
    pub attributes: Vec<Attribute>,
    /// Attributes of each event.
    pub events: Vec<Vec<Attribute>>,
}

impl Trace {
    /// The value of an attribute among some.
    #[must_use]
    pub fn value<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a str> {
        attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.as_str())
    }
}
