// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.ratis.RatisEnsemble;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a member if no member of its empty ensemble has a bootstrap configured. It checks three
 * times, a second apart, so that all members see the same before the first one ends.
 */
final class NoBootstrapWatch implements BootstrapTask {
  private static final int LOOKS = 3;

  private final String self;
  private final RatisEnsemble ensemble;
  private final Peers peers;
  private final FailureListener failures;
  private final CompletableFuture<ScheduledFuture<?>> task = new CompletableFuture<>();
  private volatile int seen;

  NoBootstrapWatch(String self, RatisEnsemble ensemble, Peers peers, FailureListener failures) {
    this.self = self;
    this.ensemble = ensemble;
    this.peers = peers;
    this.failures = failures;
  }

  @Override
  public void begin(ScheduledExecutorService scheduler) {
    task.complete(scheduler.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS));
  }

  private void look() {
    if (ensemble.stateView().current().state().bootstrapped()) {
      task.join().cancel(false);
      return;
    }
    if (ensemble.reads().staleness().isEmpty()) {
      return;
    }
    List<CompletableFuture<MemberReport>> asked = new ArrayList<>();
    ensemble.members().all().stream()
        .filter(member -> !member.id().equals(self))
        .forEach(member -> asked.add(peers.report(member)));
    var unused =
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
            .thenApply(
                done ->
                    asked.stream()
                        .map(CompletableFuture::join)
                        .noneMatch(report -> report.bootable() || report.bootstrapped()))
            .exceptionally(silent -> false)
            .thenAccept(this::note);
  }

  private void note(boolean nobody) {
    seen = nobody ? seen + 1 : 0;
    if (seen == LOOKS) {
      failures.failed(
          FailureListener.Cause.CONFIGURATION,
          "nothing to boot from: the ensemble is empty and no member ("
              + self
              + " among them) has bootstrap.shards or bootstrap.import_state configured;"
              + " configure it on one member");
    }
  }
}
