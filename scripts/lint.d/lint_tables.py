# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/lint looks for, and what is allowed all the same: each exception has its reason."""

COLUMNS = 100
FILE_LINES = 500
FUNCTION_LINES = 80
FOLDER_FILES = 24
SUBJECT_COLUMNS = 60
FIRST_COMMIT = '93289d2'        # the commits after this one are looked at
SUBJECT = r'[\w./-]+(, [\w./-]+)*: (?!(an?|the) )[a-z]'

# Sizes: {file or folder or 'file:function': reason}
SIZES_ALLOWED = {}

# Names that a file of lib/X may have though they do not begin with X_, {name: reason}.
NAMES_ALLOWED = {
    'ioctl': "stands before libc's, for DPDK's drivers (dpdk_flags.h)",
}

# What a packet's way must not call. Kind: regex of whole names of undefined symbols.
FORBIDDEN = {
    'allocation': r'(m|c|re|va|pv|memalign_)?alloc|realloc(array)?|malloc|calloc|free|cfree|'
                  r'aligned_alloc|posix_memalign|memalign|x?(m|c|re)allocx|[sn]?dallocx|str(n)?dup|'
                  r'v?asprintf|mmap(64)?|munmap|mremap|madvise|brk|sbrk|numa_\w+|'
                  r'mem_\w*(alloc|free|init|fini|create|destroy)\w*|rte_(m|c|z|re)alloc\w*|'
                  r'rte_free|rte_mempool_create\w*|rte_ring_(create|free)',
    'lock': r'pthread_\w+|sem_\w+|mtx_\w+|cnd_\w+|flockfile|call_once',
    'log': r'base_log\w*|v?syslog|rte_v?log|v?(warn|err)x?|error|perror|strerror\w*',
    'stdio': r'(__)?v?[sfd]?n?printf(_chk)?|f?put[cs]|putchar|puts|fwrite|fread|fopen\w*|fclose|'
             r'fflush|fget[cs]|getline|v?f?scanf|v?sscanf|__isoc99_\w*scanf|stdout|stderr|stdin',
    'system call': r'syscall|p?(read|write)v?(64)?|ioctl|open(at)?(64)?|close|poll|ppoll|epoll_\w+|'
                   r'select|pselect|futex|getrandom|getentropy|send(to|msg|mmsg)?|'
                   r'recv(from|msg|mmsg)?|socket|accept4?|connect|bind|nanosleep|u?sleep|'
                   r'clock_\w+|base_clock\w+|gettimeofday|time|getpid|gettid|getcpu|sched_\w+|'
                   r'sysconf|f?stat(64)?|lseek(64)?|unlink|rename|kill|raise|sig\w+|getenv|exit',
}

# Whose objects are looked at: every C file of these libraries, and these single files.
HOT_LIBRARIES = ('packet', 'flow', 'tcp', 'duplicate', 'entry', 'endpoint', 'track')
HOT_FILES = ('lib/dpdk/dpdk_receive.c', 'lib/dpdk/dpdk_handover.c', 'app/spanstatd/worker.c')

# Built on x86-64 alone, so a build for another processor has no objects of them.
X86_ONLY = ('lib/flow/flow_hash_avx2.c', 'lib/flow/flow_hash_avx512.c')

# What only one kind of processor has: whole words. {file where it may stand: reason}
PROCESSOR = (r'\b(_mm\d*_\w+|__m\d+i?|__builtin_(ia32|cpu|aarch64|arm|neon)_\w+|_?_rdtscp?|'
             r'\w*(imm|x86)intrin|arm_neon|__(x86_64|i386|aarch64|arm|SSE\w*|AVX\w*|ARM\w*)__|'
             r'__asm__ volatile\("[^"]|target\(")')
PROCESSOR_FILES = {
    'lib/base/base_cpu.h': 'the two functions that each kind has',
    'app/cpu/cpu_check.c': 'what this CPU has, by its own instruction; not built elsewhere',
    'app/cpu/cpu_wanted.c': 'what the compiler may use; not built elsewhere',
    'lib/flow/flow_hash.c': 'the table of its versions, of which one is plain',
    'lib/flow/flow_hash_lanes.h': 'how many there are',
    'lib/flow/flow_hash_avx2.c': 'one of them; not built elsewhere',
    'lib/flow/flow_hash_avx512.c': 'one of them; not built elsewhere',
    'lib/flow/flow_index.h': 'a loop is the other way',
    'lib/endpoint/endpoint_table.c': 'a loop is the other way',
    'lib/doctor/doctor_cpu.c': 'which flags the build needs: those of x86',
    'tests/bench/bench.c': 'a counter that waits for earlier instructions',
    'tests/unit/doctor_cpu_test.cc': 'what the build needs can be missing',
}

# Files that set up and take down as well: name of the file, (regex of what they may call, reason).
COLD = {
    'flow_hash.c': (r'getrandom', 'the seed, drawn at the start'),
    'flow_table.c': (r'aligned_alloc|free|mem_region_\w+', 'create and destroy'),
    'track.c': (r'aligned_alloc|free', 'create and destroy'),
    'track_events.c': (r'mem_arena_\w+', 'the ring: create and destroy'),
    'track_emit.c': (r'mem_arena_\w+', 'the ring: create and destroy'),
    'endpoint_event.c': (r'mem_arena_\w+', 'the ring: create and destroy'),
    'track_socket.c': (r'mem_region_\w+', 'create and destroy'),
    'endpoint_table.c': (r'mem_region_\w+', 'create and destroy'),
    'endpoint_case.c': (r'mem_region_\w+', 'create and destroy'),
    'track_wide.c': (r'mem_region_\w+', 'create and destroy'),
    'entry_trouble.c': (r'mem_region_\w+', 'create and destroy'),
    'dpdk_handover.c': (r'rte_ring_(create|free)|snprintf', 'the rings: create and destroy'),
    'worker.c': (r'base_clock_mono_us|sched_yield',
                 'the one place that reads the clock, once a turn; yields a CPU that it shares'),
}

# One word, one meaning. Regex of a word, the folders where it may not stand, what to use instead.
CODE = ('app/', 'lib/', 'tests/')
OWN = ('app/', 'lib/')
ENGINE = ('lib/base/', 'lib/mem/', 'lib/packet/', 'lib/duplicate/', 'lib/tcp/', 'lib/capture/',
          'lib/flow/', 'lib/entry/', 'lib/endpoint/', 'lib/track/', 'lib/snapshot/', 'lib/dpdk/')
REPORTS = ('app/', 'lib/report/', 'lib/filter/', 'lib/digest/', 'lib/print/', 'lib/dialect/',
           'lib/query/', 'lib/ctl/', 'lib/conf/')
WORDS = (
    (r'(?i)track_recent\w*', CODE, 'duplicate_*'),
    (r'(?i)(track_wides?|entry_overflow)(_\w+)?', CODE, 'entry_upper_*, entry_trouble_*'),
    (r'(?i)track_tally\w*', CODE, 'entry_count_*'),
    (r'(?i)track_entry\w*', CODE, 'entry_*'),
    (r'(?i)track_(doubt|rtt)(_\w+)?', CODE, 'entry_doubt_*, entry_rtt_*'),
    (r'(?i)track_sockets?(_\w+)?', CODE, 'endpoint_table_*'),
    (r'(?i)track_notes(_\w+)?', CODE, 'endpoint_event_*'),
    (r'(?i)track_snapshot\w*', CODE, 'snapshot_*'),
    (r'(?i)track_listen_rows\w*', CODE, 'snapshot_endpoint_*'),
    (r'track_events_put_\w+', CODE, 'track_emit_*'),
    (r'(?i)(track_)?laps?(_\w+)?|track_\w+_lap', OWN, 'profile (track_profile_*)'),
    (r'(?i)\w*coarse\w*', CODE, 'tcp_duration: a duration in 11 or 12 bits'),
    (r'(?i)report_out(_\w+)?', CODE, 'print_out_*'),
    (r'(?i)report_fit(_\w+)?', CODE, 'print_terminal_*'),
    (r'(?i)report_shown(_\w+)?', CODE, 'print_names_*'),
    (r'(?i)tell_\w+', CODE, 'print_* or an emit'),
    (r'(?i)digest_looks?(_\w+)?', CODE, 'digest_history_* (saved counts), WARNING (verdict)'),
    (r'(?i)flow_side(_\w+)?|flow_table_side', CODE, 'flow_cold: the cold slot'),
    (r'(?i)filter_sides?(_\w+)?', CODE, 'filter_local: which end is local'),
    (r'(?i)leaks_side|\w+_choose_side', OWN, 'open end: who has not closed'),
    (r'(?i)tcp_note(_\w+)?|(snd|rcv)_note', CODE, 'claim (tcp_claim): not acknowledged yet'),
    # The engine: neither in names nor in comments.
    (r'wides?|coarse', ENGINE, 'entry_upper; tcp_duration'),
    (r'notes?|noted', ENGINE, 'claim, or endpoint event'),
    (r'taught|teach(es)?', ENGINE, 'learn'),
    (r'(?<!-)(?<!side by )sides?(?! by side)', ENGINE, 'cold, local, open end, or end'),
    (r'looks?(?! like)|looked', ENGINE, 'examined, read, searched; as the case may be'),
    (r'fits?', ENGINE, 'has room'),
    (r'tells?|(?<!as it was )told', ENGINE, 'says, emits; as the case may be'),
    (r'(TALLY|tally)_\w+', CODE, 'count'),
    (r'TCP_END_STRAY\w*', CODE, 'TCP_END_DOUBTFUL: a stray packet came by the wrong queue'),
    (r'\w*FIN_AGAIN\w*', CODE, 'FIN_REPEATED'),
    (r'duplicate_(seen|mark|words?|judge|teach|push)', CODE, 'duplicate_*: fingerprint, learn'),
    (r'listen_[a-z_]+(?=\()', ('lib/track/', 'lib/snapshot/'), 'endpoint'),
    (r'(snd|rcv)_note|snapshot_copy_wide|track_is_heard', CODE, 'claim, upper, emit'),
    # The reports: messages and the keys of JSON keep their words.
    (r'report_end_name|FILTER_FIELD_END|REPORT_GROUP_END|COLUMN_END', CODE, 'end cause'),
    (r'(?<=[a-z]->)again|(?<=[a-z]\.)again', CODE, 'retransmitted, repeats'),
    (r'(?<!side by )sides?(?! by side)|FILTER_PART_SIDE', REPORTS, 'local, open end, or end'),
    (r'(?<=[*&>])looks?|(?<=[a-z]\.)looks?|look_ppm', CODE, 'history, sample, warning'),
    (r'(?<=[*&>])alone|(?<=[a-z]\.)alone|udp_alone', REPORTS, 'unconnected'),
    (r'(leaks|clients|\w+wait)_lines', OWN, 'rows: a line is a row as a host shows it'),
    (r'\w+_tell(_\w+)?|\w+_told(?=\()|(?<=[*>])told', OWN, 'print, log, report, receive'),
    (r'(?<!enough to )tells?|telling', REPORTS, 'says, reports; as the case may be'),
    (r'notes?|noted', REPORTS, 'adds, lists; as the case may be'),
    (r'print_group_shown|\w+_SHOWN_MAX', CODE, 'print_group_key, quoted'),
    (r'dialect_styles?', CODE, 'dialect_spelling: how a dialect writes sockets'),
)
