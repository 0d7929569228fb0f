/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two ways in which cores share memory here.
 *
 *	counter   one writer, any reader. Each value is whole by itself: base_counter_add,
 *	          base_load_u64
 *	sequence  one writer, any reader, several words that must agree. The writer makes the count
 *	          odd, writes, and makes it even. A reader copies, and copies once more if the
 *	          count has moved. (The kernel's seqcount. No lock, no read-modify-write: on x86
 *	          these are plain moves.)
 *
 * Integers and compiler builtins alone, so that the headers that embed them are C and C++ alike.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include "base_compiler.h"

/* Reads a counter that another core may be adding to. Any thread. */
BASE_INLINE uint64_t
base_load_u64(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/*
 * ThreadSanitizer knows no fences. It takes a plain write beside an atomic read for a race, and a
 * sequence is made of such pairs. These annotations make it ignore what the writer writes while the
 * count is odd, and nothing else: a write outside of that, or a read by anything but
 * base_copy_words, is still reported. ThreadSanitizer does not check what a reader makes of torn
 * words; the tests do.
 */
#if defined(__SANITIZE_THREAD__)
#ifdef __cplusplus
extern "C" {
#endif
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
#ifdef __cplusplus
}
#endif
#define BASE_SEQ_WRITES_BEGIN() AnnotateIgnoreWritesBegin(__FILE__, __LINE__)
#define BASE_SEQ_WRITES_END()   AnnotateIgnoreWritesEnd(__FILE__, __LINE__)
#define BASE_FENCE(order)       __atomic_signal_fence(order) /* x86 needs no more */
#else
#define BASE_SEQ_WRITES_BEGIN()
#define BASE_SEQ_WRITES_END()
#define BASE_FENCE(order) __atomic_thread_fence(order)
#endif

/* Adds to a counter. Its one writer only: the writer's own last value needs no atomic read. */
BASE_INLINE void
base_counter_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* Opens a write. Its one writer only. */
BASE_INLINE void
base_seq_write_begin(uint32_t *seq)
{
	__atomic_store_n(seq, *seq + 1, __ATOMIC_RELAXED);
	BASE_FENCE(__ATOMIC_RELEASE);
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
		__builtin_ia32_pause();
	return s;
}

/*
 * True when what was copied since base_seq_read_begin may be torn: the reader must copy once more.
 */
BASE_INLINE bool
base_seq_read_retry(const uint32_t *seq, uint32_t begun)
{
	BASE_FENCE(__ATOMIC_ACQUIRE);
	return __atomic_load_n(seq, __ATOMIC_RELAXED) != begun;
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
		t[i] = base_load_u64(&f[i]);
}

#endif
