//! Enters: a word of a closed list. Leaves: its value, and its label for people.
//! Never: accepts a word that its list does not have.

/// Defines a closed list: each word as the case file and the ledger write it, with its label for people.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value with its word in a case file.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),*];

            /// Returns the value in words, for people.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $words,)* }
            }
        }

        impl $crate::fields::FieldValue for $name {
            const SORT: $crate::fields::Sort = $crate::fields::Sort::Choice(&[$(($word, $words)),*]);

            fn read(
                location: &mut $crate::fields::Location<'_>,
                node: &$crate::fields::json::Node,
                _: usize,
            ) -> Option<Self> {
                $crate::fields::reader::choice(location, node, $name::WORDS)
            }

            fn data(&self) -> serde_json::Value {
                serde_json::json!(self)
            }

            fn choice_label(&self) -> Option<&'static str> {
                Some(self.label())
            }
        }
    };
}
pub(crate) use closed;
