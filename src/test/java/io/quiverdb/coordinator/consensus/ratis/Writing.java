// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Result.IdResult;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client that allocates ids, one after the other, in the background. */
final class Writing implements AutoCloseable {
  private final TestEnsemble ensemble;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<Long> ids = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::write, "writing");

  Writing(TestEnsemble ensemble) {
    this.ensemble = ensemble;
    thread.start();
  }

  private void write() {
    try {
      while (!ended.get()) {
        Submission.Answered answer = ensemble.submit(new Command.AllocateId());
        ids.add(((IdResult) ((Accepted) answer.outcome()).result()).id());
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
  }

  /** No id was given twice, and all of them count in the state. */
  void end() throws InterruptedException {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ids.size() > 10 || !failures.isEmpty() || !thread.isAlive());
    ended.set(true);
    thread.join();
    assertEquals(List.of(), failures);
    Set<Long> distinct = new HashSet<>(ids);
    assertEquals(ids.size(), distinct.size(), "an id was given twice");
    assertTrue(ids.size() > 10, () -> "only " + ids.size() + " writes");
    long next = ensemble.member(ensemble.leader()).stateView().current().state().nextId();
    assertTrue(distinct.stream().allMatch(id -> id < next), "an id is lost");
  }

  @Override
  public void close() {
    ended.set(true);
  }
}
