/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Layout, inlining and format checks: the compiler's attributes under names of the project's own.
 *
 * This is the lowest header of the project. It includes nothing of the project and holds no domain
 * word. Branch hints are left to the compiler; BASE_UNLIKELY is for paths that were measured to
 * matter.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE_CACHE_LINE 64

#define BASE_ALIGNED(n)   __attribute__((aligned(n)))
#define BASE_INLINE       static inline __attribute__((always_inline))
#define BASE_NOINLINE     __attribute__((noinline))
#define BASE_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define BASE_UNUSED       __attribute__((unused))
#define BASE_UNLIKELY(x)  __builtin_expect(!!(x), 0)

#define BASE_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#ifdef __cplusplus
#define BASE_BEGIN_DECLS extern "C" {
#define BASE_END_DECLS   }
#else
#define BASE_BEGIN_DECLS
#define BASE_END_DECLS
#endif

BASE_INLINE uint32_t
base_min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

#endif
