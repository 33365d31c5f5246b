//! Enters: what the calling thread still needs of files and of the network, or that it needs nothing but to compute.
//! Leaves: the thread, and every thread and process that it starts from then on, without the rest, as far as this kernel
//! can; what this kernel can. Never: touches what is open already, threads that run already, or gives anything back.
//!
//! Landlock keeps a process from opening what it has no business with, whoever it runs as; seccomp answers every system
//! call that a list does not have with "not permitted". Neither takes the place of file permissions: they bound what
//! somebody gets who makes our own code do what it was not written for.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::PathBuf;

/// The newest version of Landlock whose every right was thought about here. An older kernel does what it can of it.
const KNOWN: ABI = ABI::V7;

/// What a thread may still open after [`files`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Files and folders to read, with everything below them; one that does not exist is left out.
    pub read: Vec<PathBuf>,
    /// Files to read and write.
    pub write: Vec<PathBuf>,
    /// Folders in which, and below which, plain files and folders are read, written, renamed and removed.
    pub folders: Vec<PathBuf>,
    /// Folders as those, into which anything may be moved that lies there: a link or a pipe too.
    pub moved: Vec<PathBuf>,
    /// Ports to which it may connect by TCP.
    pub ports: Vec<u16>,
}

/// What a kernel has to confine a process with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel {
    /// The version of Landlock: files from 1 on, TCP from 4 on, signals from 6 on.
    pub landlock: Option<u32>,
    pub seccomp: bool,
}

impl Kernel {
    /// Asks the kernel on which this process runs.
    pub fn here() -> Self {
        Self { landlock: landlock_version(), seccomp: has_filters() }
    }
}

/// Whether this kernel filters system calls.
#[expect(unsafe_code, reason = "one system call that gets a null pointer and is to fail by it")]
fn has_filters() -> bool {
    // SAFETY: the kernel reads a filter's memory if it has filters, finds none at null, and changes nothing (seccomp(2),
    // prctl(2)): "bad address" then, "invalid argument" where it has none.
    let refused = unsafe {
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, std::ptr::null::<libc::c_void>())
    };
    refused == -1 && io::Error::last_os_error().raw_os_error() == Some(libc::EFAULT)
}

/// The version of Landlock that this kernel has, if it has it and it is switched on.
#[expect(
    unsafe_code,
    reason = "one system call that libc does not wrap, with a null pointer and no memory of ours"
)]
fn landlock_version() -> Option<u32> {
    const VERSION: libc::c_uint = 1;
    let attributes = std::ptr::null::<libc::c_void>();
    // SAFETY: with this flag the kernel reads no memory and makes no descriptor: it returns a number.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, attributes, 0_usize, VERSION) };
    u32::try_from(version).ok().filter(|version| *version > 0)
}

/// Takes from the calling thread every file and every connection but those that it needs, starting programs, and signals
/// to and abstract sockets of processes outside, as far as this kernel's Landlock can; without Landlock nothing changes.
/// Call it before other threads start.
///
/// # Errors
/// A folder or file to write does not exist; or the kernel has Landlock and refuses.
pub fn files(needs: &Needs) -> io::Result<()> {
    let rules = open_rules(needs)?;
    let rules = match rules {
        Some(rules) => add(rules, needs)?,
        None => return Ok(()),
    };
    rules.restrict_self().map(drop).map_err(refused)
}

/// Begins a set of rules that allows nothing; `None` where the kernel has no Landlock.
fn open_rules(needs: &Needs) -> io::Result<Option<RulesetCreated>> {
    for path in needs.write.iter().chain(&needs.folders).chain(&needs.moved) {
        fs::metadata(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    }
    if landlock_version().is_none() {
        return Ok(None);
    }
    let handled = Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(KNOWN)))
        .and_then(|rules| rules.scope(Scope::from_all(KNOWN)));
    handled.and_then(Ruleset::create).map(Some).map_err(refused)
}

fn add(rules: RulesetCreated, needs: &Needs) -> io::Result<RulesetCreated> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let within = read
        | write
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer;
    let anything = within
        | AccessFs::MakeSym
        | AccessFs::MakeFifo
        | AccessFs::MakeSock
        | AccessFs::MakeChar
        | AccessFs::MakeBlock;
    let mut rules = rules.add_rules(path_beneath_rules(&needs.read, read)).map_err(refused)?;
    let whole: [(&[PathBuf], BitFlags<AccessFs>); 3] =
        [(&needs.write, write), (&needs.folders, within), (&needs.moved, anything)];
    for (paths, access) in whole {
        for path in paths {
            let place = PathFd::new(path).map_err(io::Error::other)?;
            rules = rules.add_rule(PathBeneath::new(place, access)).map_err(refused)?;
        }
    }
    let ports =
        needs.ports.iter().map(|port| Ok::<_, RulesetError>(NetPort::new(*port, AccessNet::ConnectTcp)));
    rules.add_rules(ports).map_err(refused)
}

/// What a process does after [`calls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It computes, reads and writes what is open, and starts threads.
    Computing,
    /// It does that, and opens, moves and removes files.
    Filing,
    /// It computes, and answers whoever connects to a socket that is open already; it connects to nobody.
    Serving,
}

/// Takes from the calling thread every system call but those of its work: nothing is connected, started or traced any
/// more, and by one that computes nothing is opened. Where the kernel has no seccomp, nothing changes.
///
/// # Errors
/// The kernel has seccomp and refuses.
pub fn calls(work: Work) -> io::Result<()> {
    if !Kernel::here().seccomp {
        return Ok(());
    }
    // The C library asks for a thread by the newer call, whose flags no filter can read; being told that there is no such
    // call it takes the older one.
    let newer = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let no_such_call = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let not_permitted = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    // In this order: the second takes away the call that installs a filter.
    let filters = [
        filter(newer, SeccompAction::Allow, no_such_call)?,
        filter(rules_of(work)?, not_permitted, SeccompAction::Allow)?,
    ];
    filters.iter().try_for_each(|program| seccompiler::apply_filter(program).map_err(refused))
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn filter(rules: Rules, others: SeccompAction, these: SeccompAction) -> io::Result<BpfProgram> {
    let machine = std::env::consts::ARCH.try_into().map_err(refused)?;
    SeccompFilter::new(rules, others, these, machine).and_then(BpfProgram::try_from).map_err(refused)
}

/// The calls of a process that also files.
const FILING: [i64; 26] = [
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_newfstatat,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_getdents64,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_fchmod,
    libc::SYS_fchown,
    libc::SYS_ftruncate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    // Leases, and descriptors that are kept twice.
    libc::SYS_fcntl,
    libc::SYS_dup,
    libc::SYS_dup3,
    // Whose process it is.
    libc::SYS_geteuid,
    libc::SYS_getegid,
    libc::SYS_getuid,
    libc::SYS_getgid,
];

/// The calls of a process that also serves: to accept, to wait for several at once, and to speak. Neither `socket` nor
/// `connect` is among them.
const SERVING: [i64; 14] = [
    libc::SYS_accept4,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_shutdown,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_fcntl,
];
/// Those of them that only older machines have.
#[cfg(target_arch = "x86_64")]
const WAITING: [i64; 1] = [libc::SYS_epoll_wait];
#[cfg(not(target_arch = "x86_64"))]
const WAITING: [i64; 0] = [];

/// The calls of a process that does this; what is not listed is not permitted.
fn rules_of(work: Work) -> io::Result<Rules> {
    let mut rules = computing()?;
    let more: &[&[i64]] = match work {
        Work::Computing => &[],
        Work::Filing => &[&FILING],
        Work::Serving => &[&SERVING, &WAITING],
    };
    rules.extend(more.iter().flat_map(|calls| calls.iter()).map(|call| (*call, Vec::new())));
    Ok(rules)
}

/// The calls of a process that computes.
fn computing() -> io::Result<Rules> {
    let always = [
        // What is open.
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        // Memory.
        libc::SYS_brk,
        libc::SYS_madvise,
        libc::SYS_mremap,
        libc::SYS_munmap,
        // Threads, and waiting for them.
        libc::SYS_clone3,
        libc::SYS_futex,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_rseq,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_set_robust_list,
        // Signals of its own, and its end.
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        // Time and chance.
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_getrandom,
    ];
    let only = [
        (libc::SYS_clone, 0, has(libc::CLONE_THREAD)),
        // No memory that is written becomes code.
        (libc::SYS_mmap, 2, lacks(libc::PROT_EXEC)),
        (libc::SYS_mprotect, 2, lacks(libc::PROT_EXEC)),
        // A thread's name, for whoever looks at a process that hangs.
        (libc::SYS_prctl, 0, (SeccompCmpOp::Eq, libc::PR_SET_NAME.unsigned_abs().into())),
        // Itself, to abort.
        (libc::SYS_tgkill, 0, (SeccompCmpOp::Eq, std::process::id().into())),
    ];
    let mut rules: Rules = always.into_iter().map(|call| (call, Vec::new())).collect();
    for (call, argument, (operator, value)) in only {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
        let rule = condition.and_then(|condition| SeccompRule::new(vec![condition])).map_err(refused)?;
        rules.insert(call, vec![rule]);
    }
    Ok(rules)
}

fn has(flag: libc::c_int) -> (SeccompCmpOp, u64) {
    let flag = u64::from(flag.unsigned_abs());
    (SeccompCmpOp::MaskedEq(flag), flag)
}

fn lacks(flag: libc::c_int) -> (SeccompCmpOp, u64) {
    (SeccompCmpOp::MaskedEq(flag.unsigned_abs().into()), 0)
}

fn refused(why: impl Display) -> io::Error {
    io::Error::other(format!("this process cannot be confined: {why}"))
}
