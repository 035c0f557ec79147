// Instructions that Swift has no words for.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// How many bits are set, 0 ... 64: by the processor's instruction where it has one, whatever processor the build is for.
///
/// The plain x86-64 instruction set has none; every processor since 2008 has. Swift can ask for an instruction only where the
/// whole build may use it. A processor without takes 12 instructions, which the compiler makes.
///
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, POPCNT (CPUID.01H:ECX.POPCNT[bit 23]).
static inline uint64_t population_count(uint64_t bits) {
#if defined(__x86_64__) && !defined(__POPCNT__)
  if (__builtin_cpu_supports("popcnt")) {
    uint64_t count;
    __asm__("popcnt %1, %0" : "=r"(count) : "r"(bits) : "cc");
    return count;
  }
#endif
  return (uint64_t)__builtin_popcountll(bits);
}

/// Whether all that runs the build counts bits by an instruction, without being asked.
static inline bool has_population_count(void) {
#if defined(__x86_64__) && !defined(__POPCNT__)
  return false;
#else
  return true;
#endif
}

/// Asks for the line of the caches with an address, and does not wait for it.
static inline void prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }
