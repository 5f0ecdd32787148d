// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.ProofClock;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;

/**
 * A leader's lease: data requests may leave while it leads in its term and its last successful
 * linearizable read was sent less than the lease ago. The next leader waits longer than that.
 */
final class LeaderFence implements Fence {
  private final long term;
  private final Leadership leadership;
  private final Reads reads;
  private final Duration lease;
  private final ProofClock clock;

  LeaderFence(long term, Leadership leadership, Reads reads, Duration lease, ProofClock clock) {
    this.term = term;
    this.leadership = leadership;
    this.reads = reads;
    this.lease = lease;
    this.clock = clock;
  }

  @Override
  public long nanos() {
    return clock.nanos();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A lease that has run out, because this process stood still for a moment, is renewed: that
   * blocks for as long as a read takes.
   */
  @Override
  public long sendUntilNanos() {
    OptionalLong until = leaseEnd();
    if (until.isEmpty()) {
      renew();
      until = leaseEnd();
    }
    return until.orElseThrow(
        () -> new FencedException("no majority has confirmed the leadership for " + lease));
  }

  private OptionalLong leaseEnd() {
    // Before the age is read: if the process is paused in between, the proof must count as old.
    long now = clock.nanos();
    Optional<Duration> age = reads.staleness();
    Leadership.View view = leadership.current();
    if (!view.leads() || view.term() != term) {
      throw new FencedException("this member does not lead in term " + term + " any more");
    }
    Duration left = lease.minus(age.orElse(lease));
    return left.isNegative() || left.isZero()
        ? OptionalLong.empty()
        : OptionalLong.of(now + left.toNanos());
  }

  private void renew() {
    try {
      var unused = reads.linearizable().get();
    } catch (ExecutionException e) {
      throw new FencedException("the leadership is not confirmed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FencedException("interrupted while the leadership was being confirmed");
    }
  }
}
