//! Enters: the templates folder. Leaves: every kind, checked. Never: renders anything.
