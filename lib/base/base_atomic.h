/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two ways in which cores share memory here.
 *
 *   counter   one writer, any reader, each value whole by itself: base_counter_add, base_load_u64
 *   sequence  one writer, any reader, several words that must agree: the writer makes it odd,
 *             writes, and makes it even; a reader copies and copies again if the number moved.
 *             (The kernel's seqcount. No lock, no read-modify-write: on x86 plain moves.)
 *
 * Plain integers and compiler builtins, so that the headers that embed them are C and C++ alike.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include "base_compiler.h"

BASE_INLINE uint64_t
base_load_u64(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/*
 * ThreadSanitizer knows no fences, and takes a plain write beside an atomic read for a race, which
 * is what a sequence is made of. It is told to pass over what the writer writes while the count is
 * odd, and over nothing else: a write outside of it, or a read that is not base_copy_words', is
 * still a race. What a reader makes of torn words is not its business; tests look after that.
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

/* Writer only: its own last value needs no atomic read. */
BASE_INLINE void
base_counter_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

BASE_INLINE void
base_seq_write_begin(uint32_t *seq)
{
	__atomic_store_n(seq, *seq + 1, __ATOMIC_RELAXED);
	BASE_FENCE(__ATOMIC_RELEASE);
	BASE_SEQ_WRITES_BEGIN();
}

BASE_INLINE void
base_seq_write_end(uint32_t *seq)
{
	BASE_SEQ_WRITES_END();
	__atomic_store_n(seq, *seq + 1, __ATOMIC_RELEASE);
}

/* Returns an even number: the value to hand to base_seq_read_retry. Spins while a write is open. */
BASE_INLINE uint32_t
base_seq_read_begin(const uint32_t *seq)
{
	uint32_t s;

	while ((s = __atomic_load_n(seq, __ATOMIC_ACQUIRE)) & 1)
		__builtin_ia32_pause();
	return s;
}

/* True when what was copied since base_seq_read_begin may be torn and must be copied again. */
BASE_INLINE int
base_seq_read_retry(const uint32_t *seq, uint32_t begun)
{
	BASE_FENCE(__ATOMIC_ACQUIRE);
	return __atomic_load_n(seq, __ATOMIC_RELAXED) != begun;
}

/*
 * Copies whole words, each read once: a writer may be at work on them. `bytes` is a multiple of 8.
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
