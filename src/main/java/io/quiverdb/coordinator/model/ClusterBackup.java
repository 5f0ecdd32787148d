// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A backup of the cluster: the map, and a snapshot of each shard in it, taken one after another
 * while nothing moves points and the map stays as it is.
 *
 * @param id from 1, never used again
 * @param state how it stands
 * @param destination the directory on the disk of each shard below which its snapshot goes
 * @param timeoutSeconds how long one shard may take; from 1 to {@value #MAX_TIMEOUT_SECONDS}
 * @param mapVersion the version of the map; unsigned
 * @param shards of the map; none joins or leaves
 * @param leaderTerm the term of the leader that takes it; another leader does not continue it
 * @param startedMillis when it was asked for: milliseconds since 1970-01-01T00:00:00Z, for people
 * @param finishedMillis when it ended
 * @param error why it failed or was stopped
 * @param snapshots what was taken so far, in the order of the shards
 */
public record ClusterBackup(
    long id,
    CheckState state,
    String destination,
    long timeoutSeconds,
    long mapVersion,
    List<Shard> shards,
    long leaderTerm,
    long startedMillis,
    OptionalLong finishedMillis,
    Optional<String> error,
    List<ShardSnapshot> snapshots) {
  /** The longest destination, in characters. */
  public static final int MAX_DESTINATION = 1_024;

  /** The longest time for one shard, in seconds: a day. */
  public static final long MAX_TIMEOUT_SECONDS = 86_400;

  /** The longest error, in characters. */
  public static final int MAX_ERROR = 500;

  /** Copies the lists. */
  public ClusterBackup {
    shards = List.copyOf(shards);
    snapshots = List.copyOf(snapshots);
  }

  /** One that begins. */
  public static ClusterBackup begun(
      long id, String destination, long timeoutSeconds, ShardMap map, long term, long millis) {
    return new ClusterBackup(
        id,
        CheckState.RUNNING,
        destination,
        timeoutSeconds,
        map.version(),
        map.shards(),
        term,
        millis,
        OptionalLong.empty(),
        Optional.empty(),
        List.of());
  }

  /**
   * Whether a snapshot may go below it. A shard takes a relative path as one below its working
   * directory, and an empty one as that directory itself.
   */
  public static boolean isDestination(String text) {
    boolean absolute = text.startsWith("/") || text.matches("[A-Za-z]:[/\\\\].*");
    return absolute
        && text.length() <= MAX_DESTINATION
        && text.chars().noneMatch(Character::isISOControl);
  }

  /** Whether it has not ended. */
  public boolean isRunning() {
    return state == CheckState.RUNNING;
  }

  /** The size of its map. */
  long bytes() {
    return MapSize.of(shards);
  }

  /** The map that it belongs to. */
  public ShardMap map() {
    return new ShardMap(mapVersion, shards, List.of(), List.of());
  }

  /**
   * The directory of the whole backup on each shard. It has the time in its name: an ensemble that
   * was built anew counts from 1 again, and shards refuse a directory that exists.
   */
  public String directory() {
    String time =
        Instant.ofEpochMilli(startedMillis)
            .truncatedTo(ChronoUnit.SECONDS)
            .toString()
            .replace("-", "")
            .replace(":", "");
    String base = destination.endsWith("/") ? destination : destination + "/";
    return base + "backup-" + Unsigned.text(id) + "-" + time;
  }

  /** The directory of a shard's snapshot, distinct even if shards share a disk. */
  public String directory(long shardId) {
    return directory() + "/shard-" + Unsigned.text(shardId);
  }

  /** The snapshot of a shard. */
  public Optional<ShardSnapshot> snapshot(long shardId) {
    return snapshots.stream().filter(taken -> taken.shardId() == shardId).findFirst();
  }

  /** The next shard to take a snapshot of. */
  public Optional<Shard> next() {
    return shards.stream().skip(snapshots.size()).findFirst();
  }

  /** With the snapshot of the {@link #next} shard. */
  public ClusterBackup taken(ShardSnapshot snapshot) {
    return new ClusterBackup(
        id,
        state,
        destination,
        timeoutSeconds,
        mapVersion,
        shards,
        leaderTerm,
        startedMillis,
        finishedMillis,
        error,
        Stream.concat(snapshots.stream(), Stream.of(snapshot)).toList());
  }

  /**
   * Ended.
   *
   * @param reason empty if it was done
   */
  public ClusterBackup ended(CheckState end, String reason, long millis) {
    return new ClusterBackup(
        id,
        end,
        destination,
        timeoutSeconds,
        mapVersion,
        shards,
        leaderTerm,
        startedMillis,
        OptionalLong.of(millis),
        EndReason.of(reason, MAX_ERROR),
        snapshots);
  }
}
