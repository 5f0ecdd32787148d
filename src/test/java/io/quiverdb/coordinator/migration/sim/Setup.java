// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a world is like. The constants are those of the world: requests of clients and of the
 * coordinator never live longer than they say, while everything answers.
 */
final class Setup {
  /** One thing that operators want. */
  enum Wish {
    GROW,
    GROW_AND_CANCEL,
    GROW_AND_PAUSE,
    DRAIN,
    DRAIN_AND_CANCEL,
    DRAIN_AND_PAUSE
  }

  Duration requestDrain = Duration.ofSeconds(3);
  Duration dataTimeout = Duration.ofSeconds(3);

  /** How long a leader may act after its last read, and a member serve its map. */
  Duration lease = Duration.ofMillis(1500);

  Duration requestTimeout = Duration.ofSeconds(1);
  int members = 3;
  int shards = 2;
  int keys = 12;
  int routers = 2;
  int clients = 3;

  /** Whether clients write and read nothing. */
  boolean onlySearches;

  /** The release of all shards. */
  QuiverVersion version = QuiverVersion.V1_1_0;

  long clientPause = 1_500_000_000L;
  List<IndexKind> collections = List.of(IndexKind.HNSW);
  Limits limits = new Limits(4, 6, 5, 200, 4_000, 1_000, 8);
  Duration buildPerPoint = Duration.ofMillis(5);
  long latency = 10_000_000;
  int slowPercent = 5;
  int lossPerMille;
  int errorPerMille;

  /** How many changes of the coordinator the network holds for up to 55 s. */
  int heldPerMille;

  /** Which of them. */
  Predicate<Call> mayBeHeld = call -> true;

  /** Whether what the coordinator gave up is delivered all the same. */
  boolean givenUpArrives;

  long followerLag = 50_000_000;
  List<Faults.Kind> faults = List.of();
  long faultGap = 10_000_000_000L;
  long faultsUntil = 120_000_000_000L;
  boolean orphan;

  /** Clients that create and drop collections. */
  int schemers;

  /** Whether an operator has the data compared with the map all the time. */
  boolean verifying;

  /** How many points lie on a shard that does not own them when the world begins. */
  int strays;

  /** Whether that operator has strays removed that were found. */
  boolean sweeping;

  /** Gets the whole reports of these. */
  Consumer<List<DataCheck>> onReports = reports -> {};

  List<Wish> wishes = List.of(Wish.GROW);
  Duration firstWishAfter = Duration.ZERO;

  /** Whether operators empty a shard that is refused because it is not. */
  boolean emptiedByHand = true;

  /** In which phase an operator cancels, where one does; empty: at any time. */
  Optional<Phase> cancelIn = Optional.empty();

  /** What leaders meet at requests and entries. */
  Ambush ambush = Ambush.NONE;

  /** How often, in requests that change something, the leader loses its office just then. */
  int ousting;

  /** What the engine believes of the world, made from what is true of it. */
  UnaryOperator<MigrationSettings> belief = UnaryOperator.identity();

  /** The constants of this world, for the reader of its trace. */
  String constants() {
    return "world: request_drain=%s data_timeout=%s map_staleness=%s release=%s"
            .formatted(requestDrain, dataTimeout, lease, version)
        + " members=%d shards=%d routers=%d clients=%d keys=%d wishes=%s"
            .formatted(members, shards, routers, clients, keys, wishes);
  }

  /** Constants that the engine is told. */
  MigrationSettings settings() {
    return belief.apply(
        new MigrationSettings(
            false,
            requestDrain,
            dataTimeout,
            lease.plus(dataTimeout).multipliedBy(11).dividedBy(10),
            lease,
            Duration.ofSeconds(6),
            Duration.ofMillis(25),
            Duration.ofSeconds(6),
            Duration.ofSeconds(15),
            20,
            50,
            600,
            Duration.ofSeconds(60),
            Optional.empty()));
  }

  /**
   * The longest that a client's request is under way while everything answers, in ns. Waits ask
   * once a second whether everything does, so a pause of a second may pass unnoticed; and what
   * wakes up takes a moment to finish. Where nothing pauses, requests use up nearly all they have.
   */
  long clientPatience() {
    return patience(requestDrain);
  }

  /**
   * The longest that a request of the coordinator may still take effect; see {@link
   * #clientPatience}.
   */
  long coordinatorPatience() {
    return patience(dataTimeout);
  }

  private long patience(Duration whole) {
    return whole.toNanos() - (pauses() ? 2_200_000_000L : 200_000_000L);
  }

  /** Waits must be longer than what goes unnoticed. */
  private Duration drainTime(Chance chance, int most) {
    return Duration.ofMillis(chance.of(List.of(pauses() ? 3_500 : 2_000, 4_000, most)));
  }

  private boolean pauses() {
    return faults.contains(Faults.Kind.SHARD_PAUSED) || faults.contains(Faults.Kind.ROUTER_PAUSED);
  }

  /** Whether nothing goes wrong in it: then no client's request may fail. */
  boolean healthy() {
    return faults.isEmpty()
        && lossPerMille == 0
        && errorPerMille == 0
        && heldPerMille == 0
        && ousting == 0;
  }

  static Setup random(Chance chance) {
    Setup setup = new Setup();
    setup.members = chance.oneIn(4) ? 1 : 3;
    setup.shards = 1 + chance.below(3);
    setup.keys = 5 + chance.below(16);
    setup.routers = 1 + chance.below(3);
    setup.clients = 2 + chance.below(3);
    setup.clientPause = chance.between(200_000_000L, 3_000_000_000L);
    setup.collections =
        chance.of(
            List.of(
                List.of(IndexKind.HNSW),
                List.of(IndexKind.IVF),
                List.of(IndexKind.HNSW, IndexKind.IVF),
                List.of(IndexKind.VAMANA, IndexKind.HNSW)));
    setup.limits =
        new Limits(
            2 + chance.below(6), 2 + chance.below(8), 2 + chance.below(7), 200, 3_000, 1_000, 8);
    setup.lease = Duration.ofMillis(chance.of(List.of(1_000, 1_500, 3_000)));
    setup.requestTimeout = Duration.ofMillis(chance.between(500, 1_500));
    setup.latency = chance.between(2_000_000L, 40_000_000L);
    setup.slowPercent = chance.of(List.of(0, 3, 10, 25));
    boolean healthy = chance.percent(15);
    boolean schemersMay = true;
    if (!healthy) {
      setup.lossPerMille = chance.of(List.of(0, 0, 5, 20));
      setup.errorPerMille = chance.of(List.of(0, 0, 5, 20));
      List<Faults.Kind> kinds = new ArrayList<>();
      for (Faults.Kind kind : Faults.Kind.values()) {
        if (chance.oneIn(3)) {
          kinds.add(kind);
        }
      }
      setup.faults = kinds;
      if (kinds.contains(Faults.Kind.SHARD_EMPTIED)) {
        // A collection that is created again on an empty disk gets writes that only that disk has.
        schemersMay = false;
      }
      setup.ousting = chance.of(List.of(0, 0, 60, 200));
    }
    // A process that stands still gives nothing up: that is beyond what a migration can bear.
    if (!healthy && !setup.faults.contains(Faults.Kind.NODE_STOPPED)) {
      setup.heldPerMille = chance.of(List.of(0, 0, 10, 40));
    }
    setup.requestDrain = setup.drainTime(chance, 5_000);
    setup.dataTimeout = setup.drainTime(chance, 7_000);
    setup.faultGap = chance.between(4_000_000_000L, 30_000_000_000L);
    setup.followerLag = chance.between(5_000_000L, 1_200_000_000L);
    setup.orphan = chance.oneIn(5);
    setup.schemers = chance.oneIn(4) && schemersMay ? 1 : 0;
    List<Wish> wishes = new ArrayList<>();
    do {
      wishes.add(chance.of(List.of(Wish.values())));
    } while (wishes.size() < 3 && chance.oneIn(2));
    setup.wishes = wishes;
    return setup;
  }

  /** Nothing goes wrong by itself, and nobody does anything but what is asked for. */
  void calm() {
    slowPercent = 0;
    lossPerMille = 0;
    errorPerMille = 0;
    heldPerMille = 0;
    faults = List.of();
    ousting = 0;
    schemers = 0;
    orphan = false;
    emptiedByHand = false;
  }
}
