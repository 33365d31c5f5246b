//! Enters: a word of a closed list. Leaves: the value that it stands for, and its words for people.
//! Never: takes a word that its list does not have.

/// Words of a closed list, as the case file and the ledger write them, and as people read them.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value with the word that stands for it in a case file.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),*];

            /// The value in words, for people.
            pub fn words(self) -> &'static str {
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

            fn label(&self) -> Option<&'static str> {
                Some(self.words())
            }
        }
    };
}
pub(crate) use closed;
