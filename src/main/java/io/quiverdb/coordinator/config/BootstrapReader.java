// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.BootstrapConfig.ReplicaSeed;
import io.quiverdb.coordinator.config.BootstrapConfig.StateImport;
import io.quiverdb.coordinator.config.Section.Field;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the initial content of an empty ensemble. */
final class BootstrapReader {
  private final Section section;
  private final Path folder;

  BootstrapReader(Section section, Path folder) {
    this.section = section;
    this.folder = folder;
  }

  BootstrapConfig read() throws ConfigException {
    Optional<StateImport> importState = importState();
    long mapVersion = section.unsignedOr("map_version", 0);
    DistinctUrls urls = new DistinctUrls();
    List<String> shards = new ArrayList<>();
    for (Field field : section.texts("shards")) {
      if (shards.size() == ShardMap.MAX_SHARDS) {
        throw field.error("more than " + ShardMap.MAX_SHARDS + " shards");
      }
      shards.add(urls.add(field, field.text()));
    }
    // Quiver's variable names the shards with which a coordinator without a state file starts.
    boolean fallback = importState.isPresent() && !importState.get().required();
    if (importState.isPresent() && !fallback && !shards.isEmpty()) {
      throw section.error("import_state", "give shards or import_state, not both");
    }
    List<ReplicaSeed> replicas = replicas(urls, shards.size(), fallback);
    section.nothingElse();
    return new BootstrapConfig(mapVersion, shards, replicas, importState);
  }

  private Optional<StateImport> importState() throws ConfigException {
    if (!section.has("import_state")) {
      return Optional.empty();
    }
    Field field = section.field("import_state");
    boolean quivers = field.origin().equals(Origin.variable(Overlay.STATE));
    try {
      Path file = quivers ? Path.of(field.text()) : folder.resolve(field.text());
      return Optional.of(new StateImport(file, !quivers));
    } catch (InvalidPathException e) {
      throw field.error("is no path: " + e.getReason());
    }
  }

  private List<ReplicaSeed> replicas(DistinctUrls urls, int shards, boolean fallback)
      throws ConfigException {
    List<ReplicaSeed> replicas = new ArrayList<>();
    TreeMap<Long, Integer> counts = new TreeMap<>();
    for (Field field : section.texts("replicas")) {
      int equals = field.text().indexOf('=');
      String id = equals < 0 ? "" : field.text().substring(0, equals).strip();
      if (!id.matches("[0-9]{1,9}")) {
        throw field.error("wanted \"<shard id>=<url>\", such as \"0=http://127.0.0.1:7333\"");
      }
      long shardId = Long.parseLong(id);
      if (shardId >= shards && !(fallback && shards == 0)) {
        throw field.error(
            "there is no shard "
                + shardId
                + "; the "
                + shards
                + " of bootstrap.shards count from 0");
      }
      if (counts.merge(shardId, 1, Integer::sum) > ShardMap.MAX_REPLICAS) {
        throw field.error(
            "shard " + shardId + " has more than " + ShardMap.MAX_REPLICAS + " replicas");
      }
      replicas.add(new ReplicaSeed(shardId, urls.add(field, field.text().substring(equals + 1))));
    }
    return replicas;
  }
}
