// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.StateFile;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.config.BootstrapConfig.ReplicaSeed;
import io.quiverdb.coordinator.config.BootstrapConfig.StateImport;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The initial content that this member proposes for an empty ensemble.
 *
 * @param map the first map, as configured: its version may be raised to what routers report
 * @param nextId the first id to hand out; unsigned
 * @param routers to register
 * @param fingerprint equal for members with equal configurations
 * @param warnings for the operator, about an imported map
 */
public record BootstrapSource(
    ShardMap map, long nextId, List<String> routers, String fingerprint, List<String> warnings) {
  /** Four times the bound of the map in it, to allow for whitespace. */
  private static final long MAX_STATE_FILE_BYTES = 8L << 20;

  public BootstrapSource {
    routers = List.copyOf(routers);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads the state file, if one is configured. Does not change it.
   *
   * @return empty if nothing is configured to bootstrap from
   * @throws ConfigException if the state file is broken, or is missing though required; the process
   *     should exit with 2
   */
  public static Optional<BootstrapSource> read(CoordinatorConfig config) throws ConfigException {
    Optional<StateImport> wanted = config.bootstrap().importState();
    Optional<StateFile> imported = wanted.isPresent() ? stateFile(wanted.get()) : Optional.empty();
    Optional<BootstrapSource> source = of(config, imported);
    Optional<String> violation = source.flatMap(s -> s.map().violation());
    if (violation.isPresent()) {
      throw new ConfigException(new Origin("bootstrap"), "", violation.get());
    }
    return source;
  }

  /**
   * Makes the initial content from the configuration and the content of the state file, if any.
   * Pure.
   */
  static Optional<BootstrapSource> of(CoordinatorConfig config, Optional<StateFile> imported) {
    BootstrapConfig bootstrap = config.bootstrap();
    if (imported.isPresent()) {
      ShardMap map = imported.get().map();
      long version = Unsigned.max(map.version(), bootstrap.mapVersion());
      return Optional.of(
          source(
              map.withVersion(version),
              imported.get().nextId(),
              config.routers(),
              unfinishedMigrations(map)));
    }
    if (bootstrap.shards().isEmpty()) {
      return Optional.empty();
    }
    ShardMap map = seedMap(bootstrap);
    return Optional.of(source(map, map.lowestFreeId(), config.routers(), List.of()));
  }

  private static BootstrapSource source(
      ShardMap map, long nextId, List<String> routers, List<String> warnings) {
    return new BootstrapSource(
        map, nextId, routers, Fingerprint.of(map, nextId, routers), warnings);
  }

  /** The command to log if no router reports a higher version. */
  public Command.Bootstrap command(String clusterId) {
    return new Command.Bootstrap(clusterId, fingerprint, map, nextId, routers);
  }

  private static ShardMap seedMap(BootstrapConfig bootstrap) {
    List<Shard> shards = new ArrayList<>();
    for (String url : bootstrap.shards()) {
      long id = shards.size();
      List<String> replicas =
          bootstrap.replicas().stream()
              .filter(replica -> replica.shardId() == id)
              .map(ReplicaSeed::url)
              .toList();
      shards.add(new Shard(id, url, replicas));
    }
    return new ShardMap(bootstrap.mapVersion(), shards, List.of(), List.of());
  }

  private static Optional<StateFile> stateFile(StateImport wanted) throws ConfigException {
    Origin origin = new Origin(wanted.file().toString());
    try {
      if (Files.size(wanted.file()) > MAX_STATE_FILE_BYTES) {
        throw new ConfigException(
            origin, "", "is over 8 MiB; is it the right file? A map may have 2 MiB of JSON");
      }
      StateFile state = StateFile.read(Files.readAllBytes(wanted.file()));
      if (state.map().shards().isEmpty()) {
        throw new ConfigException(origin, "map.shards", "is empty; there is nothing to import");
      }
      if (state.map().leaving().size() > 1) {
        // Neither could ever be drained: each would block the other.
        throw new ConfigException(
            origin,
            "map.leaving",
            "names "
                + state.map().leaving().size()
                + " shards, and only one shard at a time can leave; import a copy of the file in"
                + " which all but one are removed and the version is raised by one");
      }
      return Optional.of(state);
    } catch (NoSuchFileException e) {
      if (!wanted.required()) {
        return Optional.empty();
      }
      throw new ConfigException(
          origin, "", "there is no such file, but bootstrap.import_state names it");
    } catch (IOException e) {
      throw new ConfigException(origin, "", "the state file cannot be read: " + e);
    } catch (MalformedDocumentException e) {
      throw new ConfigException(origin, "", "the state file cannot be imported: " + e.getMessage());
    }
  }

  private static List<String> unfinishedMigrations(ShardMap map) {
    List<String> warnings = new ArrayList<>();
    warn(
        map,
        "joining",
        map.joining(),
        "is not continued: check their points, then promote or remove them by hand",
        warnings);
    warn(
        map,
        "leaving",
        map.leaving(),
        "is continued by a drain: until then they may hold the only copies of their points",
        warnings);
    return warnings;
  }

  private static void warn(
      ShardMap map, String state, List<Long> ids, String fate, List<String> warnings) {
    if (ids.isEmpty()) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (long id : ids) {
      String url = map.shard(id).map(Shard::primaryUrl).orElse("?");
      names.add(Unsigned.text(id) + " (" + url + ")");
    }
    warnings.add(
        "the imported map has shards that are "
            + state
            + ": "
            + String.join(", ", names)
            + "; the migration that the old coordinator had begun "
            + fate);
  }
}
