//! Enters: nothing. Leaves: the process with few heaps, or without what lies unused in them.
//! Never: changes what memory may be used for.

/// How many heaps the threads of a process share. glibc gives each thread one of its own, up to eight for each core, and a
/// heap keeps what its busiest moment took: a service with a dozen threads then holds several times what it needs
/// (measured: 257 MB with one heap a thread, 152 MB with two, ten people browsing).
#[cfg(target_env = "gnu")]
const HEAPS: libc::c_int = 2;

/// Lets the threads of this process share a few heaps. To be called before the first of them starts.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "mallopt has no safe wrapper; it takes two integers")]
pub fn share_heaps() {
    // SAFETY: it sets a number that the allocator reads under its own lock (mallopt(3)); no memory is passed.
    let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, HEAPS) };
}

/// Where the system's library has no such setting, nothing changes.
#[cfg(not(target_env = "gnu"))]
pub fn share_heaps() {}

/// Gives the system back whole pages that lie unused between others: what a process frees in pieces of many sizes stays
/// with it otherwise, and grows with its work. It takes some milliseconds.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "malloc_trim has no safe wrapper; it takes an integer")]
pub fn give_back() {
    // SAFETY: it returns free pages of the allocator under its own locks (malloc_trim(3)); no memory in use is touched.
    let _ = unsafe { libc::malloc_trim(0) };
}

/// Where the system's library has no such call, nothing changes.
#[cfg(not(target_env = "gnu"))]
pub fn give_back() {}
