//! Enters: the words of a closed list. Leaves: its type, which a field of a case file can hold.
//! Never: accepts a word that its list does not have.

/// Defines a closed list whose words a case file writes: [`despatch_core::closed`], as the value of a field.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:literal, $label:literal;)* }) => {
        despatch_core::closed! { $(#[$doc])* $name { $($(#[$of])* $value = $word, $label;)* } }

        impl $crate::fields::FieldValue for $name {
            const SORT: $crate::fields::Sort = $crate::fields::Sort::Choice(&[$(($word, $label)),*]);

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
