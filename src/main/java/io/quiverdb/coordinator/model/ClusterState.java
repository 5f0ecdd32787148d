package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * Everything that the ensemble agrees on. Nodes that applied the same log hold equal states.
 *
 * @param format the format of entries and snapshots that nodes may write, from 1
 * @param genesis empty until something was bootstrapped
 * @param map the shard map
 * @param nextId the next shard id to hand out; unsigned
 * @param highestVersion the highest map version ever published; unsigned
 * @param routers URLs of the registered routers, in the order in which they came
 * @param idempotency first outcomes by idempotency key
 * @param history the last changes
 * @param mismatches by member id: that it offered another bootstrap than the one that won
 * @param clockMillis the highest time stamped into an entry; does not run backwards
 */
public record ClusterState(
    int format,
    Optional<Genesis> genesis,
    ShardMap map,
    long nextId,
    long highestVersion,
    List<String> routers,
    IdempotencyTable idempotency,
    History history,
    TreePMap<String, BootstrapMismatch> mismatches,
    long clockMillis) {
  /** The most routers that can be registered. */
  public static final int MAX_ROUTERS = 256;

  /** The state of an ensemble whose log is empty. */
  public static final ClusterState INITIAL =
      new ClusterState(
          1,
          Optional.empty(),
          ShardMap.EMPTY,
          0,
          0,
          List.of(),
          IdempotencyTable.EMPTY,
          History.EMPTY,
          TreePMap.empty(),
          0);

  /** Copies the list, so that the record is immutable. */
  public ClusterState {
    routers = List.copyOf(routers);
  }

  /** Whether there is a map to serve and to change. */
  public boolean bootstrapped() {
    return genesis.isPresent();
  }

  /** With another map; its version becomes the highest one if it is. */
  public ClusterState withMap(ShardMap newMap) {
    long highest =
        Long.compareUnsigned(newMap.version(), highestVersion) > 0
            ? newMap.version()
            : highestVersion;
    return new ClusterState(
        format,
        genesis,
        newMap,
        nextId,
        highest,
        routers,
        idempotency,
        history,
        mismatches,
        clockMillis);
  }

  /** With another next id. */
  public ClusterState withNextId(long newNextId) {
    return new ClusterState(
        format,
        genesis,
        map,
        newNextId,
        highestVersion,
        routers,
        idempotency,
        history,
        mismatches,
        clockMillis);
  }

  /** With other registered routers. */
  public ClusterState withRouters(List<String> newRouters) {
    return new ClusterState(
        format,
        genesis,
        map,
        nextId,
        highestVersion,
        newRouters,
        idempotency,
        history,
        mismatches,
        clockMillis);
  }

  /** With the beginning that all others are compared with. */
  public ClusterState withGenesis(Genesis newGenesis) {
    return new ClusterState(
        format,
        Optional.of(newGenesis),
        map,
        nextId,
        highestVersion,
        routers,
        idempotency,
        history,
        mismatches,
        clockMillis);
  }

  /** With another set of mismatches. */
  public ClusterState withMismatches(TreePMap<String, BootstrapMismatch> newMismatches) {
    return new ClusterState(
        format,
        genesis,
        map,
        nextId,
        highestVersion,
        routers,
        idempotency,
        history,
        newMismatches,
        clockMillis);
  }

  /** With another format. */
  public ClusterState withFormat(int newFormat) {
    return new ClusterState(
        newFormat,
        genesis,
        map,
        nextId,
        highestVersion,
        routers,
        idempotency,
        history,
        mismatches,
        clockMillis);
  }

  /** With another idempotency table. */
  public ClusterState withIdempotency(IdempotencyTable table) {
    return new ClusterState(
        format,
        genesis,
        map,
        nextId,
        highestVersion,
        routers,
        table,
        history,
        mismatches,
        clockMillis);
  }

  /** With another history. */
  public ClusterState withHistory(History newHistory) {
    return new ClusterState(
        format,
        genesis,
        map,
        nextId,
        highestVersion,
        routers,
        idempotency,
        newHistory,
        mismatches,
        clockMillis);
  }

  /** With a clock that has seen {@code millis}. */
  public ClusterState withClock(long millis) {
    return new ClusterState(
        format,
        genesis,
        map,
        nextId,
        highestVersion,
        routers,
        idempotency,
        history,
        mismatches,
        Math.max(clockMillis, millis));
  }
}
