package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.model.MovePlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Looks at shards and routers before a move is started (docs/migration.md). Asked on the leader
 * only. Thread-safe; it logs nothing.
 */
public interface MigrationChecks {
  /**
   * One check.
   *
   * @param name a stable word for programs
   * @param ok empty if it would have to write and was left out of a dry run
   * @param detail a sentence for the operator: what was found, and what to do about it
   */
  record Check(String name, Optional<Boolean> ok, String detail) {}

  /**
   * The points of one collection that one shard would give to another.
   *
   * @param collection its name
   * @param from id of the shard that has them; unsigned
   * @param to id of the shard that gets them; unsigned
   * @param points how many
   * @param bytes how many bytes those have
   * @param estimated whether the numbers were reckoned from a sample
   */
  record MoveEstimate(
      String collection, long from, long to, long points, long bytes, boolean estimated) {}

  /**
   * What was found.
   *
   * @param checks in the order in which they were made; after one that failed, others may be
   *     missing
   * @param moves what would be moved, as far as it was found out
   * @param estimatedSeconds how long it would take; empty if that is not known
   * @param plan what to start; empty if a check failed, and for a dry run
   */
  record Checked(
      List<Check> checks,
      List<MoveEstimate> moves,
      OptionalLong estimatedSeconds,
      Optional<MovePlan> plan) {
    /** Copies the lists. */
    public Checked {
      checks = List.copyOf(checks);
      moves = List.copyOf(moves);
    }

    /** The first check that failed. */
    public Optional<Check> failed() {
      return checks.stream().filter(check -> !check.ok().orElse(true)).findFirst();
    }
  }

  /**
   * Checks whether the cluster can grow.
   *
   * @param url the new shard's primary, valid and in no shard of the map
   * @param replicaUrls its replicas, likewise
   * @param dryRun leave out what would write; measure how long it would take
   * @return completes exceptionally if this member cannot tell now: then nothing is started
   */
  CompletableFuture<Checked> grow(String url, List<String> replicaUrls, boolean dryRun);

  /**
   * Checks whether a shard can be emptied.
   *
   * @param shardId of a shard in the map; unsigned
   * @param dryRun as for {@link #grow}
   * @return as for {@link #grow}
   */
  CompletableFuture<Checked> drain(long shardId, boolean dryRun);
}
