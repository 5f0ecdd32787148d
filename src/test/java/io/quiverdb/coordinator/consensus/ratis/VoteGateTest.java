// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Incarnations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether {@code a} may vote while {@code b} and {@code c} do not answer over HTTP. */
class VoteGateTest {
  @TempDir Path dir;
  private final StatePublisher publisher = new StatePublisher(Runnable::run);
  private final List<String> failures = new ArrayList<>();
  private Optional<Duration> staleness = Optional.empty();
  private Identity identity;
  private VoteGate gate;

  @BeforeEach
  void begin() throws Exception {
    RatisSettings settings = TestSettings.unstarted(dir, "a", "b", "c");
    Reads reads =
        new Reads() {
          @Override
          public CompletableFuture<AppliedState> linearizable() {
            return CompletableFuture.failedFuture(new IllegalStateException("not asked"));
          }

          @Override
          public Optional<Duration> staleness() {
            return staleness;
          }
        };
    KnownMembers known = new KnownMembers(settings.memberId(), settings.members());
    PeerReports nobody =
        new PeerReports(
            member -> CompletableFuture.failedFuture(new IOException("connection refused")), known);
    gate =
        new VoteGate(
            settings, known, nobody, reads, publisher, (cause, message) -> failures.add(message));
    identity = Identity.fresh(settings).withStorage();
    gate.begin(identity);
  }

  private void publish(Incarnations incarnations) {
    publisher.publish(new AppliedState(ClusterState.INITIAL.withIncarnations(incarnations), 9, 3));
  }

  @Test
  void itSaysForWhomItWaits() {
    assertFalse(gate.isOpen());
    assertTrue(gate.reason().contains("b (connection refused)"), gate.reason());
  }

  @Test
  void aConfirmedStateInWhichItVotesIsEnough() throws Exception {
    publish(Incarnations.EMPTY.admit("a", identity.incarnation()));
    gate.look(identity);
    assertFalse(gate.isOpen(), "that is the state of a snapshot, which is as old as its log");
    staleness = Optional.of(Duration.ZERO);
    gate.look(identity);
    assertTrue(gate.isOpen());
    assertEquals("", gate.reason());
  }

  @Test
  void aConfirmedStateInWhichAnotherVotesIsNot() throws Exception {
    staleness = Optional.of(Duration.ZERO);
    gate.look(identity);
    assertFalse(gate.isOpen(), "nobody was recorded");
    publish(Incarnations.EMPTY.admit("a", identity.incarnation()).admit("a", "its successor"));
    gate.look(identity);
    assertFalse(gate.isOpen());
    assertEquals(List.of(), failures);
  }
}
