//! Enters: the words of a closed list. Leaves: its type, each value with its word and its label for people.
//! Never: accepts a word that its list does not have.

/// Defines a closed list: each value with its word, as files and the record write it, and its label for people.
#[macro_export]
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $value,)*
        }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: [$name; [$($word),*].len()] = [$($name::$value),*];
            /// Every value with its word.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$value)),*];

            /// Returns the value's word.
            pub fn code(self) -> &'static str {
                match self { $($name::$value => $word,)* }
            }

            /// Returns the value in words, for people.
            pub fn label(self) -> &'static str {
                match self { $($name::$value => $label,)* }
            }
        }
    };
}
