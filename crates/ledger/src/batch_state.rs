//! Enters: nothing by itself. Leaves: whether further rows of a batch are dropped.
//! Never: says what became of a message: each has a state of its own.

despatch_core::closed! {
    /// Whether further rows of a batch are dropped.
    BatchState {
        Open = "open", "open";
        /// Until somebody releases it.
        Held = "held", "held";
        /// For good.
        Cancelled = "cancelled", "cancelled";
    }
}
