/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The settings of the daemon, all of them, with units.
 *
 * conf_init fills it with defaults, conf_load from a file, and conf_set changes one setting for the
 * command line. It is a plain value: no pointer, nothing to free, copied by assignment. Padding and
 * what follows a text in its field are zero, so memcmp may compare two of them; SIGHUP finds in
 * this way what is new. About 60 kB.
 *
 * Concurrency: the control core owns it. Workers are given what concerns them, by value.
 */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>

#include "base_parse.h"
#include "layer_settings.h"

BASE_BEGIN_DECLS

#define CONF_NAME_MAX     64  /* bytes with the NUL, as the next three */
#define CONF_SOCKET_MAX   108 /* sun_path */
#define CONF_EAL_MAX      1024
#define CONF_ACCOUNT_MAX  33 /* bytes of a user's or group's name, its NUL included */
#define CONF_ADDRESS_MAX  56 /* bytes of [ADDRESS]:PORT, its NUL included */
#define CONF_ITEM_MAX     512
#define CONF_LIST_MAX     16 /* entries of one list of sources */
#define CONF_SOURCES_MAX  32 /* of all lists together */
#define CONF_NETS_MAX     256
#define CONF_WORKERS_MAX  64
#define CONF_FLOWS_WORKER ((1u << 24) - 1) /* most that a worker can number */
#define CONF_NAMES_MAX    512
#define CONF_PORTS_MAX    8
#define CONF_MIRRORS_MAX  16
#define CONF_LABEL_MAX    BASE_LABEL_MAX

/* Texts in the order of the file. */
struct conf_list {
	uint32_t count;
	char item[CONF_LIST_MAX][CONF_ITEM_MAX];
};

struct conf_sources {
	struct conf_list interface; /* kernel interfaces */
	struct conf_list pci;       /* DDDD:BB:DD.F or BB:DD.F */
	struct conf_list vdev;      /* DPDK virtual devices with their arguments */
	bool wait; /* for one that is not there at the start, instead of ending with an error */
};

struct conf_home {
	uint32_t count;
	struct base_net net[CONF_NETS_MAX];
};

/* What a host or a network is called. */
struct conf_label {
	struct base_net net;
	char label[CONF_LABEL_MAX];
};

/* No network twice. */
struct conf_names {
	uint32_t count;
	struct conf_label item[CONF_NAMES_MAX];
};

struct conf_identity {
	bool vlan;   /* the same addresses and ports in another VLAN are another connection */
	bool tunnel; /* the same in another VXLAN, Geneve or NVGRE network are another connection */
};

struct conf_ports {
	uint32_t count;
	uint16_t port[CONF_PORTS_MAX];
};

/* How packets inside others are read. */
struct conf_decode {
	uint32_t checksum; /* enum packet_checksum_mode: what is done about wrong ones */
	uint32_t depth;    /* tunnels in one another */
	struct conf_ports ports[LAYER_N_PORT_KINDS]; /* UDP's that are tunnels, by their kind */
	struct conf_home
	    mirror_to; /* addresses of this appliance at which tunnels of mirrors end */
};

/* What a monitoring system asks for over HTTP. */
struct conf_metrics {
	char listen[CONF_ADDRESS_MAX]; /* ADDRESS:PORT (conf_address.h); empty: nobody is served */
	uint32_t top;                  /* servers with series of their own */
};

/* CPUs by number, none twice, in the order of the file. None: the daemon chooses. */
struct conf_cpu_list {
	uint32_t count;
	uint16_t cpu[CONF_WORKERS_MAX];
};

/* Where the cores of the daemon run. */
struct conf_cpus {
	struct conf_cpu_list control, receive; /* one at most */
	struct conf_cpu_list workers;          /* worker 0's first */
};

struct conf_duplicates {
	bool detect;
	uint32_t window_ms; /* a copy comes within this time of its original */
};

/* Seconds in a state after which a flow is forgotten or moves on. */
struct conf_timers {
	uint32_t syn_sent_sec;
	uint32_t syn_received_sec;
	uint32_t established_sec; /* idle */
	uint32_t half_closed_sec; /* idle; FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT */
	uint32_t closing_sec;
	uint32_t last_ack_sec;
	uint32_t time_wait_sec; /* 2 x MSL; no key of its own, made of msl and preset */
	uint32_t closed_sec;
	uint32_t midstream_sec; /* begun in midstream and nothing more seen */
	uint32_t udp_oneway_sec;
	uint32_t udp_sec;
};

/* Whose maximum segment lifetime is taken; seconds in conf_preset_msl_sec(). */
enum conf_preset {
	CONF_PRESET_RFC793,
	CONF_PRESET_LINUX,
	CONF_PRESET_WINDOWS,
	CONF_PRESET_ZOS,
	CONF_PRESET_SOLARIS,
	CONF_PRESETS
};

struct conf {
	char name[CONF_NAME_MAX]; /* of this daemon, in reports' titles */
	char socket[CONF_SOCKET_MAX];
	char eal[CONF_EAL_MAX]; /* for DPDK, as written; may be empty */
	uint32_t workers;
	uint32_t flows;           /* table capacity, all workers together */
	uint32_t listeners;       /* records of sockets, each worker */
	uint32_t cut_at;          /* bytes: the mirror cuts longer frames to this; 0: it does not */
	uint32_t log_level;       /* enum base_log_level */
	uint32_t query_memory_mb; /* MiB that sorts, groups and digests may have together */
	char user[CONF_ACCOUNT_MAX];        /* whose rights remain; empty: spanstat or nobody */
	char group[CONF_ACCOUNT_MAX];       /* who may ask; empty: spanstat, if it exists */
	char admin_group[CONF_ACCOUNT_MAX]; /* who may change; empty: root */
	bool seccomp;                       /* only the system calls that are needed */
	bool core;                          /* the kernel may write a core file */
	bool no_huge;
	struct conf_cpus cpus;
	struct conf_sources sources;
	struct conf_home home;
	struct conf_names names;
	struct conf_identity identity;
	struct conf_decode decode;
	struct conf_duplicates duplicates;
	struct conf_metrics metrics;
	struct conf_timers timers;
	uint32_t preset;  /* enum conf_preset */
	uint32_t msl_sec; /* as written; 0: that of the preset */
};

BASE_END_DECLS

#endif
