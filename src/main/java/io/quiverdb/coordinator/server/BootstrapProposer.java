// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.config.BootstrapSource;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.ratis.RatisEnsemble;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.model.BootstrapMismatch;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.router.RouterClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers this member's bootstrap to the ensemble until it is accepted, is equal to the accepted
 * one, or is recorded as different from it.
 */
final class BootstrapProposer implements BootstrapTask {
  private static final Logger LOG = LoggerFactory.getLogger(BootstrapProposer.class);

  private final String self;
  private final BootstrapSource source;
  private final RatisEnsemble ensemble;
  private final BootstrapForwarder leader;
  private final RouterClient routers;
  private final EnsembleClock time;
  private final String clusterId = UUID.randomUUID().toString();
  private final AtomicBoolean underWay = new AtomicBoolean();

  /** Used only while no offer is under way, or by the offer itself. */
  private final OfferPace pace = new OfferPace();

  private final CompletableFuture<ScheduledFuture<?>> task = new CompletableFuture<>();

  BootstrapProposer(
      String self,
      BootstrapSource source,
      RatisEnsemble ensemble,
      BootstrapForwarder leader,
      RouterClient routers,
      EnsembleClock time) {
    this.self = self;
    this.source = source;
    this.ensemble = ensemble;
    this.leader = leader;
    this.routers = routers;
    this.time = time;
  }

  @Override
  public void begin(ScheduledExecutorService scheduler) {
    task.complete(
        scheduler.scheduleWithFixedDelay(
            this::look,
            OfferPace.SHORTEST.toMillis(),
            OfferPace.SHORTEST.toMillis(),
            TimeUnit.MILLISECONDS));
  }

  private void look() {
    // Only a state that is proven to be current shows whether there is anything to do.
    if (ensemble.reads().staleness().isEmpty() || underWay.get()) {
      return;
    }
    ClusterState state = ensemble.stateView().current().state();
    if (decided(state)) {
      task.join().cancel(false);
      return;
    }
    Leadership.View view = ensemble.leadership().current();
    if (!view.leads() && view.leaderId().filter(id -> !id.equals(self)).isEmpty()) {
      return;
    }
    if (!pace.due(view.term(), System.nanoTime())) {
      return;
    }
    underWay.set(true);
    // In a stage of its own, so that an exception ends only this attempt.
    var unused =
        CompletableFuture.completedFuture(state)
            .thenCompose(this::command)
            .thenCompose(command -> offer(view, command))
            .exceptionally(e -> new Offered(Offered.Fate.LATER, Failures.reason(e)))
            .thenAccept(
                answer -> {
                  if (pace.note(view.term(), answer, System.nanoTime())) {
                    tell(answer);
                  }
                })
            .whenComplete((done, failure) -> underWay.set(false));
  }

  private static void tell(Offered answer) {
    switch (answer.fate()) {
      case DECIDED -> LOG.info("the bootstrap was offered: {}", answer.text());
      case LATER ->
          LOG.warn(
              "the bootstrap was not accepted; it is offered again, at least every {}" + " s: {}",
              OfferPace.MAX_PAUSE.toSeconds(),
              answer.text());
      case NEVER ->
          LOG.error(
              "this leader will never accept the bootstrap, so it is not offered again;"
                  + " correct this member's bootstrap section and restart the member: {}",
              answer.text());
    }
  }

  private boolean decided(ClusterState state) {
    Optional<Genesis> genesis = state.genesis();
    if (genesis.isEmpty()) {
      return false;
    }
    Optional<BootstrapMismatch> mismatch = Optional.ofNullable(state.mismatches().get(self));
    if (genesis.get().fingerprint().equals(source.fingerprint())) {
      return mismatch.isEmpty();
    }
    boolean noted = mismatch.filter(m -> m.fingerprint().equals(source.fingerprint())).isPresent();
    if (noted) {
      LOG.warn(
          "alarm bootstrap_mismatch: this member is configured to bootstrap from"
              + " something else than cluster {} began with at {}; the cluster's map is"
              + " used",
          genesis.get().clusterId(),
          genesis.get().node());
    }
    return noted;
  }

  private CompletableFuture<Offered> offer(Leadership.View view, Command.Bootstrap command) {
    Proposal proposal = Proposal.of(time.stamp(Stamp.SYSTEM), command);
    return view.leads()
        ? ensemble.commandLog().submit(proposal).thenApply(Offered::submitted)
        : leader.offer(view.leaderId().orElseThrow(), proposal);
  }

  /** The first map's version is at least that of every registered router. */
  private CompletableFuture<Command.Bootstrap> command(ClusterState state) {
    Command.Bootstrap configured = source.command(clusterId);
    if (state.bootstrapped()) {
      return CompletableFuture.completedFuture(configured);
    }
    List<CompletableFuture<Optional<ShardMap>>> asked = new ArrayList<>();
    for (String url : source.routers()) {
      asked.add(
          routers
              .adoptedMap(url)
              .handle(
                  (map, failure) -> {
                    if (failure != null) {
                      LOG.warn(
                          "router {} does not report the version of its map: {}",
                          url,
                          failure + "");
                    }
                    return Optional.ofNullable(map);
                  }));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              Command.Bootstrap raised = configured;
              for (CompletableFuture<Optional<ShardMap>> map : asked) {
                raised = map.join().isPresent() ? above(raised, map.join().get()) : raised;
              }
              return raised;
            });
  }

  /** Makes a bootstrap that a router with this map adopts, or has adopted already. Pure. */
  static Command.Bootstrap above(Command.Bootstrap bootstrap, ShardMap adopted) {
    ShardMap map = bootstrap.map();
    boolean sameContent = map.equals(adopted.withVersion(map.version()));
    long wanted = sameContent ? adopted.version() : adopted.version() + 1;
    long version = Unsigned.max(wanted, map.version());
    long free = adopted.lowestFreeId();
    long nextId = Unsigned.max(free, bootstrap.nextId());
    return new Command.Bootstrap(
        bootstrap.clusterId(),
        bootstrap.fingerprint(),
        map.withVersion(version),
        nextId,
        bootstrap.routers());
  }
}
