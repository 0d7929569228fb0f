/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ways in which cores share memory here.
 *
 *	value     one writer, any reader. Each is whole by itself: base_load_*, base_store_*,
 *	          base_counter_add
 *	sequence  one writer, any reader, several words that must agree. The writer makes the count
 *	          odd, writes, and makes it even. A reader copies, and copies once more if the
 *	          count has moved. (The kernel's seqcount. No lock, no read-modify-write: on x86
 *	          these are plain moves, on arm64 loads that acquire and one barrier a write.)
 *	turns     who has the turn may do as he likes; the turn is given away by a store that
 *	          releases, and seen by a load that acquires. The order box is of this kind
 *
 * Why a reader cannot miss that the count moved. It acquires each word. If a word is of a write
 * that was begun meanwhile, then the odd count before it is seen too. The writer has two ways to
 * write what lies between:
 *
 *	words     base_write_words releases each. C11 and ThreadSanitizer know all of this
 *	plain     entries and records of sockets are bit-fields, which packets change one by one. A
 *	          plain write beside an atomic read is a race to C11, so here more is relied on: GCC
 *	          and clang move no write before the fence of base_seq_write_begin nor behind the
 *	          store of base_seq_write_end. Nor does the processor: x86 stores in order, arm64
 *	          has a barrier for the fence (dmb ish) and a store that releases (stlr). Whatever
 *	          else is made of a plain write (in parts, twice, early by the compiler) stays
 *	          between the two, and no reader uses it
 *
 * Integers and compiler builtins only, so that the headers that embed them are C and C++ alike.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include "base_compiler.h"
#include "base_cpu.h"

#if defined(__SANITIZE_THREAD__)
#define BASE_SANITIZES_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BASE_SANITIZES_THREADS 1
#endif
#endif

/*
 * ThreadSanitizer knows no fences, and takes a plain write beside an atomic read for a race. So it
 * ignores what the writer writes while the count is odd, and nothing else: a write outside of that,
 * or a plain read, is still reported. It does not check what a reader makes of torn words; the
 * tests do (track_torture_test.cc). Its fence is left to the compiler, which is what the other one
 * comes to on x86.
 */
#ifdef BASE_SANITIZES_THREADS
#ifdef __cplusplus
extern "C" {
#endif
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
#ifdef __cplusplus
}
#endif
#define BASE_SEQ_WRITES_BEGIN()                                                                    \
	do {                                                                                       \
		__atomic_signal_fence(__ATOMIC_RELEASE);                                           \
		AnnotateIgnoreWritesBegin(__FILE__, __LINE__);                                     \
	} while (0)
#define BASE_SEQ_WRITES_END() AnnotateIgnoreWritesEnd(__FILE__, __LINE__)
#else
#define BASE_SEQ_WRITES_BEGIN() __atomic_thread_fence(__ATOMIC_RELEASE)
#define BASE_SEQ_WRITES_END()
#endif

/* Read what another core may be writing. Any thread. */
BASE_INLINE uint64_t
base_load_u64(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

BASE_INLINE uint32_t
base_load_u32(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* Write what other cores may be reading. Its one writer only. */
BASE_INLINE void
base_store_u64(uint64_t *p, uint64_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELAXED);
}

BASE_INLINE void
base_store_u32(uint32_t *p, uint32_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELAXED);
}

/* Adds to a counter. Its one writer only: the writer's own last value needs no atomic read. */
BASE_INLINE void
base_counter_add(uint64_t *counter, uint64_t n)
{
	base_store_u64(counter, *counter + n);
}

/* Opens a write. Its one writer only. */
BASE_INLINE void
base_seq_write_begin(uint32_t *seq)
{
	base_store_u32(seq, *seq + 1);
	BASE_SEQ_WRITES_BEGIN();
}

/* Closes it: what was written may be read. Its one writer only. */
BASE_INLINE void
base_seq_write_end(uint32_t *seq)
{
	BASE_SEQ_WRITES_END();
	__atomic_store_n(seq, *seq + 1, __ATOMIC_RELEASE);
}

/*
 * Returns an even number, which goes to base_seq_read_retry. Spins while a write is open. Any
 * reader.
 */
BASE_INLINE uint32_t
base_seq_read_begin(const uint32_t *seq)
{
	uint32_t s;

	while ((s = __atomic_load_n(seq, __ATOMIC_ACQUIRE)) & 1)
		base_cpu_pause();
	return s;
}

/*
 * True when what was copied since base_seq_read_begin may be torn: the reader must copy once more.
 * No fence is needed, for all that was copied was acquired.
 */
BASE_INLINE bool
base_seq_read_retry(const uint32_t *seq, uint32_t begun)
{
	return base_load_u32(seq) != begun;
}

/*
 * Copies whole words and reads each of them once, since a writer may be at work on them. `bytes` is
 * a multiple of 8. Any reader.
 */
BASE_INLINE void
base_copy_words(void *to, const void *from, size_t bytes)
{
	uint64_t *t = (uint64_t *)to;
	const uint64_t *f = (const uint64_t *)from;

	for (size_t i = 0; i < bytes / 8; i++)
		t[i] = __atomic_load_n(&f[i], __ATOMIC_ACQUIRE);
}

/*
 * Writes whole words, in their order, where readers may be copying them. `bytes` is a multiple of
 * 8. Its one writer only, once the count has moved.
 */
BASE_INLINE void
base_write_words(void *to, const void *from, size_t bytes)
{
	uint64_t *t = (uint64_t *)to;
	const uint64_t *f = (const uint64_t *)from;

	for (size_t i = 0; i < bytes / 8; i++)
		__atomic_store_n(&t[i], f[i], __ATOMIC_RELEASE);
}

#endif
