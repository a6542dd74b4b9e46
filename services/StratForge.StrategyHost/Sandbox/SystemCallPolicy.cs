namespace StratForge.StrategyHost.Sandbox;

/// <summary>Which system calls a host may make, by name. <see cref="SystemCallFilter"/> turns this into programs for the kernel.</summary>
/// <remarks>A call stands in exactly one list or has a rule of its own in the filter. One that stands nowhere does not exist for the host:
/// it answers ENOSYS, so that libc falls back to an older one instead of failing.</remarks>
internal static class SystemCallPolicy
{
    /// <summary>No runtime and no honest program makes these: the process is killed on the spot, and its exit (SIGSYS) says so.</summary>
    public static readonly string[] Killed = Words("""
        ptrace process_vm_readv process_vm_writev bpf perf_event_open userfaultfd open_by_handle_at
        mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
        kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff
        add_key request_key keyctl iopl ioperm modify_ldt acct syslog quotactl
        settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname
        """);

    /// <summary>Answered with EPERM: a library may try them, and lives with the refusal.</summary>
    public static readonly string[] Refused = Words("""
        socket connect accept accept4 sendto recvfrom sendmsg recvmsg recvmmsg sendmmsg shutdown bind listen getsockname getpeername
        socketpair setsockopt getsockopt
        fork vfork execve memfd_create memfd_secret
        rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat unlink unlinkat mknod mknodat creat
        truncate ftruncate fallocate chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat
        setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr chdir fchdir flock
        sched_setscheduler sched_setparam sched_setattr setpriority ioprio_set mlock mlock2 mlockall setrlimit
        setuid setgid setreuid setregid setresuid setresgid setgroups capset setsid setpgid personality
        shmget shmat shmctl shmdt semget semop semctl msgget msgsnd msgrcv msgctl mq_open
        inotify_init inotify_init1 fanotify_init io_setup io_submit
        pidfd_open pidfd_getfd pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tkill
        timer_create timerfd_create signalfd4 vmsplice splice tee sendfile copy_file_range
        landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """);

    /// <summary>Calls with a successor that the filter could not look into; libc then takes the old one.</summary>
    public static readonly string[] Absent = Words("clone3 io_uring_setup io_uring_enter io_uring_register openat2");

    /// <summary>What both runtimes need.</summary>
    public static readonly string[] Allowed = Words("""
        read write readv writev pread64 close lseek poll ppoll select pselect6 dup dup2 dup3 pipe pipe2 close_range
        stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd getdents64 statfs fstatfs fadvise64
        munmap mprotect mremap madvise brk
        rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
        futex set_robust_list get_robust_list set_tid_address rseq arch_prctl
        sched_yield sched_getaffinity getcpu nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
        getpid gettid getppid getpgrp getpgid getsid getuid getgid geteuid getegid uname sysinfo getrlimit getrusage getrandom
        epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
        exit exit_group
        """);

    /// <summary>What only .NET needs: its garbage collector asks about processors and memory.</summary>
    public static readonly string[] AllowedForDotNet = Words("""
        membarrier sched_setaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min get_mempolicy epoll_pwait2
        """);

    private static string[] Words(string text) =>
        text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
