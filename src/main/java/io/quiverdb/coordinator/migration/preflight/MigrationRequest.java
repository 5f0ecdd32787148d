// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.List;

/**
 * A migration that an operator requests.
 *
 * @param kind the kind of migration
 * @param shardId drain: the shard to remove; grow: meaningless
 * @param url grow: the URL of the new shard; drain: empty
 * @param replicaUrls grow: that shard's replicas
 * @param throttlePointsPerSecond 0: unlimited
 */
public record MigrationRequest(
    MigrationKind kind,
    long shardId,
    String url,
    List<String> replicaUrls,
    long throttlePointsPerSecond) {
  /** Copies the list. */
  public MigrationRequest {
    replicaUrls = List.copyOf(replicaUrls);
  }

  /** What a step of a plan asks for. */
  public static MigrationRequest of(PlanStep step, long throttlePointsPerSecond) {
    return switch (step.kind()) {
      case GROW -> grow(step.url(), step.replicaUrls(), throttlePointsPerSecond);
      case DRAIN -> drain(step.shardId(), throttlePointsPerSecond);
    };
  }

  /** Points onto a new shard. */
  public static MigrationRequest grow(
      String url, List<String> replicaUrls, long throttlePointsPerSecond) {
    return new MigrationRequest(
        MigrationKind.GROW, 0, url.strip(), replicaUrls, throttlePointsPerSecond);
  }

  /** Points off a shard. */
  public static MigrationRequest drain(long shardId, long throttlePointsPerSecond) {
    return new MigrationRequest(
        MigrationKind.DRAIN, shardId, "", List.of(), throttlePointsPerSecond);
  }
}
