// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.List;
import java.util.SplittableRandom;

/** Everything that is left to chance in a world; equal seeds give equal answers. */
final class Chance {
  private final long seed;
  private final SplittableRandom random;

  Chance(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  long seed() {
    return seed;
  }

  /** From 0, below {@code bound}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code least} to {@code most}, both included. */
  long between(long least, long most) {
    return least >= most ? least : least + random.nextLong(most - least + 1);
  }

  /** True once in so many times; never if {@code n} is 0. */
  boolean oneIn(int n) {
    return n > 0 && random.nextInt(n) == 0;
  }

  boolean percent(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T of(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  int any() {
    return random.nextInt();
  }
}
