// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

/**
 * Says until when a leader may still send a request that changes data (docs/migration-protocol.md).
 * Thread-safe.
 */
@FunctionalInterface
public interface Fence {
  /**
   * The last moment at which a byte of a data request may leave this process.
   *
   * @return on the scale of {@link #nanos}
   * @throws FencedException if that moment has passed: this member may not lead any more
   */
  long sendUntilNanos();

  /** Now, in nanoseconds from an arbitrary origin. */
  default long nanos() {
    return System.nanoTime();
  }
}
