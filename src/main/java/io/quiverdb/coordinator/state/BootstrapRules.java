// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command.Bootstrap;
import io.quiverdb.coordinator.command.Command.Restore;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.BootstrapMismatch;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.NoResult;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.List;
import java.util.Optional;

/** The rules of the commands that replace the whole content: bootstrap and restore. */
final class BootstrapRules {
  private BootstrapRules() {}

  static Applied bootstrap(ClusterState state, Stamp stamp, Bootstrap bootstrap) {
    if (state.genesis().isPresent()) {
      return again(state, state.genesis().get(), stamp, bootstrap);
    }
    Optional<String> violation = violation(bootstrap.map(), bootstrap.routers());
    if (violation.isPresent()) {
      return Rules.rejected(state, Refusal.INVALID_MAP, violation.get());
    }
    ClusterState begun =
        state
            .withGenesis(new Genesis(bootstrap.clusterId(), bootstrap.fingerprint(), stamp.node()))
            .withMap(bootstrap.map())
            .withNextId(Unsigned.max(bootstrap.nextId(), bootstrap.map().lowestFreeId()))
            .withRouters(bootstrap.routers());
    return Rules.accepted(begun, new MapResult(bootstrap.map().version()));
  }

  private static Applied again(
      ClusterState state, Genesis genesis, Stamp stamp, Bootstrap bootstrap) {
    if (genesis.fingerprint().equals(bootstrap.fingerprint())) {
      return Rules.accepted(
          state.withMismatches(state.mismatches().minus(stamp.node())), new NoResult());
    }
    ClusterState flagged =
        state.withMismatches(
            state
                .mismatches()
                .plus(
                    stamp.node(),
                    new BootstrapMismatch(bootstrap.fingerprint(), stamp.epochMillis())));
    return Rules.rejected(
        flagged,
        Refusal.BOOTSTRAP_MISMATCH,
        "member "
            + stamp.node()
            + " is configured to bootstrap from something else than this cluster began with at "
            + genesis.node()
            + "; make its bootstrap section equal to the others', or take it out");
  }

  static Applied restore(ClusterState state, Restore restore, Stamp stamp) {
    BackupContent backup = restore.backup();
    Optional<String> violation = violation(backup.map(), backup.routers());
    if (violation.isPresent()) {
      return Rules.rejected(state, Refusal.INVALID_MAP, violation.get());
    }
    long wantedVersion =
        Unsigned.max(
            restore.versionFloor(), Unsigned.max(backup.highestVersion(), backup.map().version()));
    long wantedId =
        Unsigned.max(
            restore.nextIdFloor(), Unsigned.max(backup.nextId(), backup.map().lowestFreeId()));
    Optional<String> end =
        nearTheEnd("map version", state.highestVersion(), wantedVersion)
            .or(() -> nearTheEnd("shard id", state.nextId(), wantedId));
    if (end.isPresent()) {
      return Rules.rejected(state, Refusal.COUNTER_EXHAUSTED, end.get());
    }
    long highest = Unsigned.max(state.highestVersion(), wantedVersion);
    if (highest == -1L) {
      return Rules.rejected(state, Refusal.COUNTER_EXHAUSTED, "the map version has no value left");
    }
    long nextId = Unsigned.max(state.nextId(), wantedId);
    return Rules.accepted(
        PlanRules.restored(state, stamp)
            .withMap(backup.map().withVersion(highest + 1))
            .withNextId(nextId)
            .withRouters(backup.routers()),
        new MapResult(highest + 1));
  }

  /** Refuses a counter close to its limit, because a counter can never be lowered. */
  private static Optional<String> nearTheEnd(String what, long now, long wanted) {
    return wanted < 0 && Long.compareUnsigned(wanted, now) > 0
        ? Optional.of(
            "a restore cannot bring the "
                + what
                + " to "
                + Unsigned.text(wanted)
                + ": it could not be raised for long from there; the highest that it takes is "
                + Long.MAX_VALUE)
        : Optional.empty();
  }

  private static Optional<String> violation(ShardMap map, List<String> routers) {
    return map.violation().map(text -> "map." + text).or(() -> RouterRules.violation(routers));
  }
}
